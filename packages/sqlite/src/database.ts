import { resolve } from "node:path";
import { Kysely } from "kysely";
import { openConnection } from "./connection.ts";
import type { Row, SqlValue } from "./connection.ts";
import { DatabaseError, toDatabaseError } from "./database-error.ts";
import { createGroupCommit } from "./group-commit.ts";
import { createKyselyDialect } from "./kysely-dialect.ts";
import { createDatabaseClock } from "./clock.ts";
import type { DatabaseClock } from "./clock.ts";
import { createInlineReadPool } from "./inline-read-pool.ts";
import { createReadPool } from "./read-pool.ts";
import type { ReadPool, ReadPoolOptions } from "./read-pool.ts";
import type { Unit } from "./unit.ts";

/** One SQLite file: a writing connection behind `write`, a read-only one behind everything else.
 *
 * Reads see what is committed, never a half-done unit. [DB6] */
export interface Database {
  readonly path: string;
  get<R = Row>(sql: string, ...parameters: readonly SqlValue[]): R | undefined;
  all<R = Row>(sql: string, ...parameters: readonly SqlValue[]): R[];
  /** Reads all rows in a thread of `readPool`, so that a heavy read holds nothing up. [DB13] */
  heavy<R = Row>(sql: string, ...parameters: readonly SqlValue[]): Promise<R[]>;
  /** Threads with read-only connections; a database in memory reads on its own connection. [DB13] [DB14] */
  readonly readPool: ReadPool;
  /** Gives Kysely for reading, typed for a room's tables. */
  kysely<Tables>(): Kysely<Tables>;
  /** Runs `work` in a savepoint of a shared commit; resolves after that commit is on disk. [DB4] */
  write<T>(work: (unit: Unit) => T | Promise<T>): Promise<T>;
  /** Runs `work` alone with a writing Kysely that may begin transactions: for migrations and upkeep. */
  exclusive<T>(work: (db: Kysely<unknown>) => Promise<T>): Promise<T>;
  pragma(text: string): unknown;
  /** Settles waiting units, then closes both connections. Closing again does nothing. [DB10] */
  close(): Promise<void>;
}

/** How a database is opened. */
export interface DatabaseOptions {
  /** The file, or ":memory:". */
  readonly path: string;
  /** How long a commit waits for another process's lock, in ms. @default 5000 */
  readonly busyTimeoutMs?: number;
  /** Prepared statements kept per connection. @default 500 */
  readonly statementCacheSize?: number;
  /** Units that share one commit at most. @default 500 */
  readonly maxUnitsPerCommit?: number;
  /** Units that may wait; more are refused with OVERLOADED. @default 10000 */
  readonly maxWaitingUnits?: number;
  /** The pool of reading threads. */
  readonly readPool?: ReadPoolOptions;
  /** @default the machine's, with timers that keep no process alive */
  readonly clock?: DatabaseClock;
}

const defaults = {
  busyTimeoutMs: 5000,
  statementCacheSize: 500,
  maxUnitsPerCommit: 500,
  maxWaitingUnits: 10_000,
} as const;

/** Opens the file, creating it when missing: WAL, synchronous FULL, foreign keys on. [DB1] [DB2]
 *
 * Throws DatabaseError CANNOT_OPEN, READ_ONLY, CORRUPT or BUSY with what to do. */
export function openDatabase(options: DatabaseOptions): Database {
  const settings = { ...defaults, ...options };
  const writer = openConnection({ ...settings, readOnly: false });
  // A database in memory has only one connection.
  const reader = settings.path === ":memory:" ? writer : openConnection({ ...settings, readOnly: true });
  let exclusiveIsOpen = false;
  let closing: Promise<void> | undefined;

  const writerKysely = new Kysely<unknown>({
    dialect: createKyselyDialect(writer, () => {
      if (!exclusiveIsOpen && !group.unitIsOpen()) {
        throw new DatabaseError("UNIT_ESCAPED", "A write was tried outside of its unit. Write only inside write().");
      }
    }),
  });
  const readerKysely = new Kysely<unknown>({ dialect: createKyselyDialect(reader, () => {}) });
  const clock = settings.clock ?? createDatabaseClock();
  const readPool =
    reader === writer
      ? createInlineReadPool(reader, settings.path)
      : createReadPool({ clock, connection: toThreadConnection(settings) }, settings.readPool);
  const group = createGroupCommit({ connection: writer, kysely: writerKysely }, settings);

  const read = <T>(work: () => T): T => {
    if (closing !== undefined) throw new DatabaseError("CLOSED", `${settings.path} is closed. Open it again.`);
    try {
      return work();
    } catch (thrown) {
      throw toDatabaseError(thrown, "Reading");
    }
  };

  return {
    path: settings.path,
    get: <R>(sql: string, ...parameters: readonly SqlValue[]) =>
      read(() => reader.prepare(sql).get(...parameters) as R | undefined),
    all: <R>(sql: string, ...parameters: readonly SqlValue[]) =>
      read(() => reader.prepare(sql).all(...parameters) as R[]),
    heavy: <R>(sql: string, ...parameters: readonly SqlValue[]) => readPool.all<R>(sql, parameters),
    readPool,
    kysely: <Tables>() => read(() => readerKysely as Kysely<Tables>),
    write: (work) => group.write(work),
    exclusive: (work) =>
      group.exclusive(async () => {
        exclusiveIsOpen = true;
        try {
          return await work(writerKysely);
        } finally {
          exclusiveIsOpen = false;
        }
      }),
    pragma: (text) => read(() => writer.pragma(text)),
    close() {
      closing ??= Promise.all([group.drain(), readPool.close()]).then(() => {
        // The reader first: the last connection to close folds the WAL into the file.
        if (reader !== writer) reader.close();
        writer.close();
      });
      return closing;
    },
  };
}

function toThreadConnection({
  path,
  busyTimeoutMs,
  statementCacheSize,
}: Required<Pick<DatabaseOptions, "path" | "busyTimeoutMs" | "statementCacheSize">>): {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly statementCacheSize: number;
} {
  // Another working folder must not lead the threads to another file.
  return { path: resolve(path), busyTimeoutMs, statementCacheSize };
}
