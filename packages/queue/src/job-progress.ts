import type { Clock, Log, Timer } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import { errorText } from "./error-text.ts";
import type { HeldJob } from "./held-job.ts";
import { QueueError } from "./queue-error.ts";
import { tokenKey } from "./token-key.ts";

/** How far a job is, as its handler said. */
export interface JobProgress {
  readonly id: number;
  readonly type: string;
  readonly workspaceId: string | null;
  readonly cid: string | null;
  /** 0 to 1. */
  readonly progress: number;
  readonly message: string | null;
}

/** Keeps what handlers report. */
export interface ProgressKeeper {
  /** Tells the listeners at once, the table a little later. Throws BAD_PROGRESS. [Q38] */
  report(held: HeldJob, progress: number, message: string | undefined): void;
  /** Calls `listener` for each report of this process. Returns the end of it. */
  listen(listener: (progress: JobProgress) => void): () => void;
  stop(): void;
}

const maxMessage = 500;
const writeSql = `UPDATE job_queue SET progress = said.progress, progress_message = said.message
  FROM (SELECT value ->> 0 AS id, value ->> 1 AS claim, value ->> 2 AS progress, value ->> 3 AS message
    FROM json_each(?)) AS said
  WHERE job_queue.id = said.id AND +status = 'running' AND job_queue.claim = said.claim`;

/** Creates the keeper: the last report of each job is written at most every `progressMs`, all jobs in one statement. */
export function createProgressKeeper(
  deps: { readonly database: Database; readonly clock: Clock; readonly log: Log },
  progressMs: number,
): ProgressKeeper {
  const unwritten = new Map<string, readonly [number, number, number, string | null]>();
  const listeners = new Set<(progress: JobProgress) => void>();
  let timer: Timer | undefined;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let stopped = false;

  const write = (): void => {
    timer = undefined;
    if (unwritten.size === 0) return;
    writtenAtMs = deps.clock.monotonicMs();
    const said = JSON.stringify([...unwritten.values()]);
    unwritten.clear();
    deps.database
      .write((unit) => void unit.run(writeSql, said))
      .catch((thrown: unknown) => {
        // The next report says more than this one did.
        deps.log.warn("progress could not be written", { error: errorText(thrown) });
      });
  };

  return {
    report(held, progress, message) {
      if (!(progress >= 0 && progress <= 1)) {
        throw new QueueError("BAD_PROGRESS", `progress must be from 0 to 1, not ${String(progress)}.`);
      }
      if (held.handlerEnded || held.stopped !== undefined || stopped) return;
      const { id, claim, type, workspaceId, cid } = held.claimed;
      const text = message === undefined ? null : message.slice(0, maxMessage);
      unwritten.set(tokenKey(held.claimed), [id, claim, progress, text]);
      for (const listener of listeners) {
        try {
          listener({ id, type, workspaceId, cid, progress, message: text });
        } catch (thrown) {
          deps.log.error("a listener of progress failed", { error: errorText(thrown) });
        }
      }
      const waitMs = writtenAtMs + progressMs - deps.clock.monotonicMs();
      if (waitMs <= 0) write();
      else timer ??= deps.clock.setTimer(waitMs, write);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      stopped = true;
      timer?.cancel();
      timer = undefined;
      unwritten.clear();
      listeners.clear();
    },
  };
}
