const isoTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** Reads a time: whole ms since 1970 (a number or its digits), a date (its beginning in UTC), or an ISO 8601 time with
 * its zone. Returns ms, or undefined for anything else: no zone is guessed. [O26] */
export function readTime(value: unknown): number | undefined {
  const timeMs = typeof value === "string" ? readText(value) : value;
  return Number.isSafeInteger(timeMs) && (timeMs as number) >= 0 ? (timeMs as number) : undefined;
}

function readText(text: string): number | undefined {
  if (/^\d{1,16}$/.test(text)) return Number(text);
  if (!isoTime.test(text)) return undefined;
  const timeMs = Date.parse(text);
  // Date.parse takes the 31st of February for a day of March.
  const isDay = new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10));
  return isDay ? timeMs : undefined;
}
