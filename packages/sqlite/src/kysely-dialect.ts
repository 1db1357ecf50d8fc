import { CompiledQuery, SqliteAdapter, SqliteDialect } from "kysely";
import type { Dialect, DialectAdapter, SqliteStatement } from "kysely";
import type { Connection } from "./connection.ts";
import { toDatabaseError } from "./database-error.ts";

// Kysely assumes that SQLite cannot roll back DDL; it can, and a migration that dies half-way must leave nothing.
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Creates Kysely's dialect over one of our connections, with its statement cache. [DB3]
 *
 * `guard` runs before every statement and may throw. Rows are read whole: an unfinished iterator would hold the WAL back. */
export function createKyselyDialect(connection: Connection, guard: () => void): Dialect {
  const prepare = (sql: string): SqliteStatement => {
    guard();
    const statement = attempt(() => connection.prepare(sql));
    return {
      reader: statement.reader,
      all: (parameters) => attempt(() => statement.all(...parameters)),
      run: (parameters) => attempt(() => statement.run(...parameters)),
      iterate: (parameters) => attempt(() => statement.all(...parameters)).values(),
    };
  };
  // The connection belongs to the database: destroying a Kysely must not close it.
  const dialect = new SqliteDialect({ database: { prepare, close: () => {} } });
  return {
    createDriver: () => {
      const driver = dialect.createDriver();
      // A transaction that begins by reading and then writes gets BUSY_SNAPSHOT when another process wrote meanwhile.
      driver.beginTransaction = async (connection) => void (await connection.executeQuery(beginImmediate));
      return driver;
    },
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createAdapter: (): DialectAdapter => new TransactionalDdlAdapter(),
  };
}

const beginImmediate = CompiledQuery.raw("BEGIN IMMEDIATE");

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw toDatabaseError(thrown, "A statement failed");
  }
}
