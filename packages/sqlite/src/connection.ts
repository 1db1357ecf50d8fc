import SqliteFile from "better-sqlite3";
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
  exec(sql: string): void;
  pragma(text: string): unknown;
  inTransaction(): boolean;
  close(): void;
}

/** How a connection is opened; every field is filled in by `openDatabase`. */
export interface ConnectionOptions {
  readonly path: string;
  readonly readOnly: boolean;
  readonly busyTimeoutMs: number;
  readonly statementCacheSize: number;
  /** What the SQL function `keep_going` asks; a reading thread's request may be stopped. @default never */
  readonly isStopped?: () => boolean;
}

/** Opens one connection with the pragmas of this room. [DB1] [DB2] */
export function openConnection(options: ConnectionOptions): Connection {
  let file: SqliteFile.Database;
  try {
    file = new SqliteFile(options.path, { readonly: options.readOnly, timeout: options.busyTimeoutMs });
    if (!options.readOnly) {
      file.pragma("journal_mode = WAL");
      // A WAL file that grew in a storm shrinks back to this after the next checkpoint.
      file.pragma("journal_size_limit = 67108864");
    }
    // Set explicitly, or better-sqlite3's build drops WAL to NORMAL after the first write: 2,000 commits, 14 fsyncs.
    file.pragma("synchronous = FULL");
    file.pragma("foreign_keys = ON");
    file.pragma("trusted_schema = OFF");
    file.pragma("temp_store = MEMORY");
    defineKeepGoing(file, options.isStopped ?? (() => false));
  } catch (thrown) {
    // A missing folder is a TypeError of better-sqlite3 itself, without a code.
    if (thrown instanceof TypeError) {
      const message = `Opening ${options.path}: ${thrown.message}. Create the folder first.`;
      throw new DatabaseError("CANNOT_OPEN", message, { cause: thrown });
    }
    throw toDatabaseError(thrown, `Opening ${options.path}`);
  }

  // A Map keeps insertion order: the first key is the one unused for longest.
  const statements = new Map<string, Statement>();
  return {
    prepare(sql) {
      const known = statements.get(sql);
      if (known !== undefined) {
        statements.delete(sql);
        statements.set(sql, known);
        return known;
      }
      const statement: Statement = file.prepare(sql);
      statements.set(sql, statement);
      if (statements.size > options.statementCacheSize) {
        for (const oldest of statements.keys()) {
          statements.delete(oldest);
          break;
        }
      }
      return statement;
    },
    exec: (sql) => void file.exec(sql),
    pragma: (text) => file.pragma(text, { simple: true }),
    inTransaction: () => file.inTransaction,
    close: () => void file.close(),
  };
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
