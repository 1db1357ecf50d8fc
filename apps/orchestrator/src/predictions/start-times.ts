/** When a workflow was started, and whether now is its time. */
export interface StartTimes {
  add(atMs: number): void;
  /** The share of the weeks since `sinceMs`, of the last 8, in which it was started on this day within an hour of now, and
   * why in words; undefined for fewer than two of them, and when it was started in the last 12 hours. */
  now(nowMs: number, sinceMs: number): { readonly probability: number; readonly why: string } | undefined;
}

/** Gives the offset of the place from UTC at a time, in minutes; east is positive. */
export type OffsetMinutes = (atMs: number) => number;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
const maxWeeks = 8;
const maxTimes = 64;
const restMs = 12 * hourMs;
const days = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"] as const;

/** Creates the times of one workflow; the newest 64 are held. [O71] */
export function createStartTimes(offsetMinutes: OffsetMinutes): StartTimes {
  const times: number[] = [];
  const localOf = (atMs: number): number => atMs + offsetMinutes(atMs) * 60_000;
  return {
    add(atMs) {
      times.push(atMs);
      if (times.length > maxTimes) times.shift();
    },
    now(nowMs, sinceMs) {
      const last = times.at(-1);
      if (last === undefined || nowMs - last < restMs) return undefined;
      const now = localOf(nowMs);
      const hits = new Map<number, number>();
      for (const atMs of times) {
        const agoMs = now - localOf(atMs);
        const weeks = Math.round(agoMs / weekMs);
        // The same day and hour, a whole number of weeks ago.
        if (weeks < 1 || weeks > maxWeeks || Math.abs(agoMs - weeks * weekMs) > hourMs) continue;
        hits.set(weeks, localOf(atMs));
      }
      if (hits.size < 2) return undefined;
      const observed = Math.min(maxWeeks, Math.max(hits.size, Math.ceil((nowMs - sinceMs - hourMs) / weekMs)));
      const hours = [...hits.values()].map((atMs) => (((atMs % dayMs) + dayMs) % dayMs) / hourMs);
      const hour = Math.round(hours.reduce((sum, each) => sum + each, 0) / hours.length) % 24;
      const why = `${days[new Date(now).getUTCDay()] ?? ""} around ${hour}`;
      return { probability: hits.size / observed, why };
    },
  };
}
