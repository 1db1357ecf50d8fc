import type { Clock } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import type { Store, TaskRelationship } from "@kingly/store";
import { createFreshCache } from "./fresh-cache.ts";
import type { EventGlance, FreshCounts } from "./fresh-cache.ts";

/** How tasks stand to each other, read once until it changes. */
export interface KnownRelationships {
  /** Returns what holds of a task now, oldest first. */
  of(workspaceId: string, taskId: string): readonly TaskRelationship[];
  counts(): FreshCounts;
}

const maxTasks = 2000;
// Validity that begins or ends by the clock alone shows after so long at most.
const lifeMs = 300_000;

/** Creates the cache of relationships; what relates or unrelates a task drops what is known of it. [O62] */
export function createKnownRelationships(deps: {
  readonly clock: Clock;
  readonly database: Pick<Database, "all">;
  readonly store: Pick<Store, "events" | "relationships">;
}): KnownRelationships {
  const { clock, store } = deps;
  const cache = createFreshCache<readonly TaskRelationship[]>(deps, { maxEntries: maxTasks });
  return {
    of(workspaceId, taskId) {
      const known = cache.get(workspaceId, taskId);
      if (known !== undefined) return known;
      const value = store.relationships.list(workspaceId, taskId);
      cache.keep(workspaceId, taskId, {
        value,
        untilMs: clock.nowMs() + lifeMs,
        isTouchedBy: (event) => relates(event, taskId),
      });
      return value;
    },
    counts: () => cache.counts(),
  };
}

/** Tells whether an event relates or unrelates one of these tasks. */
export function relates({ event_type: type, payload }: EventGlance, ...taskIds: readonly string[]): boolean {
  if (type === "changed_outside") return true;
  if (type !== "task_related" && type !== "task_unrelated") return false;
  const { task_id: one, other_id: other } = JSON.parse(payload) as { task_id?: string; other_id?: string };
  return taskIds.some((id) => id === one || id === other);
}
