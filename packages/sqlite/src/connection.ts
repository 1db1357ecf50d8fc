import SqliteFile from "better-sqlite3";
import { checkpointOnCommitPages } from "./checkpoints.ts";
import { DatabaseError, toDatabaseError } from "./database-error.ts";

/** A value that SQLite can hold. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** One row as an object of its columns. */
export type Row = Readonly<Record<string, SqlValue>>;

/** How many rows a statement changed, and the rowid it inserted last. */
export interface RunResult {
  readonly changes: number;
  readonly lastInsertRowid: number | bigint;
}

/** The slice of a better-sqlite3 statement that this room uses. */
export interface Statement {
  readonly reader: boolean;
  run(...parameters: unknown[]): RunResult;
  get(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown[];
  iterate(...parameters: unknown[]): IterableIterator<unknown>;
}

/** One open connection with its cache of prepared statements. */
export interface Connection {
  /** Returns the prepared statement of this text, from the cache when it is there. [DB3] */
  prepare(sql: string): Statement;
  /** Prepares a statement that its owner keeps, outside the cache. */
  prepareAlone(sql: string): Statement;
  /** Counts the rows that were changed since it was opened, those taken back included. */
  totalChanges(): number;
  exec(sql: string): void;
  pragma(text: string): unknown;
  inTransaction(): boolean;
  /** Copies to a new file in steps; `progress` returns the pages of the next one. */
  backup(to: string, progress: (copiedPages: number, totalPages: number) => number): Promise<void>;
  close(): void;
}

/** How a connection is opened; every field is filled in by `openDatabase`. */
export interface ConnectionOptions {
  readonly path: string;
  readonly readOnly: boolean;
  readonly busyTimeoutMs: number;
  readonly statementCacheSize: number;
  /** Refuses or takes the file, before anything of it is changed and after; for the first writing connection. [DB18] */
  readonly claim?: {
    before(file: SqliteFile.Database): void;
    after(file: SqliteFile.Database): void;
  };
  /** What the SQL function `keep_going` asks; a reading thread's request may be stopped. @default never */
  readonly isStopped?: () => boolean;
}

/** Opens one connection with the pragmas of this room. [DB1] [DB2] */
export function openConnection(options: ConnectionOptions): Connection {
  let file: SqliteFile.Database | undefined;
  try {
    file = new SqliteFile(options.path, { readonly: options.readOnly, timeout: options.busyTimeoutMs });
    if (!options.readOnly) {
      options.claim?.before(file);
      switchToWal(file, options.busyTimeoutMs);
      // A WAL file that grew in a storm shrinks back to this after the next checkpoint.
      file.pragma("journal_size_limit = 67108864");
      file.pragma(`wal_autocheckpoint = ${checkpointOnCommitPages}`);
    }
    // Set explicitly, or better-sqlite3's build drops WAL to NORMAL after the first write: 2,000 commits, 14 fsyncs.
    file.pragma("synchronous = FULL");
    file.pragma("foreign_keys = ON");
    file.pragma("trusted_schema = OFF");
    file.pragma("temp_store = MEMORY");
    options.claim?.after(file);
    defineKeepGoing(file, options.isStopped ?? (() => false));
  } catch (thrown) {
    file?.close();
    // A missing folder is a TypeError of better-sqlite3 itself, without a code.
    if (thrown instanceof TypeError) {
      const message = `Opening ${options.path}: ${thrown.message}. Create the folder first.`;
      throw new DatabaseError("CANNOT_OPEN", message, { cause: thrown });
    }
    throw toDatabaseError(thrown, `Opening ${options.path}`);
  }

  return withStatements(file, options.statementCacheSize);
}

function withStatements(file: SqliteFile.Database, statementCacheSize: number): Connection {
  // A Map keeps insertion order: the first key is the one unused for longest.
  const statements = new Map<string, Statement>();
  return {
    prepareAlone: (sql) => file.prepare(sql),
    totalChanges: () => file.prepare("SELECT total_changes()").pluck().get() as number,
    prepare(sql) {
      const known = statements.get(sql);
      if (known !== undefined) {
        // Who was used last matters only to a cache that is full; there is none on the hot path.
        if (statements.size >= statementCacheSize) {
          statements.delete(sql);
          statements.set(sql, known);
        }
        return known;
      }
      const statement: Statement = file.prepare(sql);
      statements.set(sql, statement);
      if (statements.size > statementCacheSize) {
        for (const oldest of statements.keys()) {
          statements.delete(oldest);
          break;
        }
      }
      return statement;
    },
    exec: (sql) => void file.exec(sql),
    pragma: (text) => file.pragma(text, { simple: true }),
    async backup(to, progress) {
      await file.backup(to, {
        progress: ({ totalPages, remainingPages }) => progress(totalPages - remainingPages, totalPages),
      });
    },
    inTransaction: () => file.inTransaction,
    close: () => void file.close(),
  };
}

/** Switches to WAL. Two that switch at once are told BUSY without waiting: SQLite asks no busy handler here. */
function switchToWal(file: SqliteFile.Database, busyTimeoutMs: number): void {
  for (let waitedMs = 0; ; waitedMs += 10) {
    try {
      file.pragma("journal_mode = WAL");
      return;
    } catch (thrown) {
      const isBusy = thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("SQLITE_BUSY");
      if (!isBusy || waitedMs >= busyTimeoutMs) throw thrown;
    }
    // Opening is synchronous, and so is its waiting.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}

/** Defines `keep_going(column, ...)`: 1, or an error once the caller gave up. SQLite's build here has no interrupt.
 *
 * A statement that may run long asks it of a column of its innermost table: `... WHERE keep_going(t.rowid)`. [DB13] */
function defineKeepGoing(file: SqliteFile.Database, isStopped: () => boolean): void {
  file.function("keep_going", { varargs: true, deterministic: false }, () => {
    if (isStopped()) throw new DatabaseError("ABORTED", "The read was stopped.");
    return 1;
  });
}
