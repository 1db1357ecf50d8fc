import { isDatabaseError } from "@kingly/sqlite";
import type { Database, Unit } from "@kingly/sqlite";
import type { Clock, Log, Timer } from "@kingly/runtime";

/** Writes that outlast a full disk or a lock: the work of a handler is dear and must not be lost to them. */
export interface PatientWriter {
  write<T>(work: (unit: Unit) => T | Promise<T>): Promise<T>;
  /** Ends all waiting: what is pending tries once more, and from then on every failure is final. */
  stop(): void;
}

const passing: ReadonlySet<string> = new Set(["BUSY", "FULL", "IO", "OVERLOADED"]);
const firstWaitMs = 100;
const longestWaitMs = 5000;

/** Creates a writer that tries again while the database is BUSY, FULL, OVERLOADED or its disk fails. [Q12]
 *
 * Waits 100 ms, doubling to 5 s. Any other error is thrown at once. */
export function createPatientWriter(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): PatientWriter {
  let stopped = false;
  const pauses = new Map<Timer, () => void>();
  const pause = (waitMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = deps.clock.setTimer(waitMs, () => {
        pauses.delete(timer);
        resolve();
      });
      pauses.set(timer, resolve);
    });

  return {
    async write(work) {
      for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
        try {
          return await deps.database.write(work);
        } catch (thrown) {
          if (stopped || !isDatabaseError(thrown) || !passing.has(thrown.code)) throw thrown;
          deps.log.warn("the end of a job could not be written; trying again", { code: thrown.code, waitMs });
        }
        await pause(waitMs);
      }
    },
    stop() {
      stopped = true;
      for (const [timer, resolve] of pauses) {
        timer.cancel();
        resolve();
      }
      pauses.clear();
    },
  };
}
