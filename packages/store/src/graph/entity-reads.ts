import { readBelief } from "../beliefs.ts";
import { toEntity } from "./entity.ts";
import type { Entity } from "./entity.ts";
import type { EntityIdentity } from "./entity-identity.ts";
import { entityBeliefs, observationBeliefs } from "./graph-belief-tables.ts";
import type { EntityRow, ObservationRow } from "./graph-rows.ts";
import { heldBeliefs } from "./held-beliefs.ts";
import type { HeldView } from "./held-beliefs.ts";

const byName = heldBeliefs(entityBeliefs, "@.workspace_id = ? AND @.name_key = ?");
const byNames = heldBeliefs(entityBeliefs, "@.name_key = f.value AND @.workspace_id = ?", {
  list: true,
  columns: ["id", "name_key"],
});
const observed = heldBeliefs(observationBeliefs, "@.workspace_id = ? AND @.entity_id = ?");

const observedText = heldBeliefs(observationBeliefs, "@.workspace_id = ? AND @.entity_id = ? AND @.text_key = ?");

/** Where and as of when to read: the reader, who is who then, and the moment. */
export interface GraphView extends HeldView {
  readonly identity: EntityIdentity;
}

/** Reads an entity as of a moment with its newest observations; an entity that was merged is the one it was merged into. */
export function readEntity(view: GraphView, id: string, maxObservations: number): Entity | undefined {
  const { reader, workspaceId, identity, moment } = view;
  const rootId = identity.rootOf(id);
  const memberIds = identity.membersOf(rootId);
  let row: EntityRow | undefined;
  for (const memberId of memberIds) {
    row ??= readBelief<EntityRow>(reader, entityBeliefs, { workspace_id: workspaceId, id: memberId }, moment);
    // A forgotten name is NULL: nothing is left of the entity.
    if (row?.name === null) row = undefined;
  }
  if (row === undefined) return undefined;
  const texts = new Map<string, ObservationRow>();
  for (const memberId of memberIds) {
    const newest = { sql: "ORDER BY created_at DESC, id DESC LIMIT ?", values: [maxObservations] };
    for (const one of observed.read<ObservationRow>(view, [workspaceId, memberId], newest)) {
      // Said of both: the one of the entity that stands for them.
      if (!texts.has(one.text_key)) texts.set(one.text_key, one);
    }
  }
  const observations = [...texts.values()].toSorted(byAge);
  observations.splice(0, Math.max(0, observations.length - maxObservations));
  return toEntity({ ...row, id: rootId }, observations);
}

/** Returns the ids of the entities of this name key as of a moment, each once, in the order of their ids. */
export function entityIdsByName(view: GraphView, key: string): readonly string[] {
  const rows = byName.read<EntityRow>(view, [view.workspaceId, key]);
  return [...new Set(rows.map(({ id }) => view.identity.rootOf(id)))].toSorted();
}

/** Returns the ids of the entities of any of these name keys as of a moment, each once, in the order of the keys. One
 * statement for all: most of what may be a name is none. */
export function entityIdsByNames(view: GraphView, keys: readonly string[]): readonly string[] {
  const rows = byNames.read<{ readonly id: string; readonly name_key: string }>(view, [
    JSON.stringify([...new Set(keys)]),
    view.workspaceId,
  ]);
  if (rows.length === 0) return [];
  const idsOf = Map.groupBy(rows, ({ name_key: key }) => key);
  const roots = keys.flatMap((key) =>
    [...new Set(idsOf.get(key)?.map(({ id }) => view.identity.rootOf(id)))].toSorted(),
  );
  return [...new Set(roots)];
}

/** Tells whether this very entity had an observation of this text key as of a moment. */
export function isObserved(view: GraphView, id: string, key: string): boolean {
  return observedText.read(view, [view.workspaceId, id, key]).length > 0;
}

function byAge(left: ObservationRow, right: ObservationRow): number {
  return left.created_at - right.created_at || (left.id < right.id ? -1 : 1);
}
