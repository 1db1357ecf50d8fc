import type { Database, Unit } from "@kingly/sqlite";
import { atomically } from "./atomically.ts";
import { relationshipBeliefs } from "./belief-tables.ts";
import { assertBelief } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { refused } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import type { Reader } from "./reader.ts";
import { StoreError } from "./store-error.ts";
import type { TaskRelationshipRow } from "./store-tables.ts";

/** How one task stands to another. `a blocked_by b` is `b blocks a`; `relates_to` reads the same from both sides. */
export type RelationshipKind = "blocks" | "blocked_by" | "relates_to";

/** A relationship, read from one task's side. */
export interface TaskRelationship {
  readonly kind: RelationshipKind;
  /** The other task. */
  readonly taskId: string;
  readonly createdAtMs: number;
}

/** The relationships between tasks of one workspace. */
export interface TaskRelationships {
  /** Says that `fromId` stands in `kind` to `toId`, with `task_related`. Returns false when it was said before. [S18] */
  add(
    unit: Unit,
    workspaceId: string,
    relationship: { readonly fromId: string; readonly kind: RelationshipKind; readonly toId: string },
    cause: Cause,
  ): boolean;
  /** Returns what was said of a task, from its side, oldest first. */
  list(workspaceId: string, taskId: string, reader?: Reader): readonly TaskRelationship[];
}

/** Creates the relationships over the store's tables. */
export function createTaskRelationships(deps: {
  readonly database: Database;
  readonly events: EventLog;
}): TaskRelationships {
  return {
    add(unit, workspaceId, { fromId, kind, toId }, cause) {
      if (kind !== "blocks" && kind !== "blocked_by" && kind !== "relates_to") {
        throw refused("kind", kind, "blocks, blocked_by or relates_to");
      }
      if (fromId === toId) throw refused("toId", toId, "another task than fromId");
      for (const id of [fromId, toId]) {
        const found = unit.get("SELECT 1 FROM tasks WHERE workspace_id = ? AND id = ?", workspaceId, id);
        if (found !== undefined) continue;
        const message = `There is no task ${JSON.stringify(id)} in this workspace. Create it before relating it.`;
        throw new StoreError("UNKNOWN_REFERENCE", message);
      }
      // One row for one fact: blocked_by is turned round, relates_to is kept from the smaller id.
      const turned = kind === "blocked_by" || (kind === "relates_to" && toId < fromId);
      const [from, to] = turned ? [toId, fromId] : [fromId, toId];
      const stored = kind === "relates_to" ? kind : "blocks";
      const present = unit.get(
        "SELECT 1 FROM task_relationships WHERE workspace_id = ? AND from_id = ? AND kind = ? AND to_id = ?",
        workspaceId,
        from,
        stored,
        to,
      );
      if (present !== undefined) return false;
      return atomically(unit, () => {
        const { atMs } = deps.events.nextChange(unit, workspaceId);
        const told = {
          from_workspace_id: workspaceId,
          from_id: from,
          kind: stored,
          to_workspace_id: workspaceId,
          to_id: to,
          created_at: atMs,
          updated_at: atMs,
        };
        const thing = { workspace_id: workspaceId, id: `${from} ${stored} ${to}` };
        assertBelief(unit, relationshipBeliefs, thing, told, { fromMs: atMs, toMs: forever }, atMs);
        const payload = { task_id: from, kind: stored, other_id: to };
        const event = { eventType: "task_related", entityType: "task", entityId: from, payload };
        deps.events.append(unit, workspaceId, event, cause);
        return true;
      });
    },
    list(workspaceId, taskId, reader = deps.database) {
      const rows = reader.all<TaskRelationshipRow>(
        `SELECT * FROM task_relationships WHERE workspace_id = ? AND from_id = ?
         UNION ALL SELECT * FROM task_relationships WHERE workspace_id = ? AND to_id = ?
         ORDER BY created_at, id`,
        workspaceId,
        taskId,
        workspaceId,
        taskId,
      );
      return rows.map((row) => ({
        kind: row.kind === "relates_to" ? "relates_to" : row.from_id === taskId ? "blocks" : "blocked_by",
        taskId: row.from_id === taskId ? row.to_id : row.from_id,
        createdAtMs: row.created_at,
      }));
    },
  };
}
