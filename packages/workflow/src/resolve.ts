import type { Json } from "./json.ts";
import type { Reference } from "./reference.ts";
import type { Run, StepError } from "./run.ts";
import { parseTemplate } from "./template.ts";

/** How many characters references may insert into the text of one step. */
export const maxInsertedCharacters = 1_000_000;

/** What references are taken from: the run, and what belongs to an item or to an undoing. */
export interface Scope extends Pick<Run, "inputs" | "steps"> {
  readonly item?: Json;
  readonly index?: number;
  /** What the step gave that is undone. */
  readonly result?: Json;
}

/** A value with its references taken, or why that is not possible. */
export type Resolved<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: StepError };

/** Takes every reference inside a value. [W10][W13]
 *
 * A string that is exactly one reference becomes the value itself. Inside longer text strings are inserted as they
 * are and other values as JSON. Keys stay as they are. Nothing inserted is read again for references. */
export function resolve(value: Json, scope: Scope): Resolved<Json> {
  return attempt((inserted) => resolveValue(value, scope, inserted));
}

/** Takes every reference inside a text; the result is always text. [W10][W13] */
export function resolveText(text: string, scope: Scope): Resolved<string> {
  return attempt((inserted) => resolveString(text, scope, inserted, true));
}

/** Takes the value of one reference.
 *
 * An input that was not given is null, and so is all that lies inside null. A key that a value does not have, or any
 * key of a text, number or boolean, is an error `reference_missing`. [W13] */
export function takeReference(reference: Reference, scope: Scope): Resolved<Json> {
  let value: Json = rootOf(reference, scope);
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

function rootOf(reference: Reference, scope: Scope): Json {
  const { from, name, part } = reference;
  if (from === "inputs") return ownValue(scope.inputs, name) ?? null;
  if (from !== "steps") return scope[from] ?? null;
  const step = Object.hasOwn(scope.steps, name) ? scope.steps[name] : undefined;
  if (step === undefined) return null;
  if (part === "status") return step.status;
  return (part === "error" ? step.error && { ...step.error } : step.output) ?? null;
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

function resolveValue(value: Json, scope: Scope, inserted: Inserted): Json {
  if (typeof value === "string") return resolveString(value, scope, inserted, false);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => resolveValue(item, scope, inserted));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveValue(inner, scope, inserted)]));
}

function resolveString(text: string, scope: Scope, inserted: Inserted, asText: true): string;
function resolveString(text: string, scope: Scope, inserted: Inserted, asText: boolean): Json;
function resolveString(text: string, scope: Scope, inserted: Inserted, asText: boolean): Json {
  const template = parseTemplate(text);
  // A checked definition holds no malformed reference.
  if (!template.ok)
    throw new ResolveFailure({ code: "bad_reference", message: `${template.text}: ${template.reason}` });
  const only = template.parts.length === 1 ? template.parts[0] : undefined;
  if (!asText && only !== undefined && typeof only !== "string") return valueOf(only, scope);
  let result = "";
  for (const part of template.parts) {
    if (typeof part === "string") {
      result += part;
      continue;
    }
    const value = valueOf(part, scope);
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

function valueOf(reference: Reference, scope: Scope): Json {
  const taken = takeReference(reference, scope);
  if (!taken.ok) throw new ResolveFailure(taken.error);
  return taken.value;
}

function ownValue(value: Json & object, key: string): Json | undefined {
  // Of a list only its items count, not its length.
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(key) ? (value[Number(key)] as Json | undefined) : undefined;
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, Json>>)[key] : undefined;
}
