import type { Row, Unit } from "@kingly/sqlite";
import { atomically } from "../atomically.ts";
import { assertBelief, lastVersion, retractBelief } from "../beliefs.ts";
import type { Cause } from "../cause.ts";
import { checkId, checkText, refused } from "../check-value.ts";
import { forever } from "../forever.ts";
import { changeInterval, holds } from "../interval.ts";
import type { Interval } from "../interval.ts";
import { StoreError } from "../store-error.ts";
import { rowIdsPerWorkspace } from "../workspace-row-ids.ts";
import { checkList, checkName, checkProvenance, checkWeights } from "./check-graph.ts";
import { describeEntity, isNamed, pick } from "./describe-entity.ts";
import { bounds } from "./end-entity.ts";
import { entityIdentity } from "./entity-identity.ts";
import { relationBeliefs } from "./graph-belief-tables.ts";
import type { GraphDeps } from "./graph-deps.ts";
import type { RelationRow } from "./graph-rows.ts";
import { keepText } from "./graph-texts.ts";
import { requireEntity } from "./merge-entities.ts";
import type { EntityReference, RelationInput } from "./relation.ts";
import { settleFact } from "./settle-fact.ts";
import type { FactPart } from "./settle-fact.ts";
import { textKey, typeKey } from "./text-key.ts";

/** What stating a fact did. */
export interface StatedRelation {
  readonly id: string;
  /** When it holds now; its end is that of a later fact that contradicts it, where there is one. */
  readonly validFromMs: number;
  readonly validToMs: number;
  /** False when it was believed already; it may still have been told anew. */
  readonly isNew: boolean;
  /** Ids of the facts that end, or never held, because of it. */
  readonly ended: readonly string[];
}

// What a fact is; it never changes. And what it says when nothing else is said.
const identityColumns = ["from_id", "relation_type", "type_key", "to_id", "fact", "fact_key"];
const unsaid = { strength: 1, confidence: 1, metadata: "{}" };

/** The open parts of a fact, as they were told: whose they are and since when they are so. */
interface OpenPart extends FactPart {
  readonly row: RelationRow;
}

/** States a fact: closes what it contradicts by the time rule and touches nothing else. [S56] [S57] [S58] */
export function stateRelation(deps: GraphDeps, unit: Unit, input: RelationInput, cause: Cause): StatedRelation {
  const { workspaceId } = input;
  const said = checkInput(deps, input);
  return atomically(unit, () => {
    const fromId = refer(deps, unit, input, input.from, cause);
    const toId = refer(deps, unit, input, input.to, cause);
    const { atMs, rowId } = deps.events.nextChange(unit, workspaceId);
    const identity = entityIdentity(unit, workspaceId, atMs);
    const root = { from: identity.rootOf(fromId), to: identity.rootOf(toId) };
    const slot = {
      workspaceId,
      from: JSON.stringify(identity.membersOf(root.from)),
      to: JSON.stringify(identity.membersOf(root.to)),
      typeKey: said.typeKey,
      factKey: said.factKey,
    };
    const known = findSame(unit, slot);
    const own = known === undefined ? [] : openParts(unit, workspaceId, "r.id = ?", [known.id]);
    const isTimed = input.validFromMs !== undefined || input.validToMs !== undefined;
    const now = isTimed ? undefined : own.find((part) => holds(part, atMs));
    const against = contradicted(deps, unit, slot, known?.id, input.contradicts ?? []);

    // Told again without a time: the time that it has stays, what is said of it may be new.
    const stated = now === undefined ? changeInterval(input, atMs) : { fromMs: atMs, toMs: now.toMs };
    const settled = settleFact(stated, now === undefined ? [...against, ...own] : against);
    const held = now?.row ?? own.find((part) => holds(part, stated.fromMs))?.row;
    const row: Row = {
      ...(known === undefined
        ? { ...said.identity, from_id: root.from, to_id: root.to }
        : pick({ ...known }, identityColumns)),
      ...(held === undefined ? unsaid : pick({ ...held }, Object.keys(unsaid))),
      utterance_id: null,
      speaker: null,
      ...said.columns,
      created_at: known?.created_at ?? atMs,
    };
    const present = now ?? own.find((part) => part.fromMs === stated.fromMs && part.toMs === settled.interval.toMs);
    const isSame =
      present !== undefined &&
      Object.entries(said.columns).every(([column, value]) => present.row[column as keyof RelationRow] === value);
    if (isSame && settled.ended.every((part) => part.relationId === known?.id)) {
      return { id: present.relationId, ...validTimes(present), isNew: false, ended: [] };
    }

    const id = known?.id ?? freeId(unit, workspaceId, `r${rowId % rowIdsPerWorkspace}`);
    const interval = settled.interval;
    const ended = [...new Set(settled.ended.map((part) => part.relationId))].filter((one) => one !== id);
    const payload = {
      relation_id: id,
      from_id: root.from,
      relation_type: input.relationType,
      to_id: root.to,
      at: atMs,
    };
    const event = { eventType: "relation_stated", entityType: "relation", entityId: id };
    const { seq } = deps.events.append(
      unit,
      workspaceId,
      { ...event, payload: { ...payload, ...bounds(interval) } },
      cause,
    );
    for (const part of settled.ended) {
      const thing = { workspace_id: workspaceId, id: part.relationId };
      retractBelief(unit, relationBeliefs, thing, part, atMs);
    }
    for (const relationId of ended)
      tellEnd(deps, unit, { workspaceId, relationId, byId: id, fromMs: interval.fromMs }, cause);
    const thing = { workspace_id: workspaceId, id };
    const version = known === undefined ? 1 : lastVersion(unit, relationBeliefs, thing) + 1;
    const told = { ...row, version, event_seq: seq, updated_at: atMs };
    assertBelief(unit, relationBeliefs, thing, pick(told, relationBeliefs.columns), interval, atMs);
    if (known === undefined && input.fact !== undefined) keepText(unit, workspaceId, id, "fact", input.fact);
    return { id, ...validTimes(interval), isNew: now === undefined, ended };
  });
}

