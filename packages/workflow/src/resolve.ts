import type { Json } from "./json.ts";
import type { Run, StepError } from "./run.ts";
import { parseTemplate } from "./template.ts";
import type { Reference } from "./template.ts";

/** How many characters references may insert into the text of one step. */
export const maxInsertedCharacters = 1_000_000;

/** A value with its references taken, or why that is not possible. */
export type Resolved<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: StepError };

/** Takes every reference inside a value from a run. [W10][W13]
 *
 * A string that is exactly one reference becomes the value itself. Inside longer text strings are inserted as they
 * are and other values as JSON. Keys stay as they are. Nothing inserted is read again for references. */
export function resolve(value: Json, run: Run): Resolved<Json> {
  return attempt((inserted) => resolveValue(value, run, inserted));
}

/** Takes every reference inside a text; the result is always text. [W10][W13] */
export function resolveText(text: string, run: Run): Resolved<string> {
  return attempt((inserted) => resolveString(text, run, inserted, true));
}

/** Takes the value of one reference.
 *
 * An input that was not given is null, and so is all that lies inside null. A key that a value does not have, or any
 * key of a text, number or boolean, is an error `reference_missing`. [W13] */
export function takeReference(reference: Reference, run: Run): Resolved<Json> {
  let value: Json = null;
  if (reference.from === "inputs") value = ownValue(run.inputs, reference.name) ?? null;
  else if (Object.hasOwn(run.steps, reference.name)) value = run.steps[reference.name]?.output ?? null;
  for (const key of reference.keys) {
    if (value === null) return { ok: true, value: null };
    const inner: Json | undefined = typeof value === "object" ? ownValue(value, key) : undefined;
    if (inner === undefined) {
      const message = `${reference.text} leads nowhere: there is no "${key}".`;
      return { ok: false, error: { code: "reference_missing", message } };
    }
    value = inner;
  }
  return { ok: true, value };
}

interface Inserted {
  characters: number;
}

// The error travels as an exception inside this file only: the walk stays a plain function from value to value.
class ResolveFailure extends Error {
  readonly error: StepError;

  constructor(error: StepError) {
    super(error.message);
    this.error = error;
  }
}

function attempt<Value>(walk: (inserted: Inserted) => Value): Resolved<Value> {
  try {
    return { ok: true, value: walk({ characters: 0 }) };
  } catch (failure) {
    if (failure instanceof ResolveFailure) return { ok: false, error: failure.error };
    throw failure;
  }
}

function resolveValue(value: Json, run: Run, inserted: Inserted): Json {
  if (typeof value === "string") return resolveString(value, run, inserted, false);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => resolveValue(item, run, inserted));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveValue(inner, run, inserted)]));
}

function resolveString(text: string, run: Run, inserted: Inserted, asText: true): string;
function resolveString(text: string, run: Run, inserted: Inserted, asText: boolean): Json;
function resolveString(text: string, run: Run, inserted: Inserted, asText: boolean): Json {
  const template = parseTemplate(text);
  // A checked definition holds no malformed reference.
  if (!template.ok)
    throw new ResolveFailure({ code: "bad_reference", message: `${template.text}: ${template.reason}` });
  const only = template.parts.length === 1 ? template.parts[0] : undefined;
  if (!asText && only !== undefined && typeof only !== "string") return valueOf(only, run);
  let result = "";
  for (const part of template.parts) {
    if (typeof part === "string") {
      result += part;
      continue;
    }
    const value = valueOf(part, run);
    const piece = typeof value === "string" ? value : JSON.stringify(value);
    inserted.characters += piece.length;
    if (inserted.characters > maxInsertedCharacters) {
      const message = `${part.text} makes the text longer than ${maxInsertedCharacters} inserted characters.`;
      throw new ResolveFailure({ code: "input_too_large", message });
    }
    result += piece;
  }
  return result;
}

function valueOf(reference: Reference, run: Run): Json {
  const taken = takeReference(reference, run);
  if (!taken.ok) throw new ResolveFailure(taken.error);
  return taken.value;
}

function ownValue(value: Json & object, key: string): Json | undefined {
  // Of a list only its items count, not its length.
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(key) ? (value[Number(key)] as Json | undefined) : undefined;
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, Json>>)[key] : undefined;
}
