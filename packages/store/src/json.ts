import { StoreError } from "./store-error.ts";

/** Any JSON value. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** A JSON object. Members that are undefined count as absent. */
export type JsonObject = Readonly<Record<string, JsonValue | undefined>>;

/** How large a JSON value may be. */
export interface JsonLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

/** Writes a value as JSON with sorted keys, so that equal values are equal texts. [S20]
 *
 * Throws StoreError INVALID_VALUE naming `field` for what JSON cannot hold (NaN, functions, cycles), for more than
 * `maxDepth` levels, and for more than `maxBytes` bytes of UTF-8. */
export function canonicalJson(value: unknown, field: string, limits: JsonLimits): string {
  const text = write(value, field, limits.maxDepth);
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.maxBytes) {
    throw invalid(field, `has ${bytes} bytes of JSON and may have ${limits.maxBytes}; store a reference instead`);
  }
  return text;
}

function write(value: unknown, field: string, depthLeft: number): string {
  if (depthLeft < 0) throw invalid(field, "is nested too deeply, or refers to itself; flatten it");
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (Number.isFinite(value)) return JSON.stringify(value);
    throw invalid(field, `holds ${value}, which JSON has no form for; use a string or null`);
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item, field, depthLeft - 1)).join(",")}]`;
  if (typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${write(member, field, depthLeft - 1)}`);
    return `{${members.join(",")}}`;
  }
  throw invalid(field, `holds a ${typeof value}, which JSON has no form for`);
}

/** Collects the words of a value for full-text search: keys, strings, numbers, in their order. */
export function jsonToText(value: JsonValue): string {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map((item: JsonValue) => jsonToText(item)).join("\n");
  return Object.entries(value)
    .map(([key, member]) => `${key} ${jsonToText(member ?? null)}`)
    .join("\n");
}

function invalid(field: string, problem: string): StoreError {
  return new StoreError("INVALID_VALUE", `${field} ${problem}.`);
}
