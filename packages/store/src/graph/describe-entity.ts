import type { Unit } from "@kingly/sqlite";
import { atomically } from "../atomically.ts";
import { assertBelief, lastVersion, readBelief } from "../beliefs.ts";
import type { Cause } from "../cause.ts";
import { checkId, checkText, refused } from "../check-value.ts";
import { changeInterval, covers } from "../interval.ts";
import type { Interval } from "../interval.ts";
import { rowIdsPerWorkspace } from "../workspace-row-ids.ts";
import { checkList, checkName, checkProvenance, checkWeights } from "./check-graph.ts";
import type { WhoColumns } from "./check-graph.ts";
import type { EntityInput } from "./entity.ts";
import { entityIdentity } from "./entity-identity.ts";
import type { EntityIdentity } from "./entity-identity.ts";
import { entityBeliefs, observationBeliefs } from "./graph-belief-tables.ts";
import type { GraphDeps } from "./graph-deps.ts";
import type { EntityRow, ObservationRow } from "./graph-rows.ts";
import { keepText } from "./graph-texts.ts";
import { keepBands } from "./like-entities.ts";
import { nameKey } from "./name-key.ts";
import { textKey, typeKey } from "./text-key.ts";

/** What describing did. */
export interface Described {
  readonly id: string;
  /** The name is new: nothing of this name and type was known. */
  readonly isNew: boolean;
  readonly isRenamed: boolean;
  /** The observations that were news, as they were given. */
  readonly added: readonly string[];
}

/** Writes what is said of an entity: the entity when something of it is new, and the observations that are news. [S54] */
export function describeEntity(deps: GraphDeps, unit: Unit, input: EntityInput, cause: Cause): Described {
  const { workspaceId } = input;
  const checked = checkInput(deps, input);
  const { atMs, rowId } = deps.events.nextChange(unit, workspaceId);
  const interval = changeInterval(input, atMs);
  const identity = entityIdentity(unit, workspaceId, atMs);
  const sameName = findByName(unit, identity, input);
  const known = input.id === undefined ? sameName : findById(unit, identity, workspaceId, input.id);
  const id = known?.id ?? input.id ?? freeId(unit, workspaceId, `e${rowId % rowIdsPerWorkspace}`);
  if (input.id !== undefined && sameName !== undefined && sameName.id !== id) {
    throw refused(
      "name",
      input.name,
      `another name: ${sameName.id} of this type has it; entities.merge makes them one`,
    );
  }

  const thing = { workspace_id: workspaceId, id };
  const held = known === undefined ? undefined : readBelief<EntityRow>(unit, entityBeliefs, thing, at(interval, atMs));
  const base = held ?? known;
  const isNamed = base === undefined || input.id !== undefined;
  const said = {
    ...(isNamed
      ? {
          name: input.name,
          name_key: nameKey(input.name),
          entity_type: input.entityType,
          type_key: typeKey(input.entityType),
        }
      : {}),
    ...checked.columns,
  };
  const isSame =
    held !== undefined &&
    (isTimed(input) ? covers({ fromMs: held.valid_from, toMs: held.valid_to }, interval) : true) &&
    Object.entries(said).every(([column, value]) => held[column as keyof EntityRow] === value);
  const news = checked.observations.filter(
    ({ key }) => !isObserved(unit, workspaceId, identity.membersOf(id), key, interval, atMs, isTimed(input)),
  );
  const isRenamed = known !== undefined && isNamed && known.name_key !== said.name_key;
  const added = news.map(({ text }) => text);
  if (isSame && news.length === 0) return { id, isNew: false, isRenamed: false, added };

  return atomically(unit, () => {
    const payload = { entity_id: id, entity_type: input.entityType, observations: news.length, at: atMs };
    const event = { eventType: "entity_described", entityType: "entity", entityId: id, payload };
    const { seq } = deps.events.append(unit, workspaceId, event, cause);
    const told = { ...checked.who, event_seq: seq, updated_at: atMs };
    if (!isSame) {
      const row = {
        ...(base ?? { summary: null, metadata: "{}", confidence: 1, significance: 0.5, created_at: atMs }),
        ...said,
        ...told,
        version: known === undefined ? 1 : lastVersion(unit, entityBeliefs, thing) + 1,
      };
      assertBelief(unit, entityBeliefs, thing, pick(row, entityBeliefs.columns), interval, atMs);
      if (known === undefined || isRenamed) {
        keepText(unit, workspaceId, id, "name", input.name);
        keepBands(unit, workspaceId, id, input.name);
      }
      if (typeof input.summary === "string") keepText(unit, workspaceId, id, "summary", input.summary);
    }
    for (const [index, observation] of news.entries()) {
      observe(
        unit,
        { workspaceId, entityId: id, ...observation, newId: observationId(seq, index) },
        told,
        interval,
        atMs,
      );
    }
    return { id, isNew: known === undefined, isRenamed, added };
  });
}

