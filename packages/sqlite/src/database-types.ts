import type { Kysely } from "kysely";
import type { CommitStats } from "./commit-meter.ts";
import type { Row, SqlValue } from "./connection.ts";
import type { WriteOptions } from "./group-commit.ts";
import type { ReadPool, ReadPoolStats } from "./read-pool.ts";
import type { StatementHandle } from "./statement-handle.ts";
import type { Unit } from "./unit.ts";
import type { DatabaseState } from "./write-state.ts";

/** One SQLite file: a writing connection behind `write`, a read-only one behind everything else.
 *
 * Reads see what is committed, never a half-done unit. [DB6] */
export interface Database {
  readonly path: string;
  /** Whether the file held nothing when it was opened. */
  readonly isNew: boolean;
  get<R = Row>(sql: string, ...parameters: readonly SqlValue[]): R | undefined;
  all<R = Row>(sql: string, ...parameters: readonly SqlValue[]): R[];
  /** Prepares a read once, for code that is run often: no look-up, never out of the cache. [DB3] */
  statement<R = Row>(sql: string): StatementHandle<R>;
  /** Reads all rows in a thread of `readPool`, so that a heavy read holds nothing up. [DB13] */
  heavy<R = Row>(sql: string, ...parameters: readonly SqlValue[]): Promise<R[]>;
  /** Threads with read-only connections; a database in memory reads on its own connection. [DB13] [DB14] */
  readonly readPool: ReadPool;
  /** Gives Kysely for reading, typed for a room's tables. */
  kysely<Tables>(): Kysely<Tables>;
  /** Runs `work` in a savepoint of a shared commit; resolves after that commit, which is on disk unless the options
   * ask for less. [DB4] [DB28] */
  write<T>(work: (unit: Unit) => T | Promise<T>, options?: WriteOptions): Promise<T>;
  /** Runs `work` alone with a writing Kysely that may begin transactions: for migrations and upkeep. */
  exclusive<T>(work: (db: Kysely<unknown>) => Promise<T>): Promise<T>;
  /** Copies the database as it is now to `path`, checked and durable when it resolves; writes go on meanwhile. [DB16] */
  backup(path: string, options?: BackupOptions): Promise<BackupResult>;
  /** For `migrate`: makes the backup `<file>.before-<room>-<migration>-<time>`; undefined when the file is new. [DB17] */
  backUpBeforeMigration(room: string, migration: string): Promise<string | undefined>;
  pragma(text: string): unknown;
  /** A number that changes when another connection or process committed, never by writes of this one. About 3 us. [DB22] */
  dataVersion(): number;
  /** Calls `listener` after others committed. Returns the end of it. [DB22] */
  watchCommits(listener: () => void): () => void;
  /** What the file, its WAL, its commits and its readers are doing. [DB21] */
  stats(): DatabaseStats;
  /** Settles waiting units, then closes both connections. Closing again does nothing. [DB10] */
  close(): Promise<void>;
}

/** How a backup is made. */
export interface BackupOptions {
  /** Pages copied between two looks at `signal`, 1 to 1,000,000. @default 1000 */
  readonly pagesPerStep?: number;
  /** Gives it up: nothing is left of it. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (copiedPages: number, totalPages: number) => void;
}

/** A backup that is whole, checked and on disk: one file, without a WAL beside it. */
export interface BackupResult {
  readonly path: string;
  readonly pages: number;
}

/** What a database is doing. */
export type DatabaseStats = CommitStats &
  DatabaseState & {
    readonly waitingUnits: number;
    readonly pages: number;
    readonly pageBytes: number;
    readonly walBytes: number;
    /** Pages in the WAL now, and how many of them are not in the file yet. */
    readonly walPages: number;
    readonly walPagesToFold: number;
    /** A long read keeps the WAL from being emptied. [DB20] */
    readonly walIsHeldBack: boolean;
    readonly readPool: ReadPoolStats;
  };
