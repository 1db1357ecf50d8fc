import type { Value } from "./value.ts";

/** A hole such as `${date}` that is still in a message. */
export interface Unresolved {
  /** The property of the message that holds it. */
  readonly field: string;
  /** The name between the braces. */
  readonly name: string;
}

const hole = /\$\{([A-Za-z_]\w*)\}/g;

/** Fills holes such as `${date}` in the texts of a message, inside payloads too; gives a new message. [C65]
 *
 * Only names that `values` has are filled, once: what a value brings along is not looked at again. `op`, `cid` and the
 * keys of payloads stay. */
export function expand<Message extends { readonly op: string }>(
  message: Message,
  values: Readonly<Record<string, string>>,
): Message {
  const fill = (text: string): string =>
    text.replace(hole, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole));
  const entries = Object.entries(message).map(([field, value]) => [
    field,
    field === "op" || field === "cid" ? value : mapTexts(value as Value | undefined, fill),
  ]);
  return Object.fromEntries(entries) as Message;
}

/** Finds the holes that are left in a message, in order. A message with one must not be carried out. [C66] */
export function findUnresolved(message: { readonly op: string }): readonly Unresolved[] {
  const found: Unresolved[] = [];
  for (const [field, value] of Object.entries(message)) {
    if (field === "op" || field === "cid") continue;
    mapTexts(value, (text) => {
      for (const [, name = ""] of text.matchAll(hole)) found.push({ field, name });
      return text;
    });
  }
  return found;
}

function mapTexts(value: Value | undefined, change: (text: string) => string): Value | undefined {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  // The field `extra` may hold absent fields.
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => mapTexts(item, change) as Value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change) as Value]));
}