/** Writes the event of a fact that ends. */
export function tellEnd(
  deps: GraphDeps,
  unit: Unit,
  end: {
    readonly workspaceId: string;
    readonly relationId: string;
    readonly byId?: string;
    readonly fromMs: number;
    readonly toMs?: number;
  },
  cause: Cause,
): void {
  const { atMs } = deps.events.nextChange(unit, end.workspaceId);
  const payload = {
    relation_id: end.relationId,
    ...(end.byId === undefined ? {} : { by: end.byId }),
    at: atMs,
    ...bounds({ fromMs: end.fromMs, toMs: end.toMs ?? forever }),
  };
  const event = { eventType: "relation_ended", entityType: "relation", entityId: end.relationId, payload };
  deps.events.append(unit, end.workspaceId, event, cause);
}

interface Slot {
  readonly workspaceId: string;
  /** JSON lists of the entities that are one with either end. */
  readonly from: string;
  readonly to: string;
  readonly typeKey: string;
  readonly factKey: string;
}

const isFrom = "r.from_id IN (SELECT value FROM json_each(?))";
const isTo = "r.to_id IN (SELECT value FROM json_each(?))";

/** Finds the same fact: same ends, type and words. After a merge there may be several; the oldest is taken. */
function findSame(unit: Unit, slot: Slot): RelationRow | undefined {
  return unit.get<RelationRow>(
    `SELECT r.* FROM relations AS r WHERE r.workspace_id = ? AND ${isFrom} AND r.type_key = ? AND ${isTo}
     AND r.fact_key = ? ORDER BY r.created_at, length(r.id), r.id LIMIT 1`,
    slot.workspaceId,
    slot.from,
    slot.typeKey,
    slot.to,
    slot.factKey,
  );
}

