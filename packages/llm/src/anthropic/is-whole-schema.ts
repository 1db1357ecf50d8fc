import type { Json, JsonObject } from "../json.ts";

/** Whether a schema can be held by structured output: every part has a type, every object names all its fields. [L18]
 *
 * An object that may have any field would come back empty there. */
export function isWholeSchema(schema: JsonObject): boolean {
  const { type, properties, items } = schema;
  const some = schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"];
  if (Array.isArray(some)) return some.every(isWhole);
  if ("enum" in schema || "const" in schema) return true;
  // References are not followed.
  if (typeof type !== "string" || "$ref" in schema || "patternProperties" in schema) return false;
  if (type === "array") return isWhole(items);
  if (type !== "object") return true;
  const open = schema["additionalProperties"];
  if (open !== undefined && open !== false) return false;
  return isObject(properties) && Object.keys(properties).length > 0 && Object.values(properties).every(isWhole);
}

function isWhole(value: Json | undefined): boolean {
  return isObject(value) && isWholeSchema(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
