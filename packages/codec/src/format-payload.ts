import { refuse } from "./codec-error.ts";
import { formatNumber } from "./format-number.ts";
import { formatQuoted } from "./format-text.ts";
import { limits } from "./limits.ts";
import { nameEnd } from "./read-payload.ts";

/** Writes one value of a payload: no spaces, single quotes, bare keys where they are plain names. [C10]
 *
 * Throws CodecError for what JSON does not have, and beyond the depth (a cycle ends there too). */
export function formatPayload(value: unknown, depth: number): string {
  if (typeof value === "string") return formatQuoted(value);
  if (typeof value === "number" && Number.isFinite(value)) return formatNumber(value);
  if (typeof value === "boolean" || value === null) return String(value);
  const isArray = Array.isArray(value);
  if (!isArray && !isPlainObject(value)) {
    throw refuse(
      "WRONG_TYPE",
      "a value",
      value,
      "JSON: strings, finite numbers, booleans, null, arrays, plain objects",
    );
  }
  if (depth > limits.depth) throw refuse("TOO_DEEP", "the depth", depth, `at most ${limits.depth}, and no cycle`);
  let text = "";
  if (isArray) {
    // By index, so that the holes of a sparse array are seen, and refused.
    for (let index = 0; index < value.length; index += 1) {
      text += (index > 0 ? "," : "") + formatPayload(value[index], depth + 1);
    }
    return `[${text}]`;
  }
  for (const key of Object.keys(value)) {
    text += (text === "" ? "" : ",") + headOf(key) + formatPayload(value[key], depth + 1);
  }
  return `{${text}}`;
}

// Keys come again and again: how the member of a short one begins is remembered, of the latest few hundred.
const heads = new Map<string, string>();

function headOf(key: string): string {
  const known = heads.get(key);
  if (known !== undefined) return known;
  const head = `${key !== "" && nameEnd(key, 0) === key.length ? key : formatQuoted(key)}:`;
  if (heads.size > 255) heads.clear();
  if (key.length <= 24) heads.set(key, head);
  return head;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm is plain too: its prototype is the root there.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}
