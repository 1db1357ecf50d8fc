import { LRUCache } from "lru-cache";
import { createPredictor, maxKeys } from "./predictor.ts";
import type { OffsetMinutes } from "./start-times.ts";
import type { HabitRow } from "./read-habits.ts";
import { isWorkflowKey, textKey, workflowKey } from "./turn.ts";
import type { Suggestion, Turn } from "./turn.ts";

/** What is probably needed by what is said next. */
export type Need =
  | { readonly kind: "context"; readonly contextId: string }
  | { readonly kind: "tools"; readonly workflowId: string };

/** What one workspace is used to: the rows of its log in, what may come next out. */
export interface Habits {
  /** Takes in rows, in the order of the log. */
  take(rows: readonly HabitRow[]): void;
  /** The newest turn; undefined before anything was said. */
  newest(): Turn | undefined;
  suggest(nowMs: number): readonly Suggestion[];
  /** What the turns of these keys needed the last time, the most probable first. */
  needsOf(keys: readonly string[], nowMs: number): readonly Need[];
}

const dayMs = 86_400_000;

/** Creates the habits of a workspace in which nothing was said yet. [O70]
 *
 * A turn is learned when the next one is said: until then it may still start a workflow, which is then its key. */
export function createHabits(options: { readonly offsetMinutes: OffsetMinutes }): Habits {
  const predictor = createPredictor(options);
  const contexts = new LRUCache<string, string>({ max: maxKeys });
  let newest: Turn | undefined;
  return {
    take(rows) {
      for (const row of rows) {
        if (row.kind === "said") {
          if (newest !== undefined) predictor.learn(newest);
          newest = { id: row.turnId, key: textKey(row.text), say: row.text.trim(), atMs: row.atMs };
        } else if (newest?.id !== row.turnId) continue;
        // Another command of the same turn does not make it another habit.
        else if (row.kind === "workflow" && !isWorkflowKey(newest.key)) {
          newest = { ...newest, key: workflowKey(row.workflowId) };
        } else if (row.kind === "context" && newest.key !== "") {
          contexts.set(newest.key, asToday(row.contextId, newest.atMs, options.offsetMinutes));
        }
      }
    },
    newest: () => newest,
    suggest: (nowMs) => (newest === undefined ? [] : predictor.suggest(newest, nowMs)),
    needsOf: (keys, nowMs) =>
      keys.flatMap((key): readonly Need[] => {
        const contextId = contexts.get(key);
        const context: readonly Need[] =
          contextId === undefined
            ? []
            : [{ kind: "context", contextId: ofToday(contextId, nowMs, options.offsetMinutes) }];
        return isWorkflowKey(key) ? [{ kind: "tools", workflowId: key.slice(3) }, ...context] : context;
      }),
  };
}

// Who asks for yesterday's conversation today asks for another day's than who did so a week ago.
function asToday(contextId: string, atMs: number, offsetMinutes: OffsetMinutes): string {
  const day = /^conversation_(\d{4}-\d{2}-\d{2})$/.exec(contextId)?.[1];
  const dayMsOf = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(dayMsOf)) return contextId;
  return `conversation_ago_${Math.round((localDay(atMs, offsetMinutes) - dayMsOf) / dayMs)}`;
}

function ofToday(contextId: string, nowMs: number, offsetMinutes: OffsetMinutes): string {
  const ago = /^conversation_ago_(-?\d{1,5})$/.exec(contextId)?.[1];
  if (ago === undefined) return contextId;
  const day = localDay(nowMs, offsetMinutes) - Number(ago) * dayMs;
  return `conversation_${new Date(day).toISOString().slice(0, 10)}`;
}

function localDay(atMs: number, offsetMinutes: OffsetMinutes): number {
  return Math.floor((atMs + offsetMinutes(atMs) * 60_000) / dayMs) * dayMs;
}
