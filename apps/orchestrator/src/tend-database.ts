// Keeps the database small while nobody works: old events go, and words that are only hidden leave the indexes.
import type { Clock, Log, Timer } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import { compactIndexes } from "@kingly/store";
import type { Store } from "@kingly/store";

/** How long the log is kept. */
export interface TendOptions {
  /** Events older than so many days go, 1 to 36,500; 0 keeps all. */
  readonly keepEventDays: number;
  /** The newest events of a workspace stay whatever their age. @default 100000, as many as a gateway mirrors */
  readonly keepEvents?: number;
}

/** When it is done, and how much in one unit. */
export const tendTimes = {
  /** After the start, and after the time before. */
  firstAfterMs: 600_000,
  everyMs: 86_400_000,
  /** It waits for so long without a commit, and for no more than `mostLooks` of these. */
  quietMs: 60_000,
  mostLooks: 60,
  /** Between two units, so that whatever waits goes first. */
  pauseMs: 20,
  eventsPerUnit: 200,
  pagesPerUnit: 50,
} as const;

const dayMs = 86_400_000;

/** Tends the database once a day, at a minute without commits. Returns the end of it, which waits for what runs. [O32] */
export function tendDatabase(
  deps: { readonly clock: Clock; readonly log: Log; readonly database: Database; readonly store: Store },
  { keepEventDays, keepEvents = 100_000 }: TendOptions,
): () => Promise<void> {
  const { clock, log, database, store } = deps;
  const ending = new AbortController();
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();

  const after = (ms: number, work: () => void): void => {
    if (!ending.signal.aborted) timer = clock.setTimer(ms, work);
  };
  const waitForQuiet = (looks: number): void => {
    const before = database.stats().units;
    after(tendTimes.quietMs, () => {
      if (database.stats().units !== before && looks < tendTimes.mostLooks) return waitForQuiet(looks + 1);
      running = tend()
        .catch((thrown: unknown) =>
          log.warn("the database could not be tended; tomorrow again", { why: String(thrown) }),
        )
        .finally(() => after(tendTimes.everyMs, () => waitForQuiet(1)));
      return undefined;
    });
  };
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      ending.signal.addEventListener("abort", () => resolve(), { once: true });
      after(tendTimes.pauseMs, resolve);
    });

  /** Lets old events of one workspace go. Only processed ones can: the newest are not marked. */
  const letGo = async (workspaceId: string): Promise<number> => {
    let released = 0;
    for (let more = true; more && !ending.signal.aborted;) {
      const step = await database.write((unit) => {
        const { events } = store;
        const { head = 0, processed = 0 } = events.position(workspaceId, unit) ?? {};
        const through = Math.min(head - keepEvents, processed + tendTimes.eventsPerUnit);
        if (through > processed) events.markProcessed(unit, workspaceId, through);
        const olderThanMs = keepEventDays * dayMs;
        const kept = events.retain(unit, workspaceId, { olderThanMs, maxRows: tendTimes.eventsPerUnit });
        return { released: kept.released, more: kept.more || kept.released === tendTimes.eventsPerUnit };
      });
      released += step.released;
      more = step.more;
      if (more) await pause();
    }
    return released;
  };
  const tend = async (): Promise<void> => {
    const beganMs = clock.monotonicMs();
    let released = 0;
    if (keepEventDays > 0) for (const { id } of store.workspaces.list()) released += await letGo(id);
    const steps = await compactIndexes(database, { pagesPerStep: tendTimes.pagesPerUnit, signal: ending.signal });
    log.info("the database was tended", {
      eventsLetGo: released,
      indexSteps: steps,
      ms: clock.monotonicMs() - beganMs,
    });
  };

  after(tendTimes.firstAfterMs, () => waitForQuiet(1));
  return async () => {
    ending.abort();
    timer?.cancel();
    await running;
  };
}
