/** An object as it came out of JSON: nothing about its values is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Tells whether a value is a plain JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
