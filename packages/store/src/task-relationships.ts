import type { Unit } from "@kingly/sqlite";
import { momentOf, readFrom } from "./as-of.ts";
import type { ReadFrom, Sight } from "./as-of.ts";
import { atomically } from "./atomically.ts";
import { linkBeliefs, relationshipBeliefs } from "./belief-tables.ts";
import { assertBelief, lastVersion, openBeliefs, retractBelief } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { refused } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { heldOne } from "./held.ts";
import { changeInterval, covers } from "./interval.ts";
import type { Interval, Validity } from "./interval.ts";
import { StoreError } from "./store-error.ts";
import type { TaskRelationshipRow } from "./store-tables.ts";
import { relationshipFact, relationshipPayload, toRelationship } from "./task-relationship.ts";
import type { RelationshipFact, RelationshipInput, TaskRelationship } from "./task-relationship.ts";

/** The relationships between the tasks of a workspace, and with those of a workspace that has granted a link. */
export interface TaskRelationships {
  /** Says a relationship, with `task_related`. Returns false when it was said before. [S18] [S43]
   *
   * Throws StoreError UNKNOWN_REFERENCE for a task that is not there, NO_LINK for one of a workspace that has granted
   * none, and CYCLE when a task would block itself, over however many others. */
  relate(unit: Unit, workspaceId: string, relationship: RelationshipInput & Validity, cause: Cause): boolean;
  /** Ends a relationship from now on (or in the interval), with `task_unrelated`. Returns false when there was none. [S43] */
  unrelate(unit: Unit, workspaceId: string, relationship: RelationshipInput & Validity, cause: Cause): boolean;
  /** Returns what holds of a task now, or did as of a moment, from its side, oldest first. [S34] */
  list(workspaceId: string, taskId: string, from?: ReadFrom): readonly TaskRelationship[];
}

