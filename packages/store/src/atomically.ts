import type { Unit } from "@kingly/sqlite";

/** Runs the statements of one change so that all stand or none, also when the caller catches the error and goes on. [S7] */
export function atomically<T>(unit: Unit, work: () => T): T {
  unit.run("SAVEPOINT store_change");
  try {
    const value = work();
    unit.run("RELEASE store_change");
    return value;
  } catch (thrown) {
    try {
      unit.run("ROLLBACK TO store_change");
      unit.run("RELEASE store_change");
    } catch {
      // SQLite itself took the whole transaction back (disk full); the first error says why.
    }
    throw thrown;
  }
}