function checkInput(
  deps: GraphDeps,
  input: EntityInput,
): {
  readonly columns: Readonly<Record<string, number | string | null>>;
  readonly who: WhoColumns;
  readonly observations: readonly { readonly text: string; readonly key: string }[];
} {
  if (input.id !== undefined) checkId(input.id, "id");
  checkName(input.name, "name");
  checkName(input.entityType, "entityType", 128);
  const { summary } = input;
  const summaryColumn =
    summary === undefined ? {} : { summary: summary === null ? null : checkText(summary, "summary", 0, 65_536) };
  const observations = checkList(input.observations ?? [], "observations").map((text, index) => {
    checkText(text, `observations[${index}]`, 1, 65_536);
    return { text, key: textKey(text) };
  });
  const keys = new Set<string>();
  return {
    columns: { ...checkWeights(input, deps.limits), ...summaryColumn },
    who: checkProvenance(input.provenance),
    observations: observations.filter(({ key }) => !keys.has(key) && keys.add(key)),
  };
}

/** Tells whether the workspace knows an entity of this name and type, believed or not. */
export function isNamed(unit: Unit, entity: NamedEntity): boolean {
  return rowOfName(unit, entity) !== undefined;
}

type NamedEntity = Pick<EntityInput, "workspaceId" | "name" | "entityType">;

function rowOfName(unit: Unit, entity: NamedEntity): EntityRow | undefined {
  return unit.get<EntityRow>(
    // The plus keeps SQLite from walking the workspace in the order that is asked for.
    "SELECT * FROM entities WHERE workspace_id = ? AND name_key = ? AND type_key = ? ORDER BY +created_at, id LIMIT 1",
    entity.workspaceId,
    nameKey(entity.name),
    typeKey(entity.entityType),
  );
}

function findByName(unit: Unit, identity: EntityIdentity, input: EntityInput): EntityRow | undefined {
  const row = rowOfName(unit, input);
  return row === undefined ? undefined : findById(unit, identity, input.workspaceId, row.id);
}

function findById(unit: Unit, identity: EntityIdentity, workspaceId: string, id: string): EntityRow | undefined {
  const sql = "SELECT * FROM entities WHERE workspace_id = ? AND id = ?";
  return unit.get<EntityRow>(sql, workspaceId, identity.rootOf(id));
}

/** Returns an id that no entity of the workspace ever had. */
function freeId(unit: Unit, workspaceId: string, wanted: string): string {
  let id = wanted;
  const sql = `SELECT 1 FROM entities WHERE workspace_id = ? AND id = ?
    UNION ALL SELECT 1 FROM entities_history WHERE workspace_id = ? AND id = ? LIMIT 1`;
  while (unit.get(sql, workspaceId, id, workspaceId, id) !== undefined) id = `${id}x`;
  return id;
}

function isObserved(
  unit: Unit,
  workspaceId: string,
  memberIds: readonly string[],
  key: string,
  interval: Interval,
  atMs: number,
  wholly: boolean,
): boolean {
  return memberIds.some((memberId) => {
    const row = findObservation(unit, workspaceId, memberId, key);
    if (row === undefined) return false;
    const thing = { workspace_id: workspaceId, id: row.id };
    const held = readBelief<ObservationRow>(unit, observationBeliefs, thing, at(interval, atMs));
    return held !== undefined && (!wholly || covers({ fromMs: held.valid_from, toMs: held.valid_to }, interval));
  });
}

function observe(
  unit: Unit,
  one: {
    readonly workspaceId: string;
    readonly entityId: string;
    readonly text: string;
    readonly key: string;
    readonly newId: string;
  },
  told: WhoColumns & { readonly event_seq: number; readonly updated_at: number },
  interval: Interval,
  atMs: number,
): void {
  const known = findObservation(unit, one.workspaceId, one.entityId, one.key);
  const thing = { workspace_id: one.workspaceId, id: known?.id ?? one.newId };
  const columns = {
    entity_id: one.entityId,
    text: one.text,
    text_key: one.key,
    ...told,
    version: known === undefined ? 1 : lastVersion(unit, observationBeliefs, thing) + 1,
    created_at: known?.created_at ?? atMs,
  };
  assertBelief(unit, observationBeliefs, thing, columns, interval, atMs);
  keepText(unit, one.workspaceId, one.entityId, "observation", one.text);
}

// Of one width, so that the order of ids is the order in which they were made.
function observationId(seq: number, index: number): string {
  return `o${String(seq).padStart(10, "0")}.${String(index).padStart(3, "0")}`;
}

/** Returns the current row of an observation of this entity by its text key, believed or not. */
export function findObservation(
  unit: Unit,
  workspaceId: string,
  entityId: string,
  key: string,
): ObservationRow | undefined {
  return unit.get<ObservationRow>(
    "SELECT * FROM observations WHERE workspace_id = ? AND entity_id = ? AND text_key = ?",
    workspaceId,
    entityId,
    key,
  );
}

function at(interval: Interval, atMs: number): { readonly validMs: number; readonly systemMs: number } {
  return { validMs: interval.fromMs, systemMs: atMs };
}

function isTimed(input: { readonly validFromMs?: number; readonly validToMs?: number }): boolean {
  return input.validFromMs !== undefined || input.validToMs !== undefined;
}

/** Takes the columns of a belief out of a row that has more. */
export function pick<T>(row: Readonly<Record<string, T>>, columns: readonly string[]): Record<string, T> {
  return Object.fromEntries(columns.map((column) => [column, row[column] as T]));
}
