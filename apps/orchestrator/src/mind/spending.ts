import type { Clock } from "@kingly/runtime";
import type { Unit } from "@kingly/sqlite";
import type { Reader } from "@kingly/store";

/** What was spent: tokens, and millionths of a US dollar. */
export interface Spent {
  readonly answers: number;
  readonly tokens: number;
  readonly microUsd: number;
}

/** Whose spending of today is asked for; what is left out is any. */
export interface Spender {
  readonly brain?: string;
  readonly workspaceId?: string;
}

/** What was spent in a day (UTC), in a table: a restart forgets nothing. [O42] */
export interface Spending {
  /** Adds one answer of a model. */
  record(unit: Unit, workspaceId: string, brain: string, spent: Omit<Spent, "answers">): void;
  today(spender: Spender, reader?: Reader): Spent;
  /** Lets go of what is older than {@link keepSpendingDays}. */
  letGo(unit: Unit): void;
}

/** How long the bills are kept, in days: a year, and a month to look back at it. */
export const keepSpendingDays = 400;

/** Creates the count over `mind_spending`. */
export function createSpending(deps: { readonly clock: Clock; readonly database: Reader }): Spending {
  const day = (daysAgo = 0): string => new Date(deps.clock.nowMs() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  return {
    record(unit, workspaceId, brain, { tokens, microUsd }) {
      unit.run(
        `INSERT INTO mind_spending (day, workspace_id, brain, answers, tokens, micro_usd) VALUES (?, ?, ?, 1, ?, ?)
         ON CONFLICT (day, workspace_id, brain) DO UPDATE SET answers = answers + 1,
           tokens = tokens + excluded.tokens, micro_usd = micro_usd + excluded.micro_usd`,
        day(),
        workspaceId,
        brain,
        tokens,
        microUsd,
      );
    },
    today({ brain, workspaceId }, reader = deps.database) {
      const row = reader.get<{ answers: number; tokens: number; micro_usd: number }>(
        `SELECT coalesce(sum(answers), 0) AS answers, coalesce(sum(tokens), 0) AS tokens,
           coalesce(sum(micro_usd), 0) AS micro_usd
         FROM mind_spending WHERE day = ? AND (? IS NULL OR brain = ?) AND (? IS NULL OR workspace_id = ?)`,
        day(),
        brain ?? null,
        brain ?? null,
        workspaceId ?? null,
        workspaceId ?? null,
      );
      return { answers: row?.answers ?? 0, tokens: row?.tokens ?? 0, microUsd: row?.micro_usd ?? 0 };
    },
    letGo: (unit) => void unit.run("DELETE FROM mind_spending WHERE day < ?", day(keepSpendingDays)),
  };
}
