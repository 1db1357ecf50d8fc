import { CodecError } from "./codec-error.ts";
import { formatNumber } from "./format-number.ts";
import { formatQuoted } from "./format-text.ts";
import { limits } from "./limits.ts";
import { nameEnd } from "./read-payload.ts";

/** Writes one value of a payload: no spaces, single quotes, bare keys where they are plain names. [C10]
 *
 * Throws {@link CodecError} for what JSON does not have, and beyond the depth (a cycle ends there too). */
export function formatPayload(value: unknown, depth: number): string {
  if (typeof value === "string") return formatQuoted(value);
  if (typeof value === "number" && Number.isFinite(value)) return formatNumber(value);
  if (typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) {
    checkDepth(depth);
    let text = "[";
    // By index, so that the holes of a sparse array are seen, and refused.
    for (let index = 0; index < value.length; index += 1) {
      if (index > 0) text += ",";
      text += formatPayload(value[index], depth + 1);
    }
    return `${text}]`;
  }
  if (isPlainObject(value)) {
    checkDepth(depth);
    let text = "";
    for (const key of Object.keys(value)) {
      text += `${text === "" ? "{" : ","}${formatKey(key)}:${formatPayload(value[key], depth + 1)}`;
    }
    return text === "" ? "{}" : `${text}}`;
  }
  throw new CodecError(
    "WRONG_TYPE",
    `A payload holds ${describe(value)}, which no line can carry. Use strings, finite numbers, booleans, null, arrays and plain objects.`,
  );
}

function formatKey(key: string): string {
  return key !== "" && nameEnd(key, 0) === key.length ? key : formatQuoted(key);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return true;
  // An object of another realm is plain too: its prototype is the root there.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function checkDepth(depth: number): void {
  if (depth <= limits.depth) return;
  throw new CodecError(
    "TOO_DEEP",
    `A payload nests deeper than ${limits.depth}, or contains itself. Flatten it, or store it and send its key.`,
  );
}

/** Names the type of a value in an error, without its content. */
export function describe(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Array.isArray(value) ? "an array" : "an object that is not plain";
}
