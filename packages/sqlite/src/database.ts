import { statSync } from "node:fs";
import { resolve } from "node:path";
import { Kysely } from "kysely";
import { createCheckpoints } from "./checkpoints.ts";
import { claimFile, refusePath, refuseForeignFile } from "./claim-file.ts";
import { createDatabaseClock } from "./clock.ts";
import { createCommitMeter } from "./commit-meter.ts";
import { openConnection } from "./connection.ts";
import type { Row, SqlValue } from "./connection.ts";
import type { BackupResult, Database } from "./database-types.ts";
import { DatabaseError, toDatabaseError } from "./database-error.ts";
import { databaseDefaults } from "./database-options.ts";
import type { DatabaseOptions } from "./database-options.ts";
import { createGroupCommit } from "./group-commit.ts";
import { createInlineReadPool } from "./inline-read-pool.ts";
import { createKyselyDialect } from "./kysely-dialect.ts";
import { backUpBeforeMigration } from "./migration-backups.ts";
import { createReadPool } from "./read-pool.ts";
import { createUnitRunner } from "./run-unit.ts";
import { createStatementHandle } from "./statement-handle.ts";
import { watchCommits } from "./watch-commits.ts";
import { createWriteState } from "./write-state.ts";

/** Opens the file, creating it when missing: WAL, synchronous FULL, foreign keys on. [DB1] [DB2] [DB18]
 *
 * Throws DatabaseError CANNOT_OPEN, READ_ONLY, CORRUPT, FOREIGN_FILE, FULL, IO or BUSY with what to do. */
export function openDatabase(options: DatabaseOptions): Database {
  const settings = { ...databaseDefaults, ...options };
  const { log } = settings;
  const clock = settings.clock ?? createDatabaseClock();
  const inMemory = settings.path === ":memory:";
  // Another working folder later must not lead the threads to another file.
  const file = inMemory ? settings.path : resolve(settings.path);
  if (!inMemory) refusePath(file);
  let isNew = inMemory;
  const writer = openConnection({
    ...settings,
    path: file,
    readOnly: false,
    claim: {
      before: (opened) => void (isNew = settings.acceptForeign ? false : refuseForeignFile(opened, file)),
      after: (opened) => (settings.acceptForeign ? undefined : claimFile(opened)),
    },
  });
  // SQLite waits for a lock by blocking the thread; the group commit waits by itself, with the event loop running.
  writer.pragma("busy_timeout = 0");
  // A database in memory has only one connection.
  const reader = inMemory ? writer : openConnection({ ...settings, path: file, readOnly: true });
  let exclusiveIsOpen = false;
  let closing: Promise<void> | undefined;

  const readPool = inMemory
    ? createInlineReadPool(reader, file)
    : createReadPool(
        {
          clock,
          connection: {
            path: file,
            busyTimeoutMs: settings.busyTimeoutMs,
            statementCacheSize: settings.statementCacheSize,
          },
        },
        settings.readPool,
      );
  const writerKysely = new Kysely<unknown>({
    dialect: createKyselyDialect(writer, () => {
      if (!exclusiveIsOpen && !runner.isOpen()) {
        throw new DatabaseError("UNIT_ESCAPED", "A write was tried outside of its unit. Write only inside write().");
      }
    }),
  });
  const readerKysely = new Kysely<unknown>({ dialect: createKyselyDialect(reader, () => {}) });
  const runner = createUnitRunner(writer, writerKysely);
  const meter = createCommitMeter();
  const walBytes = (): number => (inMemory ? 0 : (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0));
  const checkpoints = createCheckpoints(
    { connection: writer, clock, log, walBytes, fold: (mode) => readPool.checkpoint(mode) },
    settings.checkpoints,
  );
  const state = createWriteState(
    {
      clock,
      changed(now) {
        if (now.state === "ok") log?.info("the database takes writes again");
        else log?.warn("the database takes no writes now; reads go on", { code: now.why.code, why: now.why.message });
        settings.onStateChange?.(now);
      },
    },
    { path: file, writeRetryMs: settings.writeRetryMs },
  );
  const committed = (units: number, ms: number): void => {
    meter.add(units, ms);
    if (!inMemory) checkpoints.committed();
  };
  const group = createGroupCommit({ connection: writer, runner, state, clock, committed }, settings);
  const version = writer.prepareAlone("PRAGMA data_version");

  const read = <T>(work: () => T): T => {
    if (closing !== undefined) throw new DatabaseError("CLOSED", `${settings.path} is closed. Open it again.`);
    try {
      return work();
    } catch (thrown) {
      throw toDatabaseError(thrown, "Reading");
    }
  };
  const dataVersion = (): number => read(() => (version.get() as { data_version: number }).data_version);

  const database: Database = {
    path: settings.path,
    isNew,
    get: <R>(sql: string, ...parameters: readonly SqlValue[]) =>
      read(() => reader.prepare(sql).get(...parameters) as R | undefined),
    all: <R>(sql: string, ...parameters: readonly SqlValue[]) =>
      read(() => reader.prepare(sql).all(...parameters) as R[]),
    statement: <R>(sql: string) => createStatementHandle<R>(reader, sql, read),
    heavy: <R = Row>(sql: string, ...parameters: readonly SqlValue[]) => readPool.all<R>(sql, parameters),
    readPool,
    kysely: <Tables>() => read(() => readerKysely as Kysely<Tables>),
    write: (work, more) => group.write(work, more),
    exclusive: (work) =>
      group.exclusive(async () => {
        exclusiveIsOpen = true;
        writer.pragma(`busy_timeout = ${settings.busyTimeoutMs}`);
        try {
          return await work(writerKysely);
        } finally {
          exclusiveIsOpen = false;
          writer.pragma("busy_timeout = 0");
        }
      }),
    async backup(path, { pagesPerStep = 1000, signal, onProgress = () => {} } = {}): Promise<BackupResult> {
      const to = resolve(path);
      if (to === file) throw new DatabaseError("CANNOT_OPEN", `${path} is the database itself. Give another path.`);
      return { path: to, pages: await readPool.copy({ to, pagesPerStep, signal, onProgress }) };
    },
    backUpBeforeMigration: (room, migration) =>
      isNew ? Promise.resolve(undefined) : backUpBeforeMigration({ database, clock, log }, file, room, migration),
    pragma: (text) => read(() => writer.pragma(text)),
    dataVersion,
    watchCommits: (listener) => (inMemory ? () => {} : watchCommits({ clock, dataVersion }, file, listener)),
    stats: () =>
      read(() => {
        const wal = checkpoints.pages();
        return {
          ...meter.stats(),
          ...state.now(),
          waitingUnits: group.waitingUnits(),
          pages: Number(writer.pragma("page_count")),
          pageBytes: Number(writer.pragma("page_size")),
          walBytes: walBytes(),
          walPages: Math.max(0, wal.log),
          walPagesToFold: Math.max(0, wal.log - wal.checkpointed),
          walIsHeldBack: checkpoints.isHeldBack(),
          readPool: readPool.stats(),
        };
      }),
    close() {
      checkpoints.stop();
      closing ??= Promise.all([group.drain(), readPool.close()]).then(() => {
        // The reader first: the last connection to close folds the WAL into the file.
        if (reader !== writer) reader.close();
        writer.close();
      });
      return closing;
    },
  };
  return database;
}
