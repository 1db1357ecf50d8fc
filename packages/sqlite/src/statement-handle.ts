import type { Connection, Row, SqlValue } from "./connection.ts";

/** A read that is prepared once and used often. */
export interface StatementHandle<R = Row> {
  get(...parameters: readonly SqlValue[]): R | undefined;
  all(...parameters: readonly SqlValue[]): R[];
}

/** Prepares a reading statement for good, outside the cache. `read` guards every use and translates its errors. [DB3] */
export function createStatementHandle<R>(
  connection: Connection,
  sql: string,
  read: <T>(work: () => T) => T,
): StatementHandle<R> {
  const statement = read(() => connection.prepareAlone(sql));
  return {
    get: (...parameters) => read(() => statement.get(...parameters) as R | undefined),
    all: (...parameters) => read(() => statement.all(...parameters) as R[]),
  };
}
