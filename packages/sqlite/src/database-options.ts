import type { CheckpointOptions } from "./checkpoints.ts";
import type { DatabaseClock } from "./clock.ts";
import type { DatabaseLog } from "./database-log.ts";
import type { ReadPoolOptions } from "./read-pool.ts";
import type { DatabaseState } from "./write-state.ts";

/** How a database is opened. */
export interface DatabaseOptions {
  /** The file, or ":memory:". */
  readonly path: string;
  /** How long a commit waits for another process's lock, in ms. The event loop goes on meanwhile. @default 5000 */
  readonly busyTimeoutMs?: number;
  /** Prepared statements kept per connection. @default 500 */
  readonly statementCacheSize?: number;
  /** Units that share one commit at most. @default 500 */
  readonly maxUnitsPerCommit?: number;
  /** Units that may wait; more are refused with OVERLOADED. @default 10000 */
  readonly maxWaitingUnits?: number;
  /** While the disk takes no writes: how long units are refused before one is tried, in ms; 0 tries each. @default 1000 */
  readonly writeRetryMs?: number;
  /** Told when the disk stops taking writes, and when it does again. Must not throw. */
  readonly onStateChange?: (state: DatabaseState) => void;
  /** The pool of reading threads. */
  readonly readPool?: ReadPoolOptions;
  /** When the WAL is folded back into the file. */
  readonly checkpoints?: CheckpointOptions;
  /** Opens a database of another program, and leaves it unmarked. @default false */
  readonly acceptForeign?: boolean;
  /** @default the machine's */
  readonly clock?: DatabaseClock;
  /** Hears of backups before migrations, of a disk that takes no writes, and of a WAL that cannot shrink. @default nobody */
  readonly log?: DatabaseLog;
}

export const databaseDefaults = {
  busyTimeoutMs: 5000,
  statementCacheSize: 500,
  maxUnitsPerCommit: 500,
  maxWaitingUnits: 10_000,
  writeRetryMs: 1000,
  acceptForeign: false,
} as const;
