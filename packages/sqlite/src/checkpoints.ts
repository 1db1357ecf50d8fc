import { setQuietTimer } from "./clock.ts";
import type { DatabaseClock, DatabaseTimer } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { DatabaseLog } from "./database-log.ts";

/** How a WAL stands: its pages, and how many of them are in the file already. `busy`: a lock was in the way. */
export interface WalPages {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/** Keeps the WAL small without holding commits up. */
export interface Checkpoints {
  /** Told after every commit. */
  committed(): void;
  pages(): WalPages;
  /** Whether a reader keeps the WAL from being emptied. */
  isHeldBack(): boolean;
  stop(): void;
}

/** When the WAL is folded back. */
export interface CheckpointOptions {
  /** Pages not yet in the file from which a thread folds them in. @default 1000 */
  readonly pages?: number;
  /** Pages from which a WAL that cannot be emptied is told as held back. @default 8000 */
  readonly heldBackPages?: number;
  /** After so many ms without a commit a WAL file of more than `pages` is cut to nothing. @default 5000 */
  readonly idleMs?: number;
}

export const checkpointDefaults = { pages: 1000, heldBackPages: 8000, idleMs: 5000 } as const;
/** SQLite's own checkpoint, on the commit path: what bounds the WAL when the thread is late. */
export const checkpointOnCommitPages = 4000;
// Asking costs 5 us, a commit 130 us and more.
const commitsPerLook = 8;

/** Creates the upkeep of one file. `fold` runs a checkpoint in a thread; SQLite's own, on the commit path, is the net. [DB20] */
export function createCheckpoints(
  deps: {
    readonly connection: Connection;
    readonly clock: DatabaseClock;
    readonly log: DatabaseLog | undefined;
    walBytes(): number;
    fold(mode: "PASSIVE" | "TRUNCATE"): Promise<WalPages>;
  },
  options: CheckpointOptions = {},
): Checkpoints {
  const { connection, clock } = deps;
  const limits = { ...checkpointDefaults, ...options };
  const asking = connection.prepareAlone("PRAGMA wal_checkpoint(NOOP)");
  const pages = (): WalPages => asking.get() as WalPages;
  let commits = 0;
  let lastCommitMs = 0;
  let idle: DatabaseTimer | undefined;
  // While a checkpoint is asked for: how many pages the WAL had then.
  let foldingFrom: number | undefined;
  let stopped = false;
  let heldBack = false;

  const hold = (isHeld: boolean, { log, checkpointed }: WalPages): void => {
    if (isHeld && !heldBack) {
      deps.log?.warn("a long read keeps the WAL from being emptied; it grows until that read ends", {
        walPages: log,
        checkpointedPages: checkpointed,
      });
    }
    heldBack = isHeld;
  };
  const fold = (mode: "PASSIVE" | "TRUNCATE", from: number): void => {
    foldingFrom = from;
    deps.fold(mode).then(
      (after) => {
        foldingFrom = undefined;
        // Only a reader keeps a checkpoint from what was there when it began.
        const isHeld = after.checkpointed < from;
        hold(isHeld && after.log > limits.heldBackPages, after);
        if (!isHeld && !stopped) look();
      },
      () => {
        // The thread had no place or ended; the next commits ask again, and SQLite's own checkpoint is the net.
        foldingFrom = undefined;
      },
    );
  };
  /** Asks for a checkpoint when there is enough; also after one, for what was committed meanwhile. */
  const look = (): void => {
    const now = pages();
    if (now.log - now.checkpointed >= limits.pages) fold("PASSIVE", now.log);
  };
  const rest = (afterMs: number): void => {
    idle = setQuietTimer(clock, afterMs, () => {
      idle = undefined;
      if (stopped) return;
      const quietMs = clock.monotonicMs() - lastCommitMs;
      if (quietMs < limits.idleMs) return rest(limits.idleMs - quietMs);
      if (foldingFrom === undefined && deps.walBytes() > limits.pages * 4096) fold("TRUNCATE", 0);
      return undefined;
    });
  };

  return {
    committed() {
      commits += 1;
      if (commits % commitsPerLook !== 0) return;
      lastCommitMs = clock.monotonicMs();
      if (idle === undefined) rest(limits.idleMs);
      if (stopped) return;
      if (foldingFrom === undefined) return look();
      const now = pages();
      // Long reads have all the threads.
      if (now.log - foldingFrom > limits.heldBackPages) hold(true, now);
    },
    pages,
    isHeldBack: () => heldBack,
    stop() {
      stopped = true;
      idle?.cancel();
    },
  };
}
