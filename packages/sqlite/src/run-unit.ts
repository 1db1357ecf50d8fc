import type { Kysely } from "kysely";
import type { Connection, Statement } from "./connection.ts";
import { DatabaseError } from "./database-error.ts";
import { openUnit } from "./unit.ts";
import type { Unit } from "./unit.ts";

/** What to do with a unit's caller once the fate of the shared commit is known. */
export interface Settle {
  /** Set when the unit itself failed, and was taken back: by us, or by SQLite, which then took the transaction back. */
  readonly takenBack?: { readonly error: unknown; readonly bySqlite: boolean };
  committed(): void;
  failed(error: unknown): void;
}

/** Runs units inside the open transaction. */
export interface UnitRunner {
  /** Runs one unit; `alone` when the transaction holds no other, so that nothing else needs saving from it. */
  run<T>(
    work: (unit: Unit) => T | Promise<T>,
    alone: boolean,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): Settle | Promise<Settle>;
  /** Tells whether a unit is running now: the only time the writing connection may be used. */
  isOpen(): boolean;
}

/** Creates the runner: a savepoint for each unit that shares its transaction, taken back alone when it throws. [DB5] */
export function createUnitRunner(connection: Connection, kysely: Kysely<unknown>): UnitRunner {
  const prepared = (sql: string): (() => Statement) => {
    let statement: Statement | undefined;
    return () => (statement ??= connection.prepareAlone(sql));
  };
  const [save, release] = [prepared("SAVEPOINT unit"), prepared("RELEASE unit")];
  const [undo, rollback] = [prepared("ROLLBACK TO unit"), prepared("ROLLBACK")];
  let open = false;

  return {
    run<T>(
      work: (unit: Unit) => T | Promise<T>,
      alone: boolean,
      resolve: (value: T) => void,
      reject: (error: unknown) => void,
    ) {
      const opened = openUnit(connection, kysely);
      if (!alone) save().run();
      open = true;
      const close = (): void => {
        open = false;
        opened.end();
      };
      const keep = (value: T): Settle => {
        close();
        // Without a transaction there is no savepoint either: SQLite took all of it back, which the group notices.
        if (!alone && connection.inTransaction()) release().run();
        return {
          committed() {
            for (const after of opened.afterCommit) runLoudly(after);
            resolve(value);
          },
          failed: reject,
        };
      };
      const takeBack = (error: unknown): Settle => {
        close();
        const bySqlite = !connection.inTransaction();
        if (!bySqlite) {
          if (alone) rollback().run();
          else {
            undo().run();
            release().run();
          }
        }
        return { takenBack: { error, bySqlite }, committed: () => reject(error), failed: () => reject(error) };
      };
      try {
        const value = work(opened.unit);
        return value instanceof Promise ? onlyMicrotasks(value).then(keep, takeBack) : keep(value);
      } catch (thrown) {
        return takeBack(thrown);
      }
    },
    isOpen: () => open,
  };
}

/** What an afterCommit throws is nobody's to catch, and must not keep the others of the commit from hearing of it. */
function runLoudly(work: () => void): void {
  try {
    work();
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
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
