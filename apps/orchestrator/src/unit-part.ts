import { isQueueError } from "@kingly/queue";
import type { Unit } from "@kingly/sqlite";
import { isStoreError } from "@kingly/store";

/** How a part of a unit went: its value, or which value no row may hold. */
export type UnitPart<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** Runs a part of a unit so that a value which no row may hold takes back the part alone, and can be told of. [O1]
 *
 * Everything else that is thrown, a full queue or disk, takes back the unit: it is no fault of the value. */
export function tryPart<T>(unit: Unit, work: () => T): UnitPart<T> {
  unit.run("SAVEPOINT part");
  try {
    const value = work();
    unit.run("RELEASE part");
    return { ok: true, value };
  } catch (thrown) {
    if (!isBadValue(thrown)) throw thrown;
    unit.run("ROLLBACK TO part");
    unit.run("RELEASE part");
    return { ok: false, message: thrown.message };
  }
}

function isBadValue(thrown: unknown): thrown is Error {
  if (isStoreError(thrown)) return thrown.code === "INVALID_VALUE" || thrown.code === "UNKNOWN_REFERENCE";
  return isQueueError(thrown) && (thrown.code === "BAD_PAYLOAD" || thrown.code === "BAD_JOB");
}
