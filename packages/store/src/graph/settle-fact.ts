import { overlaps } from "../interval.ts";
import type { Interval } from "../interval.ts";

/** A stretch of valid time in which a fact is believed. */
export interface FactPart extends Interval {
  readonly relationId: string;
}

/** What a new fact does: when it holds, and which parts of others are taken back. */
export interface Settlement {
  readonly interval: Interval;
  readonly ended: readonly FactPart[];
}

/** Settles a new fact with those that it contradicts, by their times alone. [S56]
 *
 * Parts that do not meet it stay. One that began earlier ends where the new one begins; one that begins at the same moment
 * gives way, because what is told later corrects; one that begins later ends the new one there. So each fact lasts until
 * the next that contradicts it, whatever the order in which they were told. */
export function settleFact(stated: Interval, parts: readonly FactPart[]): Settlement {
  const { fromMs } = stated;
  const meeting = parts.filter((part) => overlaps(part, stated));
  const later = meeting.filter((part) => part.fromMs > fromMs).map((part) => part.fromMs);
  return {
    interval: { fromMs, toMs: Math.min(stated.toMs, ...later) },
    ended: meeting
      .filter((part) => part.fromMs <= fromMs)
      .map(({ relationId, toMs }) => ({ relationId, fromMs, toMs })),
  };
}
