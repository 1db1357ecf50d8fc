/** A stretch of time that a question names. */
export interface NamedTime {
  /** The words of the question. */
  readonly label: string;
  /** What they may mean, likeliest first, half-open, in ms (UTC). More than one when no year is said. */
  readonly intervals: readonly (readonly [fromMs: number, toMs: number])[];
}

const dayMs = 86_400_000;
const yearsBack = 12;
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const small = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];

const month = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`;
const day = String.raw`(\d{1,2})(?:st|nd|rd|th)?`;
const year = String.raw`((?:19|20)\d\d)`;
const count = `(\\d{1,3}|an?|${small.slice(1).join("|")}|couple of|few)`;

// A hint is looked for first: most questions name no time.
const hint = /\d|yesterday|today|tomorrow|tonight|week|month|year|day|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec/i;

type Reading = readonly [pattern: RegExp, read: (match: RegExpMatchArray, nowMs: number) => NamedTime["intervals"]];

const readings: readonly Reading[] = [
  [new RegExp(`\\b${year}-(\\d\\d)-(\\d\\d)\\b`, "i"), ([, y, m, d]) => [dayOf(Number(y), Number(m) - 1, Number(d))]],
  [
    new RegExp(`\\b${day}\\s+(?:of\\s+)?${month}\\b\\.?,?(?:\\s+(?:of\\s+)?${year})?`, "i"),
    ([, d, m, y], nowMs) => inYears(y, nowMs, (one) => dayOf(one, monthIndex(m), Number(d))),
  ],
  [
    new RegExp(`\\b${month}\\.?\\s+${day}(?!\\d)(?:,?\\s+${year})?`, "i"),
    ([, m, d, y], nowMs) => inYears(y, nowMs, (one) => dayOf(one, monthIndex(m), Number(d))),
  ],
  [
    new RegExp(`\\b${month}\\.?,?\\s+(?:of\\s+)?${year}\\b`, "i"),
    ([, m, y]) => [[Date.UTC(Number(y), monthIndex(m)), Date.UTC(Number(y), monthIndex(m) + 1)]],
  ],
  [
    // Without a preposition `may` and `march` are verbs.
    new RegExp(`\\b(?:in|during|since|by|until|last|this|of|early|late|mid)[ -]${month}\\b`, "i"),
    ([, m], nowMs) =>
      inYears(undefined, nowMs, (one) => [Date.UTC(one, monthIndex(m)), Date.UTC(one, monthIndex(m) + 1)]),
  ],
  [
    new RegExp(`\\b(?:in|during|of|since|by)\\s+${year}\\b`, "i"),
    ([, y]) => [[Date.UTC(Number(y), 0), Date.UTC(Number(y) + 1, 0)]],
  ],
  [/\bday before yesterday\b/i, (_, nowMs) => [daysFrom(nowMs, -2, 1)]],
  [/\byesterday\b/i, (_, nowMs) => [daysFrom(nowMs, -1, 1)]],
  [/\b(?:today|tonight|this (?:morning|afternoon|evening))\b/i, (_, nowMs) => [daysFrom(nowMs, 0, 1)]],
  [/\btomorrow\b/i, (_, nowMs) => [daysFrom(nowMs, 1, 1)]],
  [
    new RegExp(`\\b(?:last|past)\\s+${count}\\s+(day|week|month|year)s?\\b`, "i"),
    ([, n, unit], nowMs) => [[nowMs - countOf(n) * lengthOf(unit), nowMs + 1]],
  ],
  [
    new RegExp(`\\b${count}\\s+(day|week|month|year)s?\\s+ago\\b`, "i"),
    ([, n, unit], nowMs) => {
      const middle = nowMs - countOf(n) * lengthOf(unit);
      const slack = unit?.toLowerCase() === "day" ? 0 : lengthOf(unit) / 2;
      const [from, to] = daysFrom(middle, 0, 1);
      return [[from - slack, to + slack]];
    },
  ],
  [/\b(last|this) (week|month|year)\b/i, ([, which, unit], nowMs) => [around(nowMs, unit, which)]],
  [
    new RegExp(`\\b(?:last|on) (${days.join("|")})\\b`, "i"),
    ([, name], nowMs) => {
      const back = (new Date(nowMs).getUTCDay() - days.indexOf((name ?? "").toLowerCase()) + 7) % 7;
      return [daysFrom(nowMs, back === 0 ? -7 : -back, 1)];
    },
  ],
];

/** Finds the first time that a question names: a day, a month, a year, or one counted from `nowMs`. [S76]
 *
 * English; days begin at midnight UTC. A month or day without a year means the latest one that memory knows of: all
 * years of the last twelve are returned, newest first. */
export function readNamedTime(text: string, nowMs: number): NamedTime | undefined {
  if (!hint.test(text)) return undefined;
  for (const [pattern, read] of readings) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const intervals = read(match, nowMs).filter(([from, to]) => Number.isFinite(from) && from < to);
    if (intervals.length > 0) return { label: match[0].trim(), intervals };
  }
  return undefined;
}

function inYears(
  said: string | undefined,
  nowMs: number,
  make: (year: number) => readonly [number, number],
): NamedTime["intervals"] {
  if (said !== undefined) return [make(Number(said))];
  const thisYear = new Date(nowMs).getUTCFullYear();
  return Array.from({ length: yearsBack }, (_, back) => make(thisYear - back)).filter(([from]) => from <= nowMs);
}

function dayOf(year: number, monthAt: number, dayAt: number): readonly [number, number] {
  if (monthAt > 11 || dayAt < 1 || dayAt > 31) return [0, 0];
  return [Date.UTC(year, monthAt, dayAt), Date.UTC(year, monthAt, dayAt + 1)];
}

function daysFrom(nowMs: number, by: number, length: number): readonly [number, number] {
  const midnight = Math.floor(nowMs / dayMs) * dayMs + by * dayMs;
  return [midnight, midnight + length * dayMs];
}

function around(nowMs: number, unit: string | undefined, which: string | undefined): readonly [number, number] {
  const back = which?.toLowerCase() === "last" ? 1 : 0;
  const at = new Date(nowMs);
  if (unit?.toLowerCase() === "week") {
    const monday = (at.getUTCDay() + 6) % 7;
    return daysFrom(nowMs, -monday - 7 * back, 7);
  }
  if (unit?.toLowerCase() === "month") {
    const first = at.getUTCMonth() - back;
    return [Date.UTC(at.getUTCFullYear(), first), Date.UTC(at.getUTCFullYear(), first + 1)];
  }
  const first = at.getUTCFullYear() - back;
  return [Date.UTC(first, 0), Date.UTC(first + 1, 0)];
}

function monthIndex(name: string | undefined): number {
  return months.indexOf((name ?? "").slice(0, 3).toLowerCase());
}

function countOf(text: string | undefined): number {
  const word = (text ?? "").toLowerCase();
  if (/^\d+$/.test(word)) return Number(word);
  if (word === "a" || word === "an") return 1;
  if (word === "couple of") return 2;
  return word === "few" ? 3 : small.indexOf(word);
}

function lengthOf(unit: string | undefined): number {
  const inDays = { day: 1, week: 7, month: 30, year: 365 }[(unit ?? "").toLowerCase()] ?? 1;
  return inDays * dayMs;
}
