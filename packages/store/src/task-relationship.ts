import type { JsonObject } from "./json.ts";
import type { TaskRelationshipRow } from "./store-tables.ts";

/** How one task stands to another. `a blocked_by b` is `b blocks a`; `relates_to` reads the same from both sides. */
export type RelationshipKind = "blocks" | "blocked_by" | "relates_to";

/** A task, of this workspace unless another one is named. */
export type TaskRef = string | { readonly workspaceId: string; readonly taskId: string };

/** What is said of two tasks: `from` stands in `kind` to `to`. At least one of them is of this workspace. */
export interface RelationshipInput {
  readonly from: TaskRef;
  readonly kind: RelationshipKind;
  readonly to: TaskRef;
}

/** A relationship, read from one task's side. */
export interface TaskRelationship {
  readonly kind: RelationshipKind;
  /** The other task. */
  readonly taskId: string;
  /** Its workspace, when it stands in another one. */
  readonly workspaceId?: string;
  readonly createdAtMs: number;
}

/** One end of a stored relationship. */
interface End {
  readonly workspaceId: string;
  readonly taskId: string;
}

/** A relationship as it is stored: one fact, said once. [S18] */
export interface RelationshipFact {
  readonly id: string;
  readonly from: End;
  readonly kind: "blocks" | "relates_to";
  readonly to: End;
}

/** Turns what was said into the one form in which it is stored: blocked_by turned round, relates_to from the smaller id. */
export function relationshipFact(workspaceId: string, { from, kind, to }: RelationshipInput): RelationshipFact {
  const end = (ref: TaskRef): End => (typeof ref === "string" ? { workspaceId, taskId: ref } : ref);
  const name = ({ workspaceId: own, taskId }: End): string => (own === workspaceId ? taskId : `${own}/${taskId}`);
  const [one, other] = [end(from), end(to)];
  const isTurned = kind === "blocked_by" || (kind === "relates_to" && name(other) < name(one));
  const [first, second] = isTurned ? [other, one] : [one, other];
  const stored = kind === "relates_to" ? kind : "blocks";
  return { id: `${name(first)} ${stored} ${name(second)}`, from: first, kind: stored, to: second };
}

/** The payload of `task_related` and `task_unrelated`. */
export function relationshipPayload(row: TaskRelationshipRow): JsonObject {
  const { workspace_id: own, from_workspace_id: fromWorkspace, to_workspace_id: toWorkspace } = row;
  return {
    task_id: row.from_id,
    kind: row.kind,
    other_id: row.to_id,
    ...(fromWorkspace === own ? {} : { task_workspace: fromWorkspace }),
    ...(toWorkspace === own ? {} : { other_workspace: toWorkspace }),
  };
}

/** Reads a stored relationship from the side of one task of its workspace. */
export function toRelationship(row: TaskRelationshipRow, taskId: string): TaskRelationship {
  const isFrom = row.from_workspace_id === row.workspace_id && row.from_id === taskId;
  const otherWorkspace = isFrom ? row.to_workspace_id : row.from_workspace_id;
  return {
    kind: row.kind === "relates_to" ? "relates_to" : isFrom ? "blocks" : "blocked_by",
    taskId: isFrom ? row.to_id : row.from_id,
    ...(otherWorkspace === row.workspace_id ? {} : { workspaceId: otherWorkspace }),
    createdAtMs: row.created_at,
  };
}
