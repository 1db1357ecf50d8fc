import { Ajv } from "ajv";
import type { ErrorObject, ValidateFunction } from "ajv";
import { definitionSchema } from "./definition-schema.ts";
import { didYouMean } from "./closest-name.ts";
import type { Json } from "./json.ts";
import { pointerTo } from "./problem.ts";
import type { Finding, ProblemCode } from "./problem.ts";
import type { WrittenDefinition } from "./written-definition.ts";

/** Checks keys, types and limits against the schema; reports every mistake, not the first alone. [W3] */
export function checkShape(
  value: Json,
): { readonly ok: true; readonly value: WrittenDefinition } | { readonly ok: false; readonly findings: Finding[] } {
  const validate = compiled();
  if (validate(value)) return { ok: true, value };
  return { ok: false, findings: (validate.errors ?? []).flatMap(describe) };
}

// Compiling takes milliseconds that an importer who never parses should not pay.
let kept: ValidateFunction<WrittenDefinition> | undefined;
function compiled(): ValidateFunction<WrittenDefinition> {
  const options = { strict: true, allErrors: true, verbose: true, ownProperties: true, logger: false } as const;
  kept ??= new Ajv(options).compile<WrittenDefinition>(definitionSchema);
  return kept;
}

function describe(error: ErrorObject): Finding[] {
  const path = error.instancePath;
  const where = path === "" ? "the definition" : path;
  const at = (code: ProblemCode, message: string, hint: string, place = path): Finding[] => [
    { code, message, path: place, hint },
  ];
  switch (error.keyword) {
    case "additionalProperties": {
      const key = textOf(error, "additionalProperty");
      const known = Object.keys((error.parentSchema?.["properties"] ?? {}) as object);
      const hint = didYouMean(key, known, `Known keys: ${known.join(", ")}.`);
      return at("unknown_key", `"${shorten(key)}" is not a key of ${where}.`, hint, pointerTo(path, key));
    }
    case "required": {
      const key = textOf(error, "missingProperty");
      return at("missing_key", `${where} has no "${key}".`, `Add "${key}".`);
    }
    case "type":
      return at("wrong_type", `${where} is ${nameType(error.data)}.`, `It must be: ${textOf(error, "type")}.`);
    case "enum": {
      const allowed = Array.isArray(error.schema) ? error.schema.map(String) : [];
      const hint = didYouMean(String(error.data), allowed, `One of: ${allowed.join(", ")}.`);
      return at("wrong_value", `${where} is ${show(error.data)}.`, hint);
    }
    case "pattern": {
      const hint = `It must match ${textOf(error, "pattern")}.`;
      return at("wrong_value", `${where} has ${show(error.data)}.`, hint, placeOf(error));
    }
    // It repeats what the pattern of the name has said.
    case "propertyNames":
      return [];
    default:
      return at("wrong_value", `${where} is not allowed: it ${error.message ?? "is wrong"}.`, "Change the value.");
  }
}

function placeOf(error: ErrorObject): string {
  return error.propertyName === undefined ? error.instancePath : pointerTo(error.instancePath, error.propertyName);
}

function textOf(error: ErrorObject, name: string): string {
  return String((error.params as Readonly<Record<string, unknown>>)[name]);
}

function nameType(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function show(value: unknown): string {
  return shorten(JSON.stringify(value) ?? "nothing");
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
