import type { Kysely } from "kysely";
import type { Connection } from "./connection.ts";
import { DatabaseError, toDatabaseError } from "./database-error.ts";
import { openUnit } from "./unit.ts";
import type { Unit } from "./unit.ts";

/** Writes units, many to a commit. */
export interface GroupCommit {
  write<T>(work: (unit: Unit) => T | Promise<T>): Promise<T>;
  /** Runs `work` alone, between commits and outside any transaction. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /** Tells whether a unit is running now: the only time the writing connection may be used. */
  unitIsOpen(): boolean;
  /** Refuses new units, and resolves when all earlier ones are settled. */
  drain(): Promise<void>;
}

/** Limits of a group. */
export interface GroupCommitOptions {
  readonly maxUnitsPerCommit: number;
  readonly maxWaitingUnits: number;
}

interface Waiting {
  /** Runs inside the open transaction; returns what to do once the commit is known. */
  run(): Settle | Promise<Settle>;
  refuse(error: unknown): void;
}

interface Settle {
  committed(): void;
  failed(error: unknown): void;
}

/** Creates the one writer: BEGIN IMMEDIATE, a SAVEPOINT for each unit, one COMMIT, then the callers hear of it. [DB4] [DB5]
 *
 * The first unit of a turn of the event loop commits at once; those that arrive while it does share the next commit. */
export function createGroupCommit(
  deps: { readonly connection: Connection; readonly kysely: Kysely<unknown> },
  options: GroupCommitOptions,
): GroupCommit {
  const { connection } = deps;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let scheduled = false;
  let flushedThisTurn = false;
  let unitIsOpen = false;
  let closed = false;

  const schedule = (): void => {
    if (scheduled || flushing !== undefined) return;
    scheduled = true;
    const start = (): void => {
      scheduled = false;
      if (flushing === undefined && waiting.length > 0) void flush();
    };
    // A lone writer must not wait for a turn of the loop; a crowd must, or every socket read would pay its own fsync.
    if (flushedThisTurn) setImmediate(start);
    else queueMicrotask(start);
  };

  const flush = (): Promise<void> => {
    flushedThisTurn = true;
    setImmediate(() => void (flushedThisTurn = false));
    const group = waiting.slice(0, options.maxUnitsPerCommit);
    waiting = waiting.slice(options.maxUnitsPerCommit);
    flushing = commitGroup(group).finally(() => {
      flushing = undefined;
      if (waiting.length > 0) schedule();
    });
    return flushing;
  };

  const commitGroup = async (group: readonly Waiting[]): Promise<void> => {
    const settles: Settle[] = [];
    try {
      connection.prepare("BEGIN IMMEDIATE").run();
      for (const entry of group) {
        const settle = entry.run();
        settles.push(settle instanceof Promise ? await settle : settle);
        // A full disk makes SQLite roll the whole transaction back by itself.
        if (!connection.inTransaction())
          throw new DatabaseError("FULL", "The shared commit was rolled back by SQLite.");
      }
      connection.prepare("COMMIT").run();
    } catch (thrown) {
      if (connection.inTransaction()) connection.prepare("ROLLBACK").run();
      const error = toDatabaseError(thrown, "Committing");
      for (const settle of settles) settle.failed(error);
      for (const entry of group.slice(settles.length)) entry.refuse(error);
      return;
    }
    for (const settle of settles) settle.committed();
  };

  const runUnit = <T>(
    work: (unit: Unit) => T | Promise<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): Settle | Promise<Settle> => {
    const opened = openUnit(connection, deps.kysely);
    connection.prepare("SAVEPOINT unit").run();
    unitIsOpen = true;
    const close = (): void => {
      unitIsOpen = false;
      opened.end();
    };
    const keep = (value: T): Settle => {
      close();
      connection.prepare("RELEASE unit").run();
      return {
        committed() {
          for (const after of opened.afterCommit) after();
          resolve(value);
        },
        failed: reject,
      };
    };
    const takeBack = (error: unknown): Settle => {
      close();
      if (connection.inTransaction()) {
        connection.prepare("ROLLBACK TO unit").run();
        connection.prepare("RELEASE unit").run();
      }
      return { committed: () => reject(error), failed: () => reject(error) };
    };
    try {
      const value = work(opened.unit);
      return value instanceof Promise ? onlyMicrotasks(value).then(keep, takeBack) : keep(value);
    } catch (thrown) {
      return takeBack(thrown);
    }
  };

  return {
    write<T>(work: (unit: Unit) => T | Promise<T>) {
      return new Promise<T>((resolve, reject) => {
        if (closed) return reject(new DatabaseError("CLOSED", "The database is closed. Open it again before writing."));
        if (waiting.length >= options.maxWaitingUnits) {
          const message = `${waiting.length} write units wait already (maxWaitingUnits). Try again when some are settled.`;
          return reject(new DatabaseError("OVERLOADED", message));
        }
        waiting.push({ run: () => runUnit(work, resolve, reject), refuse: reject });
        return schedule();
      });
    },
    async exclusive(work) {
      while (flushing !== undefined) await flushing;
      const running = work();
      flushing = running.then(
        () => {},
        () => {},
      );
      try {
        return await running;
      } finally {
        flushing = undefined;
        if (waiting.length > 0) schedule();
      }
    },
    unitIsOpen: () => unitIsOpen,
    async drain() {
      closed = true;
      while (flushing !== undefined || waiting.length > 0) await (flushing ?? flush());
    },
  };
}

/** Database calls settle within microtasks; whatever needs a turn of the event loop is not one of them. [DB7] */
async function onlyMicrotasks<T>(running: Promise<T>): Promise<T> {
  let turn: NodeJS.Immediate | undefined;
  const escaped = new Promise<never>((_, reject) => {
    turn = setImmediate(() =>
      reject(
        new DatabaseError(
          "UNIT_ESCAPED",
          "A write unit awaited something other than the database; it was taken back. Do that work before or after write().",
        ),
      ),
    );
  });
  try {
    return await Promise.race([running, escaped]);
  } finally {
    clearImmediate(turn);
    // The abandoned unit will fail on its next database call; nobody is left to hear of it.
    running.catch(() => {});
  }
}
