import type { Kysely } from "kysely";
import type { Connection, Row, RunResult, SqlValue } from "./connection.ts";
import { DatabaseError, toDatabaseError } from "./database-error.ts";

/** What a write unit works with: cached statements for hot paths, Kysely for the rest, both on the writing connection.
 *
 * Valid only while its unit runs. Inside, only database calls may be awaited. [DB7] */
export interface Unit {
  run(sql: string, ...parameters: readonly SqlValue[]): RunResult;
  get<R = Row>(sql: string, ...parameters: readonly SqlValue[]): R | undefined;
  all<R = Row>(sql: string, ...parameters: readonly SqlValue[]): R[];
  /** Gives Kysely typed for a room's tables. */
  kysely<Tables>(): Kysely<Tables>;
  /** Runs `work` after the shared commit, in order; never when the unit or the commit failed. [DB8] */
  afterCommit(work: () => void): void;
}

/** A unit with the switch that ends it. */
export interface OpenUnit {
  readonly unit: Unit;
  readonly afterCommit: readonly (() => void)[];
  end(): void;
}

/** Opens a unit over the writing connection. After `end` every call throws UNIT_ESCAPED. */
export function openUnit(connection: Connection, kysely: Kysely<unknown>): OpenUnit {
  let open = true;
  const afterCommit: (() => void)[] = [];
  const guarded = <T>(work: () => T): T => {
    if (!open) {
      throw new DatabaseError(
        "UNIT_ESCAPED",
        "A write unit was used after it had ended. Use it only inside its function, and await only database calls there.",
      );
    }
    try {
      return work();
    } catch (thrown) {
      throw toDatabaseError(thrown, "A statement of a write unit failed");
    }
  };
  return {
    afterCommit,
    end: () => void (open = false),
    unit: {
      run: (sql, ...parameters) => guarded(() => connection.prepare(sql).run(...parameters)),
      get: <R>(sql: string, ...parameters: readonly SqlValue[]) =>
        guarded(() => connection.prepare(sql).get(...parameters) as R | undefined),
      all: <R>(sql: string, ...parameters: readonly SqlValue[]) =>
        guarded(() => connection.prepare(sql).all(...parameters) as R[]),
      kysely: <Tables>() => guarded(() => kysely as Kysely<Tables>),
      afterCommit: (work) => guarded(() => void afterCommit.push(work)),
    },
  };
}
