// The public API of @kingly/sqlite: one file, one writer, durable group commit.
export { DatabaseError, isDatabaseError } from "./database-error.ts";
export type { DatabaseErrorCode } from "./database-error.ts";
export { openDatabase } from "./database.ts";
export type { Database, DatabaseOptions } from "./database.ts";
export type { DatabaseClock, DatabaseTimer } from "./clock.ts";
export type { JobReader, ReadJob } from "./job-reader.ts";
export type { ReadOptions, ReadPool, ReadPoolOptions, ReadPoolStats } from "./read-pool.ts";
export { siblingModule } from "./sibling-module.ts";
export type { Row, RunResult, SqlValue } from "./connection.ts";
export { migrate } from "./migrate.ts";
export type { Migrations } from "./migrate.ts";
export type { Unit } from "./unit.ts";
