import { QueueError } from "./queue-error.ts";

const maxDepth = 100;

/** Writes a payload or a result as JSON, refusing whatever would come back as something else. [Q3] [Q39]
 *
 * Plain objects, arrays, strings, finite numbers, booleans and null; a field that is undefined is left out.
 * Throws QueueError BAD_PAYLOAD or BAD_RESULT with the place of the first fault, for example `$.items[2].at`. */
export function encodeJson(what: "payload" | "result", value: unknown, maxBytes: number): string {
  const code = what === "payload" ? "BAD_PAYLOAD" : "BAD_RESULT";
  const fault = findFault(value, "$", 0);
  if (fault !== undefined) throw new QueueError(code, `The ${what} is not JSON: ${fault}. Send plain data.`);
  const text = JSON.stringify(value);
  // A sign is three bytes at most: most texts need not be measured.
  const bytes = text.length * 3 <= maxBytes ? 0 : Buffer.byteLength(text);
  if (bytes > maxBytes) {
    const message = `The ${what} has ${bytes} bytes, more than ${maxBytes} (maxPayloadBytes). Store it elsewhere and send its id.`;
    throw new QueueError(code, message);
  }
  return text;
}

function findFault(value: unknown, place: string, depth: number): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : `${place} is ${value}`;
    case "object":
      break;
    default:
      return `${place} is ${typeof value === "undefined" ? "undefined" : `a ${typeof value}`}`;
  }
  if (value === null) return undefined;
  // A cycle is deep too.
  if (depth >= maxDepth) return `${place} is nested deeper than ${maxDepth}, or contains itself`;
  if (Array.isArray(value)) return firstFault(value.entries(), (index) => `${place}[${index}]`, depth, false);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    return `${place} is a ${value.constructor.name}, not a plain object`;
  }
  if ("toJSON" in value) return `${place} has a toJSON of its own`;
  return firstFault(Object.entries(value), (name) => `${place}.${name}`, depth, true);
}

function firstFault<Name>(
  entries: Iterable<readonly [Name, unknown]>,
  placeOf: (name: Name) => string,
  depth: number,
  mayBeUndefined: boolean,
): string | undefined {
  for (const [name, item] of entries) {
    if (item === undefined && mayBeUndefined) continue;
    const fault = findFault(item, placeOf(name), depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
