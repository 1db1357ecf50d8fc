import type { Connection, Row, SqlValue } from "./connection.ts";
import { toDatabaseError } from "./database-error.ts";

/** What a read job works with: one read-only connection on one snapshot of the file. */
export interface JobReader {
  get<R = Row>(sql: string, ...parameters: readonly SqlValue[]): R | undefined;
  all<R = Row>(sql: string, ...parameters: readonly SqlValue[]): R[];
  /** Gives rows one by one, for reads that are too large to hold; the loop may be left at any row. */
  iterate<R = Row>(sql: string, ...parameters: readonly SqlValue[]): Iterable<R>;
  /** Throws when the caller gave up or its deadline passed. Every read asks by itself; long loops of yours should too. */
  throwIfStopped(): void;
}

/** An exported function that `readPool.run` calls in a reading thread. Input and value are copied between threads. */
export type ReadJob<Input, Value> = (reader: JobReader, input: Input) => Value | Promise<Value>;

/** Creates the reader of one job. `end` ends the loops over `iterate` that the job left: one would hold the WAL back. */
export function createJobReader(
  connection: Connection,
  throwIfStopped: () => void,
): { readonly reader: JobReader; end(): void } {
  const open = new Set<Iterator<unknown>>();
  const attempt = <T>(work: () => T): T => {
    throwIfStopped();
    try {
      return work();
    } catch (thrown) {
      throw toDatabaseError(thrown, "Reading");
    }
  };
  function* iterate<R>(sql: string, parameters: readonly SqlValue[]): Generator<R> {
    const rows = attempt(() => connection.prepare(sql).iterate(...parameters));
    open.add(rows);
    try {
      for (;;) {
        const next = attempt(() => rows.next());
        if (next.done === true) return;
        yield next.value as R;
      }
    } finally {
      rows.return?.();
      open.delete(rows);
    }
  }
  const reader: JobReader = {
    get: <R>(sql: string, ...parameters: readonly SqlValue[]) =>
      attempt(() => connection.prepare(sql).get(...parameters) as R | undefined),
    all: <R>(sql: string, ...parameters: readonly SqlValue[]) =>
      attempt(() => connection.prepare(sql).all(...parameters) as R[]),
    iterate: <R>(sql: string, ...parameters: readonly SqlValue[]) => iterate<R>(sql, parameters),
    throwIfStopped,
  };
  return {
    reader,
    end() {
      for (const rows of open) rows.return?.();
    },
  };
}
