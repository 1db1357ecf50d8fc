import { plainText } from "./plain-text.ts";

const maxLength = 500;

/** Says in a few words what was thrown or given, whatever it is; never throws itself. */
export function describeCause(cause: unknown): string {
  if (cause instanceof Error) return plainText(cause.message).slice(0, maxLength);
  if (typeof cause === "string") return plainText(cause).slice(0, maxLength);
  if (typeof cause === "number" || typeof cause === "boolean" || cause === undefined || cause === null)
    return `${cause}`;
  return `a value of type ${Array.isArray(cause) ? "list" : typeof cause}`;
}
