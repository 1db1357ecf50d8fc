// Keeps the database small while nobody works: old events go, and words that are only hidden leave the indexes.
import type { Clock, Log, Timer } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { compactIndexes } from "@kingly/store";
import type { Store } from "@kingly/store";
import type { Spending } from "./mind/spending.ts";
import type { Works } from "./mind/works.ts";

/** How long the log is kept. */
export interface TendOptions {
  /** Events, and what was said and done in works, older than so many days go, 1 to 36,500; 0 keeps all. */
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
  rowsPerUnit: 200,
  pagesPerUnit: 50,
} as const;

const dayMs = 86_400_000;

/** Tends the database once a day, at a minute without commits. Returns the end of it, which waits for what runs. [O32] */
export function tendDatabase(
  deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly database: Database;
    readonly store: Store;
    readonly works: Pick<Works, "letGo">;
    readonly spending: Pick<Spending, "letGo">;
  },
  { keepEventDays, keepEvents = 100_000 }: TendOptions,
): () => Promise<void> {
  const { clock, log, database, store, works, spending } = deps;
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

  const olderThanMs = keepEventDays * dayMs;
  /** Lets rows go, unit after unit, as long as there are more. */
  const letGo = async (step: (unit: Unit) => { readonly gone: number; readonly more: boolean }): Promise<number> => {
    let gone = 0;
    for (let more = true; more && !ending.signal.aborted;) {
      const stepped = await database.write(step);
      gone += stepped.gone;
      more = stepped.more;
      if (more) await pause();
    }
    return gone;
  };
  /** Old events of one workspace. Only processed ones can go: the newest are not marked. */
  const letEventsGo = (workspaceId: string): Promise<number> =>
    letGo((unit) => {
      const { events } = store;
      const { head = 0, processed = 0 } = events.position(workspaceId, unit) ?? {};
      const through = Math.min(head - keepEvents, processed + tendTimes.rowsPerUnit);
      if (through > processed) events.markProcessed(unit, workspaceId, through);
      const kept = events.retain(unit, workspaceId, { olderThanMs, maxRows: tendTimes.rowsPerUnit });
      return { gone: kept.released, more: kept.more || kept.released === tendTimes.rowsPerUnit };
    });
  const letWorksGo = (workspaceId: string): Promise<number> =>
    letGo((unit) => {
      const beforeMs = clock.nowMs() - olderThanMs;
      const gone = works.letGo(unit, workspaceId, { beforeMs, maxRows: tendTimes.rowsPerUnit });
      return { gone, more: gone === tendTimes.rowsPerUnit };
    });
  const tend = async (): Promise<void> => {
    const beganMs = clock.monotonicMs();
    let eventsLetGo = 0;
    let workRowsLetGo = 0;
    for (const { id } of keepEventDays > 0 ? store.workspaces.list() : []) {
      eventsLetGo += await letEventsGo(id);
      workRowsLetGo += await letWorksGo(id);
    }
    await database.write((unit) => spending.letGo(unit));
    const steps = await compactIndexes(database, { pagesPerStep: tendTimes.pagesPerUnit, signal: ending.signal });
    log.info("the database was tended", {
      eventsLetGo,
      workRowsLetGo,
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
