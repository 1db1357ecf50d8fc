import type { Json } from "./json.ts";

const moment = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Gives the milliseconds since 1970 of a moment: text with its zone, or the number itself; undefined when it is none. */
export function parseMoment(value: Json): number | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && Math.abs(value) <= 8.64e15 ? value : undefined;
  const found = typeof value === "string" ? moment.exec(value) : null;
  if (!found || typeof value !== "string") return undefined;
  const atMs = Date.parse(value);
  // The 31st of February would be a day of March.
  const lastDay = new Date(Date.UTC(Number(found[1]), Number(found[2]), 0)).getUTCDate();
  return Number.isNaN(atMs) || Number(found[3]) > lastDay ? undefined : atMs;
}
