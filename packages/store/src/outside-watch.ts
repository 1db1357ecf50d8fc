import { watch as watchPath } from "node:fs";
import type { Clock, Log, Timer } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import type { CommitListeners } from "./commit-listeners.ts";
import type { EventLog } from "./event-log.ts";

/** Notices what other processes commit to the same file. */
export interface OutsideWatch {
  /** Looks now; true when another process committed since the last look. Its listeners are told, its events chained. */
  check(): boolean;
  /** Watches the file until the returned function is called. No timer runs while nothing is written. [S98] */
  watch(): () => void;
}

// About 20 ms of chaining, sealing and indexing.
const rowsPerUnit = 200;

// The log is written before its commit counts, and a disk may take its time between: a few looks follow each write, each
// after twice the wait of the one before. Our own commits wake the watch too, so the first look waits for a moment.
const firstLookMs = 20;
const lastLookMs = 5120;

/** Creates the watch. SQLite itself says whether the last commit was another connection's (`data_version`). */
export function createOutsideWatch(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventLog;
  readonly listeners: CommitListeners;
}): OutsideWatch {
  const { database, clock, log, events, listeners } = deps;
  let seenVersion = database.pragma("data_version");
  const toldHeads = new Map<string, string>();

  const check = (): boolean => {
    const version = database.pragma("data_version");
    if (version === seenVersion) return false;
    seenVersion = version;
    const logs = database.all<{ id: string; head: string; isChained: number }>(
      "SELECT id, epoch || ':' || head_seq AS head, head_seq = 0 OR head_hash IS NOT NULL AS isChained FROM workspaces",
    );
    for (const { id, head, isChained } of logs) {
      if (isChained === 0) adopt(id);
      if (toldHeads.get(id) === head) continue;
      toldHeads.set(id, head);
      listeners.tell(id);
    }
    return true;
  };
  const adopting = new Set<string>();
  /** A few at a time: a program that wrote much must not hold up the event loop. */
  const adopt = (workspaceId: string): void => {
    if (adopting.has(workspaceId)) return;
    adopting.add(workspaceId);
    adoptAll(workspaceId)
      .catch((thrown: unknown) => {
        log.warn("Events of another program could not be chained yet.", { workspaceId, error: String(thrown) });
      })
      .finally(() => void adopting.delete(workspaceId));
  };
  const adoptAll = async (workspaceId: string): Promise<void> => {
    while (await database.write((unit) => events.adopt(unit, workspaceId, rowsPerUnit))) {
      // A read in a thread comes back in another turn of the loop, after whatever else waits.
      await database.heavy("SELECT 1");
    }
  };
  const checkQuietly = (): boolean => {
    try {
      return check();
    } catch (thrown) {
      // Closed, or unreadable for now: the next read or write of the app says so where somebody can act.
      log.debug("The file could not be looked at for changes by others.", { error: String(thrown) });
      return false;
    }
  };
  listeners.afterTelling(() => void checkQuietly());

  return {
    check,
    watch() {
      if (database.path === ":memory:") return () => {};
      let waiting: Timer | undefined;
      let waitMs = 0;
      const lookLater = (afterMs: number): void => {
        waitMs = afterMs;
        waiting = clock.setTimer(afterMs, () => {
          waiting = undefined;
          if (!checkQuietly() && waitMs < lastLookMs) lookLater(2 * waitMs);
        });
      };
      const onChange = (): void => {
        if (waiting !== undefined && waitMs === firstLookMs) return;
        waiting?.cancel();
        lookLater(firstLookMs);
      };
      const watcher = watchPath(`${database.path}-wal`, { persistent: false }, onChange);
      watcher.on("error", (error) =>
        log.warn("The file is no longer watched for changes by others.", { error: String(error) }),
      );
      return () => {
        watcher.close();
        waiting?.cancel();
      };
    },
  };
}