/** Returns the open parts of the facts that this one contradicts: those of its slots, and those that it names. [S58] */
function contradicted(
  deps: GraphDeps,
  unit: Unit,
  slot: Slot,
  ownId: string | undefined,
  named: readonly string[],
): readonly OpenPart[] {
  const rule = deps.relationTypes.of(slot.typeKey);
  const { workspaceId } = slot;
  const parts = new Map<string, OpenPart>();
  const add = (found: readonly OpenPart[]): void => {
    for (const part of found) if (part.relationId !== ownId) parts.set(`${part.fromMs} ${part.relationId}`, part);
  };
  if (rule.functional === true)
    add(openParts(unit, workspaceId, `${isFrom} AND r.type_key = ?`, [slot.from, slot.typeKey]));
  else if (rule.repeatable !== true) {
    add(
      openParts(unit, workspaceId, `${isFrom} AND r.type_key = ? AND ${isTo.replace("r.to_id", "+r.to_id")}`, [
        slot.from,
        slot.typeKey,
        slot.to,
      ]),
    );
  }
  if (rule.inverseFunctional === true) {
    add(openParts(unit, workspaceId, `${isTo} AND r.type_key = ?`, [slot.to, slot.typeKey]));
  }
  for (const id of named) {
    if (id === ownId) throw refused("contradicts", id, "other facts than the one that is stated");
    const found = unit.get("SELECT 1 FROM relations WHERE workspace_id = ? AND id = ?", workspaceId, id);
    if (found === undefined) {
      const message = `contradicts names ${JSON.stringify(id)}, and there is no such relation in this workspace.`;
      throw new StoreError("UNKNOWN_REFERENCE", message);
    }
    add(openParts(unit, workspaceId, "r.id = ?", [id]));
  }
  return [...parts.values()];
}

function openParts(unit: Unit, workspaceId: string, found: string, values: readonly string[]): readonly OpenPart[] {
  const rows = unit.all<RelationRow>(
    `SELECT r.* FROM relations AS r WHERE r.workspace_id = ? AND ${found} AND r.valid_from < r.valid_to`,
    workspaceId,
    ...values,
  );
  const { historyColumns } = relationBeliefs;
  const kept = unit.all<RelationRow>(
    `SELECT ${historyColumns.replaceAll("h.", "r.")} FROM relations_history AS r
     WHERE r.workspace_id = ? AND ${found} AND r.sys_to = ${forever} AND r.valid_from < r.valid_to`,
    workspaceId,
    ...values,
  );
  return [...rows, ...kept].map((row) => ({
    relationId: row.id,
    fromMs: row.valid_from,
    toMs: row.valid_to,
    row,
  }));
}

function refer(deps: GraphDeps, unit: Unit, input: RelationInput, end: EntityReference, cause: Cause): string {
  const { workspaceId, validFromMs } = input;
  if (typeof end === "string") {
    requireEntity(unit, workspaceId, end);
    return end;
  }
  const entity = { workspaceId, name: end.name, entityType: end.entityType };
  // A fact about the past makes an entity of the past; one that is known keeps its own time.
  const times = validFromMs === undefined || isNamed(unit, entity) ? {} : { validFromMs };
  return describeEntity(deps, unit, { ...entity, ...times }, cause).id;
}

function checkInput(
  deps: GraphDeps,
  input: RelationInput,
): { readonly typeKey: string; readonly factKey: string; readonly identity: Row; readonly columns: Row } {
  checkName(input.relationType, "relationType", 128);
  if (input.fact !== undefined) checkText(input.fact, "fact", 1, 65_536);
  checkList(input.contradicts ?? [], "contradicts").forEach((id, index) => checkId(id, `contradicts[${index}]`));
  const who = checkProvenance(input.provenance);
  const key = typeKey(input.relationType);
  const factKey = input.fact === undefined ? "" : textKey(input.fact);
  return {
    typeKey: key,
    factKey,
    identity: { relation_type: input.relationType, type_key: key, fact: input.fact ?? null, fact_key: factKey },
    columns: {
      ...checkWeights(input, deps.limits),
      ...(who.utterance_id === null ? {} : { utterance_id: who.utterance_id }),
      ...(who.speaker === null ? {} : { speaker: who.speaker }),
    },
  };
}

function freeId(unit: Unit, workspaceId: string, wanted: string): string {
  let id = wanted;
  const sql = `SELECT 1 FROM relations WHERE workspace_id = ? AND id = ?
    UNION ALL SELECT 1 FROM relations_history WHERE workspace_id = ? AND id = ? LIMIT 1`;
  while (unit.get(sql, workspaceId, id, workspaceId, id) !== undefined) id = `${id}x`;
  return id;
}

function validTimes(interval: Interval): { readonly validFromMs: number; readonly validToMs: number } {
  return { validFromMs: interval.fromMs, validToMs: interval.toMs };
}
