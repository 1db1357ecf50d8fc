const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

/** Reads a whole date, `2024-05-31`, `31 May 2024`, `May 31, 2024`, or `May 2024` (its first day), as its beginning in UTC
 * in ms; undefined for anything else. */
export function readDate(text: string): number | undefined {
  const words = text.trim().toLowerCase().replaceAll(",", "");
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(words);
  if (iso !== null) return toMs(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const [, before = "", month = "", after = "", year = ""] =
    /^(?:(\d{1,2}) )?([a-z]+)(?: (\d{1,2}))? (\d{4})$/.exec(words) ?? [];
  const place = months.findIndex((each) => each === month || (month.length === 3 && each.startsWith(month)));
  if (place < 0 || (before !== "" && after !== "")) return undefined;
  return toMs(Number(year), place + 1, Number(before === "" ? (after === "" ? "1" : after) : before));
}

function toMs(year: number, month: number, day: number): number | undefined {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : undefined;
}
