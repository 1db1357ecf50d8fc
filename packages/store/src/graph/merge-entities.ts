import type { Unit } from "@kingly/sqlite";
import { atomically } from "../atomically.ts";
import type { Cause } from "../cause.ts";
import { refused } from "../check-value.ts";
import { forever } from "../forever.ts";
import type { Reader } from "../reader.ts";
import { StoreError } from "../store-error.ts";
import { entityIdentity } from "./entity-identity.ts";
import type { GraphDeps } from "./graph-deps.ts";

/** Says that two entities are one from now on. Returns false when they were. Nothing else is written. [S53]
 *
 * Throws StoreError UNKNOWN_REFERENCE for an id that is not there. */
export function mergeEntities(
  deps: GraphDeps,
  unit: Unit,
  one: { readonly workspaceId: string; readonly aliasId: string; readonly intoId: string },
  cause: Cause,
): boolean {
  const { workspaceId } = one;
  const { atMs } = deps.events.nextChange(unit, workspaceId);
  const identity = entityIdentity(unit, workspaceId, atMs);
  for (const id of [one.aliasId, one.intoId]) requireEntity(unit, workspaceId, id);
  if (one.aliasId === one.intoId) throw refused("aliasId", one.aliasId, "another entity than intoId");
  const aliasId = identity.rootOf(one.aliasId);
  const entityId = identity.rootOf(one.intoId);
  if (aliasId === entityId) return false;
  return atomically(unit, () => {
    const payload = { entity_id: entityId, alias_id: aliasId, at: atMs };
    const event = { eventType: "entities_merged", entityType: "entity", entityId, payload };
    const { seq } = deps.events.append(unit, workspaceId, event, cause);
    unit.run(
      "INSERT INTO entity_aliases (workspace_id, alias_id, entity_id, event_seq, sys_from) VALUES (?, ?, ?, ?, ?)",
      workspaceId,
      aliasId,
      entityId,
      seq,
      atMs,
    );
    return true;
  });
}

/** Takes the merge of this alias back, from now on: both are again what they were. Returns false when there was none. [S53] */
export function separateEntities(
  deps: GraphDeps,
  unit: Unit,
  workspaceId: string,
  aliasId: string,
  cause: Cause,
): boolean {
  const { atMs } = deps.events.nextChange(unit, workspaceId);
  const open = unit.get<{ row_id: number; entity_id: string }>(
    `SELECT row_id, entity_id FROM entity_aliases WHERE workspace_id = ? AND alias_id = ? AND sys_to = ${forever}`,
    workspaceId,
    aliasId,
  );
  if (open === undefined) return false;
  return atomically(unit, () => {
    unit.run("UPDATE entity_aliases SET sys_to = ? WHERE row_id = ?", atMs, open.row_id);
    const payload = { entity_id: open.entity_id, alias_id: aliasId, at: atMs };
    const event = { eventType: "entities_separated", entityType: "entity", entityId: aliasId, payload };
    deps.events.append(unit, workspaceId, event, cause);
    return true;
  });
}

/** Throws StoreError UNKNOWN_REFERENCE when the workspace has no entity of this id. */
export function requireEntity(reader: Reader, workspaceId: string, id: string): void {
  const row = reader.get("SELECT 1 FROM entities WHERE workspace_id = ? AND id = ?", workspaceId, id);
  if (row !== undefined) return;
  const shown = JSON.stringify(id).slice(0, 80);
  throw new StoreError("UNKNOWN_REFERENCE", `There is no entity ${shown} in this workspace. Describe it first.`);
}
