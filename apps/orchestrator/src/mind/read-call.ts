import type { Json, ToolCall } from "@kingly/llm";
import { callHash } from "./call-hash.ts";
import { checkHouseCall } from "./house-tools.ts";
import type { Offer } from "./offered-tools.ts";
import type { CallStep } from "./work.ts";

const maxBytes = 50_000;
const maxDepth = 16;
const maxName = 128;
const refusedKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Reads a call of a model: which tool it is, and whether it can be made at all. What cannot be is refused at once, with
 * words for the model. [O44] */
export function readCall(offer: Offer, { id, name, input }: ToolCall): Omit<CallStep, "kind" | "seq"> {
  const shortName = name.slice(0, maxName);
  const fault = findFault(input);
  // What does not fit is not kept: only that it came.
  const args: Json = fault === undefined ? input : {};
  const base = {
    id: /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : "",
    name: shortName,
    args,
    idempotent: false,
    server: undefined,
    tool: undefined,
  };
  const refuse = (words: string): Omit<CallStep, "kind" | "seq"> => ({
    ...base,
    effect: "read",
    hash: callHash(shortName, input ?? null),
    state: "refused",
    result: words,
  });
  if (fault !== undefined) return refuse(fault);
  const house = checkHouseCall(name, input);
  if (house?.fault !== undefined) return refuse(house.fault);
  if (house !== undefined) {
    return {
      ...base,
      effect: "house",
      idempotent: true,
      hash: callHash(name, args),
      state: "wanted",
      result: undefined,
    };
  }
  const tool = offer.byName.get(name);
  if (tool === undefined) return refuse(`There is no tool ${JSON.stringify(shortName)}. Use one of the list.`);
  return {
    ...base,
    server: tool.server,
    tool: tool.name,
    effect: tool.isReadOnly ? "read" : "write",
    idempotent: tool.isReadOnly || tool.isIdempotent,
    hash: callHash(`${tool.server}.${tool.name}`, args),
    state: "wanted",
    result: undefined,
  };
}

function findFault(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return "The arguments are not an object.";
  const deep = findDeepFault(input, 1);
  if (deep !== undefined) return deep;
  return Buffer.byteLength(JSON.stringify(input)) > maxBytes
    ? `The arguments are larger than ${maxBytes} bytes.`
    : undefined;
}

function findDeepFault(value: unknown, depth: number): string | undefined {
  if (typeof value === "string")
    return /\0/.test(value) || !value.isWellFormed() ? "A text is not well-formed." : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  if (depth > maxDepth) return `The arguments are deeper than ${maxDepth} levels.`;
  for (const key of Object.keys(value)) {
    if (refusedKeys.has(key)) return `The key ${key} is not taken.`;
    const fault =
      findDeepFault(key, depth) ?? findDeepFault((value as Readonly<Record<string, unknown>>)[key], depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
