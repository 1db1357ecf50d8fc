import type { Clock } from "@kingly/runtime";

/** How much of what people say is dealt with while there is more than can be. */
export interface TurnBudgetOptions {
  /** So long may a turn of the event loop deal with what was said. Milliseconds. @default 25 */
  readonly targetMs?: number;
  /** Turns may be longer for so long: a burst passes by itself, and so does other work of the machine. Milliseconds. @default 1000 */
  readonly patienceMs?: number;
  /** So many are dealt with in every turn, however long it is: a process without a core is slow, not flooded. @default 32 */
  readonly leastPerTurn?: number;
}

/** Says whether one more may be dealt with in this turn. */
export interface TurnBudget {
  admit(): boolean;
  /** How many were turned away so far. */
  refused(): number;
}

/** After so many milliseconds what was turned away may be said again. */
export const overloadRetryMs = 1000;

/** Creates the budget. [G70]
 *
 * More than can be dealt with makes a queue that does not go away by itself: each turn then finds so much to read that
 * it is long, turn after turn. Only then is the rest of a turn turned away, so that what is taken is answered in time.
 * `nextTurn` runs a function in the next turn of the event loop. */
export function createTurnBudget(
  deps: { readonly clock: Pick<Clock, "monotonicMs">; readonly nextTurn: (run: () => void) => void },
  options: TurnBudgetOptions = {},
): TurnBudget {
  const { targetMs = 25, patienceMs = 1000, leastPerTurn = 32 } = options;
  const { clock, nextTurn } = deps;
  let refused = 0;
  let beganMs: number | undefined;
  let admitted = 0;
  let endedMs = Number.NEGATIVE_INFINITY;
  // Since when every turn was too long.
  let overSinceMs: number | undefined;

  const begin = (nowMs: number): void => {
    beganMs = nowMs;
    // Nothing was said for a while: there is no queue.
    if (nowMs - endedMs > targetMs) overSinceMs = undefined;
    nextTurn(() => {
      endedMs = clock.monotonicMs();
      overSinceMs = endedMs - nowMs > targetMs ? (overSinceMs ?? nowMs) : undefined;
      beganMs = undefined;
    });
  };

  return {
    admit() {
      const nowMs = clock.monotonicMs();
      if (beganMs === undefined) {
        admitted = 0;
        begin(nowMs);
      }
      const isOverloaded = overSinceMs !== undefined && nowMs - overSinceMs >= patienceMs;
      if (isOverloaded && admitted >= leastPerTurn && nowMs - (beganMs ?? nowMs) > targetMs) {
        refused += 1;
        return false;
      }
      admitted += 1;
      return true;
    },
    refused: () => refused,
  };
}
