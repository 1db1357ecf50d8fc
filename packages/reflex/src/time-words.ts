import type { Language } from "./language.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;
// The first and last instant of the calendar; beyond it Date has no fields.
const edgeMs = 8.64e15 - 2 * dayMs;

/** The fields of the instant on the person's own calendar and clock. `day` counts days since 1970. */
interface LocalTime {
  readonly day: number;
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly clock: string;
}

/** Returns the person's calendar day of an instant as `YYYY-MM-DD`; `daysBack` 1 is the day before. [RX11] */
export function localDay(atMs: number, utcOffsetMinutes: number, daysBack = 0): string {
  const date = new Date(localMs(atMs - daysBack * dayMs, utcOffsetMinutes));
  return `${String(date.getUTCFullYear()).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** Returns the same day as a number, days since 1970: what days are compared by, many at a time. [RX11] */
export function localDayNumber(atMs: number, utcOffsetMinutes: number, daysBack = 0): number {
  return Math.floor(localMs(atMs - daysBack * dayMs, utcOffsetMinutes) / dayMs);
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
  const ms = localMs(atMs, utcOffsetMinutes);
  const date = new Date(ms);
  return {
    day: Math.floor(ms / dayMs),
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    dayOfMonth: date.getUTCDate(),
    clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`,
  };
}

function localMs(atMs: number, utcOffsetMinutes: number): number {
  const shifted = finite(atMs) + finite(utcOffsetMinutes) * minuteMs;
  return Math.min(edgeMs, Math.max(-edgeMs, shifted));
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
