import type { Unit } from "@kingly/sqlite";
import { atomically } from "../atomically.ts";
import { retractBelief } from "../beliefs.ts";
import type { Cause } from "../cause.ts";
import { forever } from "../forever.ts";
import { changeInterval } from "../interval.ts";
import type { Interval } from "../interval.ts";
import { entityIdentity } from "./entity-identity.ts";
import { entityBeliefs, observationBeliefs, relationBeliefs } from "./graph-belief-tables.ts";
import type { GraphDeps } from "./graph-deps.ts";
import { eraseTexts } from "./graph-texts.ts";

/** From when until when something is no more. @default now, for ever */
export interface EndTimes {
  readonly validFromMs?: number;
  readonly validToMs?: number;
}

const ofMembers = "workspace_id = ? AND entity_id IN (SELECT value FROM json_each(?))";
const touching =
  "workspace_id = ? AND (from_id IN (SELECT value FROM json_each(?)) OR to_id IN (SELECT value FROM json_each(?)))";

/** Believes nothing of an entity, its observations and its relations any more in the interval. False when nothing was. [S61] */
export function retractEntity(
  deps: GraphDeps,
  unit: Unit,
  one: { readonly workspaceId: string; readonly id: string } & EndTimes,
  cause: Cause,
): boolean {
  const { workspaceId } = one;
  const { atMs } = deps.events.nextChange(unit, workspaceId);
  const interval = changeInterval(one, atMs);
  const identity = entityIdentity(unit, workspaceId, atMs);
  const rootId = identity.rootOf(one.id);
  const members = JSON.stringify(identity.membersOf(rootId));
  const ids = (table: string, where: string, ...values: readonly string[]): readonly string[] =>
    unit.all<{ id: string }>(`SELECT id FROM ${table} WHERE ${where}`, ...values).map(({ id }) => id);
  return atomically(unit, () => {
    const end = (table: typeof entityBeliefs, thingIds: readonly string[]): number =>
      thingIds.filter((id) => retractBelief(unit, table, { workspace_id: workspaceId, id }, interval, atMs)).length;
    const entities = end(entityBeliefs, identity.membersOf(rootId));
    const observations = end(observationBeliefs, ids("observations", ofMembers, workspaceId, members));
    const relations = end(relationBeliefs, ids("relations", touching, workspaceId, members, members));
    if (entities + observations + relations === 0) return false;
    const payload = { entity_id: rootId, observations, relations, at: atMs, ...bounds(interval) };
    deps.events.append(
      unit,
      workspaceId,
      { eventType: "entity_retracted", entityType: "entity", entityId: rootId, payload },
      cause,
    );
    return true;
  });
}

/** Takes an entity out of the store with its texts, observations and relations, now and in all histories. [S66] */
export function forgetEntity(deps: GraphDeps, unit: Unit, workspaceId: string, id: string, cause: Cause): boolean {
  const { atMs } = deps.events.nextChange(unit, workspaceId);
  const identity = entityIdentity(unit, workspaceId, atMs);
  const rootId = identity.rootOf(id);
  const memberIds = identity.membersOf(rootId);
  const members = JSON.stringify(memberIds);
  const known = unit.get(
    "SELECT 1 FROM entities WHERE workspace_id = ? AND id IN (SELECT value FROM json_each(?))",
    workspaceId,
    members,
  );
  if (known === undefined) return false;
  return atomically(unit, () => {
    const relationIds = unit
      .all<{ id: string }>(`SELECT id FROM relations WHERE ${touching}`, workspaceId, members, members)
      .map((row) => row.id);
    eraseRelations(unit, workspaceId, relationIds);
    unit.run(
      `UPDATE observations_history SET entity_id = NULL, text = NULL, text_key = NULL, utterance_id = NULL, speaker = NULL
       WHERE ${ofMembers}`,
      workspaceId,
      members,
    );
    unit.run(`DELETE FROM observations WHERE ${ofMembers}`, workspaceId, members);
    const isMember = "workspace_id = ? AND id IN (SELECT value FROM json_each(?))";
    unit.run(
      `UPDATE entities_history SET name = NULL, name_key = NULL, summary = NULL, metadata = NULL, utterance_id = NULL,
         speaker = NULL WHERE ${isMember}`,
      workspaceId,
      members,
    );
    // The ids stay in the history, so that they are never given again: also those that had no former version.
    keepTombstones(unit, workspaceId, members);
    unit.run(`DELETE FROM entities WHERE ${isMember}`, workspaceId, members);
    unit.run(`DELETE FROM entity_bands WHERE ${ofMembers}`, workspaceId, members);
    unit.run(
      `DELETE FROM entity_aliases WHERE workspace_id = ? AND (alias_id IN (SELECT value FROM json_each(?))
         OR entity_id IN (SELECT value FROM json_each(?)))`,
      workspaceId,
      members,
      members,
    );
    eraseTexts(unit, workspaceId, memberIds);
    const payload = { entity_id: rootId, at: atMs };
    const event = { eventType: "entity_forgotten", entityType: "entity", entityId: rootId, payload };
    deps.events.append(unit, workspaceId, event, cause);
    return true;
  });
}

/** Takes facts out of the store, now and in the history. [S66] */
export function eraseRelations(unit: Unit, workspaceId: string, ids: readonly string[]): void {
  const these = JSON.stringify(ids);
  const where = "workspace_id = ? AND id IN (SELECT value FROM json_each(?))";
  unit.run(
    `UPDATE relations_history SET from_id = NULL, relation_type = NULL, type_key = NULL, to_id = NULL, fact = NULL,
       fact_key = NULL, metadata = NULL, utterance_id = NULL, speaker = NULL WHERE ${where}`,
    workspaceId,
    these,
  );
  unit.run(`DELETE FROM relations WHERE ${where}`, workspaceId, these);
  eraseTexts(unit, workspaceId, ids);
}

/** Returns the ends of an interval as they stand in a payload; an end that is open is left out. */
export function bounds(interval: Interval): { readonly from: number; readonly to?: number } {
  return interval.toMs === forever ? { from: interval.fromMs } : { from: interval.fromMs, to: interval.toMs };
}

function keepTombstones(unit: Unit, workspaceId: string, members: string): void {
  unit.run(
    `INSERT INTO entities_history (workspace_id, id, entity_type, type_key, confidence, significance, event_seq, version,
       created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
     SELECT workspace_id, id, entity_type, type_key, confidence, significance, event_seq, version, created_at, updated_at,
       valid_from, valid_from, sys_from, sys_from
     FROM entities WHERE workspace_id = ? AND id IN (SELECT value FROM json_each(?))`,
    workspaceId,
    members,
  );
}