/** Creates the relationships over the store's tables. */
export function createTaskRelationships(deps: Sight & { readonly events: EventLog }): TaskRelationships {
  const { events } = deps;

  const check = (unit: Unit, workspaceId: string, fact: RelationshipFact, interval: Interval): void => {
    for (const { workspaceId: owner, taskId } of [fact.from, fact.to]) {
      if (
        owner !== workspaceId &&
        heldOne(deps, linkBeliefs, { workspace_id: owner, id: workspaceId }, unit) === undefined
      ) {
        const message = `Workspace ${owner} has not granted ${workspaceId} a link. Let it grant one first (workspaces.grantLink).`;
        throw new StoreError("NO_LINK", message);
      }
      if (unit.get("SELECT 1 FROM tasks WHERE workspace_id = ? AND id = ?", owner, taskId) !== undefined) continue;
      const where = owner === workspaceId ? "this workspace" : `workspace ${owner}`;
      const message = `There is no task ${JSON.stringify(taskId)} in ${where}. Create it before relating it.`;
      throw new StoreError("UNKNOWN_REFERENCE", message);
    }
    if (fact.kind === "blocks" && blocks(unit, fact.to, fact.from, interval)) {
      const message = `${fact.from.taskId} cannot block ${fact.to.taskId}, which already blocks it, at once or over others.`;
      throw new StoreError("CYCLE", `${message} End one of those relationships first.`);
    }
  };

  return {
    relate(unit, workspaceId, relationship, cause) {
      const fact = factOf(workspaceId, relationship);
      const { atMs } = events.nextChange(unit, workspaceId);
      const interval = changeInterval(relationship, atMs);
      check(unit, workspaceId, fact, interval);
      const thing = { workspace_id: workspaceId, id: fact.id };
      const present = openBeliefs(unit, relationshipBeliefs, thing, interval);
      if (present.some((row) => covers({ fromMs: row.valid_from, toMs: row.valid_to }, interval))) return false;
      return atomically(unit, () => {
        const former = unit.get<TaskRelationshipRow>(relationshipBeliefs.sql.current, workspaceId, fact.id);
        const other = [fact.from, fact.to].find((end) => end.workspaceId !== workspaceId);
        const told = {
          from_workspace_id: fact.from.workspaceId,
          from_id: fact.from.taskId,
          kind: fact.kind,
          to_workspace_id: fact.to.workspaceId,
          to_id: fact.to.taskId,
          other_workspace_id: other?.workspaceId ?? null,
          version: lastVersion(unit, relationshipBeliefs, thing) + 1,
          created_at: former?.created_at ?? atMs,
          updated_at: atMs,
        };
        assertBelief(unit, relationshipBeliefs, thing, told, interval, atMs);
        tell(unit, "task_related", workspaceId, fact, cause);
        return true;
      });
    },

    unrelate(unit, workspaceId, relationship, cause) {
      const fact = factOf(workspaceId, relationship);
      const { atMs } = events.nextChange(unit, workspaceId);
      const interval = changeInterval(relationship, atMs);
      return atomically(unit, () => {
        if (!retractBelief(unit, relationshipBeliefs, { workspace_id: workspaceId, id: fact.id }, interval, atMs))
          return false;
        tell(unit, "task_unrelated", workspaceId, fact, cause);
        return true;
      });
    },

    list(workspaceId, taskId, from) {
      const { reader, asOf } = readFrom(deps, from);
      const { validMs, systemMs } = momentOf(deps, reader, workspaceId, asOf);
      const { currentColumns, historyColumns, historySource } = relationshipBeliefs;
      const arms = (["from", "to"] as const).flatMap((side) => {
        const isSide = (as: string): string =>
          `${as}.${side}_workspace_id = ? AND ${as}.${side}_id = ? AND ${as}.workspace_id = ${as}.${side}_workspace_id
           AND ${as}.valid_from <= ? AND ${as}.valid_to > ? AND ${as}.sys_from <= ? AND ${as}.sys_to > ?`;
        return [
          `SELECT ${currentColumns} FROM task_relationships AS c WHERE ${isSide("c")}`,
          `SELECT ${historyColumns} FROM ${historySource} WHERE ${isSide("h")}`,
        ];
      });
      // Without a moment, what is open counts: its time of telling may be ahead of a clock that went back.
      const systemOf = asOf?.systemMs === undefined ? forever - 1 : systemMs;
      const values = [workspaceId, taskId, validMs, validMs, systemOf, systemOf];
      const rows = reader.all<TaskRelationshipRow>(
        `${arms.join(" UNION ALL ")} ORDER BY created_at, id`,
        ...arms.flatMap(() => values),
      );
      return rows.map((row) => toRelationship(row, taskId));
    },
  };

  function tell(unit: Unit, eventType: string, workspaceId: string, fact: RelationshipFact, cause: Cause): void {
    const row = unit.get<TaskRelationshipRow>(relationshipBeliefs.sql.current, workspaceId, fact.id);
    const payload = relationshipPayload(row as TaskRelationshipRow);
    const entityId = fact.from.workspaceId === workspaceId ? fact.from.taskId : fact.to.taskId;
    events.append(unit, workspaceId, { eventType, entityType: "task", entityId, payload }, cause);
  }
}

function factOf(workspaceId: string, relationship: RelationshipInput): RelationshipFact {
  const { kind } = relationship;
  if (kind !== "blocks" && kind !== "blocked_by" && kind !== "relates_to") {
    throw refused("kind", kind, "blocks, blocked_by or relates_to");
  }
  const fact = relationshipFact(workspaceId, relationship);
  const { from, to } = fact;
  if (from.workspaceId === to.workspaceId && from.taskId === to.taskId) throw refused("to", to.taskId, "another task");
  if (from.workspaceId !== workspaceId && to.workspaceId !== workspaceId) {
    throw refused("from", from.workspaceId, `at least one task of workspace ${workspaceId}`);
  }
  return fact;
}

/** Tells whether one task blocks another, over others too and in any workspace, by what is believed of the interval. */
function blocks(unit: Unit, from: RelationshipFact["from"], to: RelationshipFact["to"], interval: Interval): boolean {
  const next = (table: string): string =>
    `SELECT e.to_workspace_id, e.to_id FROM below JOIN ${table} AS e
       ON e.from_workspace_id = below.workspace AND e.from_id = below.task
     WHERE e.kind = 'blocks' AND e.sys_to = ${forever} AND e.valid_from < ? AND e.valid_to > ?
       AND e.valid_from < e.valid_to`;
  const found = unit.get(
    `WITH RECURSIVE below (workspace, task) AS (
       SELECT ?, ? UNION ${next("task_relationships")} UNION ${next("task_relationships_history")}
     ) SELECT 1 FROM below WHERE workspace = ? AND task = ?`,
    from.workspaceId,
    from.taskId,
    interval.toMs,
    interval.fromMs,
    interval.toMs,
    interval.fromMs,
    to.workspaceId,
    to.taskId,
  );
  return found !== undefined;
}
