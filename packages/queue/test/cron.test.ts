import fc from "fast-check";
import { expect, test } from "vitest";
import { lastRun, nextRun, parseCron } from "../src/cron.ts";

const at = (text: string): number => Date.parse(`${text}Z`);
const next = (cron: string, after: string): string =>
  new Date(nextRun(parseCron(cron), at(after))).toISOString().slice(0, 16);

test("[Q35] five fields in UTC: lists, ranges, steps, both kinds of days, leap days", () => {
  expect(next("* * * * *", "2026-11-22T10:00:00")).toBe("2026-11-22T10:01");
  expect(next("*/15 * * * *", "2026-11-22T10:46:59")).toBe("2026-11-22T11:00");
  expect(next("5,10-12 9-17/4 * * *", "2026-11-22T13:12:30")).toBe("2026-11-22T17:05");
  expect(next("0 0 1 1 *", "2026-01-01T00:00:00")).toBe("2027-01-01T00:00");
  expect(next("0 12 * * 7", "2026-11-22T12:00:00")).toBe("2026-11-29T12:00");
  expect(next("0 12 * * 1-5", "2026-11-20T12:00:00")).toBe("2026-11-23T12:00");
  expect(next("0 0 13 * 5", "2026-11-22T00:00:00")).toBe("2026-11-27T00:00");
  expect(next("0 0 29 2 *", "2026-11-22T00:00:00")).toBe("2028-02-29T00:00");
  expect(next("0 0 29 2 *", "2096-03-01T00:00:00")).toBe("2104-02-29T00:00");
  expect(next("0 0 3 1 */7", "2027-01-04T00:00:00")).toBe("2038-01-03T00:00");
});

const field = (min: number, max: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant("*"),
    fc.integer({ min, max }).map(String),
    fc.integer({ min: 1, max: 9 }).map((step) => `*/${step}`),
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  );

test("[Q35] the next time is the first minute that the expression names, the last time the last one", () => {
  fc.assert(
    fc.property(
      fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 7)),
      fc.integer({ min: at("2024-01-01T00:00"), max: at("2030-01-01T00:00") }),
      (fields, afterMs) => {
        const cron = parseCron(fields.join(" "));
        const names = (ms: number): boolean => {
          const date = new Date(ms);
          const byDay = cron.days.has(date.getUTCDate());
          const byWeekday = cron.weekdays.has(date.getUTCDay());
          return (
            cron.minutes.has(date.getUTCMinutes()) &&
            cron.hours.has(date.getUTCHours()) &&
            cron.months.has(date.getUTCMonth() + 1) &&
            (cron.eitherDay ? byDay || byWeekday : byDay && byWeekday)
          );
        };
        const found = nextRun(cron, afterMs);
        expect(found).toBeGreaterThan(afterMs);
        expect(found % 60_000).toBe(0);
        expect(names(found)).toBe(true);
        // A week is looked through minute by minute; nothing before the one found may be named.
        let minute = Math.floor(afterMs / 60_000) * 60_000 + 60_000;
        for (let count = 0; count < 1500 && minute < found; count += 1, minute += 60_000) {
          expect(names(minute)).toBe(false);
        }
        const third = nextRun(cron, nextRun(cron, found));
        expect(lastRun(cron, found, third)).toBe(third);
        expect(lastRun(cron, found, third - 1)).toBeLessThan(third);
      },
    ),
    { numRuns: 200 },
  );
});
