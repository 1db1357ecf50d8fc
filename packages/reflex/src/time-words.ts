import type { Language } from "./language.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;
// The first and last instant of the calendar; beyond it Date has no fields.
const edgeMs = 8.64e15 - 2 * dayMs;

/** The fields of the instant on the person's own calendar and clock. `day` counts days since 1970. */
interface LocalTime {
  readonly day: number;
  readonly iso: string;
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly clock: string;
}

/** Returns the person's calendar day of an instant as `YYYY-MM-DD`; `daysBack` 1 is the day before. [RX11] */
export function localDay(atMs: number, utcOffsetMinutes: number, daysBack = 0): string {
  return localTime(atMs - daysBack * dayMs, utcOffsetMinutes).iso;
}

/** Says when something was: "today at 14:02", "yesterday at 09:10", "on 21 November at 14:02", with the year when
 * it is another one. Hours count to 24, on the person's clock. [RX11] */
export function timeWords(atMs: number, nowMs: number, utcOffsetMinutes: number, language: Language): string {
  const at = localTime(atMs, utcOffsetMinutes);
  const now = localTime(nowMs, utcOffsetMinutes);
  if (at.day === now.day) return language.replies.today(at.clock);
  if (at.day === now.day - 1) return language.replies.yesterday(at.clock);
  const month = language.months[at.month] ?? "";
  return language.replies.onDay(at.dayOfMonth, month, at.year === now.year ? undefined : at.year, at.clock);
}

function localTime(atMs: number, utcOffsetMinutes: number): LocalTime {
  const shifted = finite(atMs) + finite(utcOffsetMinutes) * minuteMs;
  const ms = Math.min(edgeMs, Math.max(-edgeMs, shifted));
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const year = date.getUTCFullYear();
  return {
    day: Math.floor(ms / dayMs),
    iso: `${String(year).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`,
    year,
    month: date.getUTCMonth(),
    dayOfMonth: date.getUTCDate(),
    clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`,
  };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
