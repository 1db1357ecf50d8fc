import { createHash } from "node:crypto";
import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";

/** Writes a value as JSON with the keys of every object in one order, so that equal values are equal texts. */
export function canonicalJson(value: Json | object): string {
  return JSON.stringify(value, (_key, inner: Json) => {
    if (!isJsonObject(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Gives the SHA-256 of a value's canonical JSON, in hexadecimal. */
export function contentHash(value: Json | object): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
