import { QueueError } from "./queue-error.ts";

/** A parsed cron expression: which minutes, hours, days, months and weekdays it names. All in UTC. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** With both days and weekdays named, either of them is enough, as in every cron. */
  readonly eitherDay: boolean;
}

const fields = [
  { name: "minutes", min: 0, max: 59 },
  { name: "hours", min: 0, max: 23 },
  { name: "days", min: 1, max: 31 },
  { name: "months", min: 1, max: 12 },
  { name: "weekdays", min: 0, max: 7 },
] as const;

const maxSigns = 200;
const dayMs = 86_400_000;
const minuteMs = 60_000;
// February 29 on one certain weekday may be forty years away.
const longestDays = 41 * 366;

/** Parses five fields: minute, hour, day, month, weekday (0 and 7 are Sunday); `*`, `a`, `a-b`, `,` and `/step`. [Q35]
 *
 * Times are UTC: an hour never comes twice and none is left out. Throws BAD_CRON with the field. */
export function parseCron(text: string): Cron {
  const parts = text.length > maxSigns ? [] : text.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    const message = `A cron expression has five fields (minute hour day month weekday), not ${parts.length}: ${JSON.stringify(text.slice(0, 60))}.`;
    throw new QueueError("BAD_CRON", message);
  }
  const [minutes, hours, days, months, weekdays] = fields.map(({ name, min, max }, index) =>
    parseField(name, parts[index] ?? "", min, max),
  );
  const empty = new Set<number>();
  return {
    minutes: minutes ?? empty,
    hours: hours ?? empty,
    days: days ?? empty,
    months: months ?? empty,
    weekdays: new Set([...(weekdays ?? empty)].map((day) => day % 7)),
    eitherDay: !parts[2]?.startsWith("*") && !parts[4]?.startsWith("*"),
  };
}

function parseField(name: string, text: string, min: number, max: number): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    const from = match?.[1] === undefined ? min : Number(match[1]);
    const to = match?.[2] !== undefined ? Number(match[2]) : match?.[1] === undefined || match[3] ? max : from;
    const step = match?.[3] === undefined ? 1 : Number(match[3]);
    if (match === null || from < min || to > max || from > to || step < 1) {
      const message = `${name} of a cron expression must be *, a number, a range or a list from ${min} to ${max}, not ${JSON.stringify(part)}.`;
      throw new QueueError("BAD_CRON", message);
    }
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

/** Returns the first time after `afterMs` that the expression names, in ms. Throws BAD_CRON when none is near. [Q35] */
export function nextRun(cron: Cron, afterMs: number): number {
  const firstMinute = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs;
  const firstDay = Math.floor(firstMinute / dayMs) * dayMs;
  for (let day = 0; day < longestDays; day += 1) {
    const dayStart = firstDay + day * dayMs;
    if (!namesDay(cron, new Date(dayStart))) continue;
    const from = Math.max(0, firstMinute - dayStart) / minuteMs;
    for (let minute = from; minute < 1440; minute += 1) {
      if (!cron.hours.has(Math.floor(minute / 60))) minute += 59 - (minute % 60);
      else if (cron.minutes.has(minute % 60)) return dayStart + minute * minuteMs;
    }
  }
  throw new QueueError("BAD_CRON", "The cron expression names no day of the next forty years. Mend its day or month.");
}

function namesDay(cron: Cron, date: Date): boolean {
  if (!cron.months.has(date.getUTCMonth() + 1)) return false;
  const byDay = cron.days.has(date.getUTCDate());
  const byWeekday = cron.weekdays.has(date.getUTCDay());
  return cron.eitherDay ? byDay || byWeekday : byDay && byWeekday;
}

/** Returns the last time up to `nowMs` that the expression names; `sinceMs`, itself such a time, when there is no later. */
export function lastRun(cron: Cron, sinceMs: number, nowMs: number): number {
  const lastMinute = Math.floor(nowMs / minuteMs) * minuteMs;
  const sinceDay = Math.floor(sinceMs / dayMs) * dayMs;
  for (let dayStart = Math.floor(nowMs / dayMs) * dayMs; dayStart >= sinceDay; dayStart -= dayMs) {
    if (!namesDay(cron, new Date(dayStart))) continue;
    for (let minute = Math.min(1439, (lastMinute - dayStart) / minuteMs); minute >= 0; minute -= 1) {
      if (cron.hours.has(Math.floor(minute / 60)) && cron.minutes.has(minute % 60)) {
        return Math.max(sinceMs, dayStart + minute * minuteMs);
      }
    }
  }
  return sinceMs;
}
