import type { SqlValue } from "@kingly/sqlite";
import type { PageStart } from "../page.ts";
import type { GraphView } from "./entity-reads.ts";
import { relationBeliefs } from "./graph-belief-tables.ts";
import type { GraphReadDeps } from "./graph-deps.ts";
import type { RelationRow } from "./graph-rows.ts";
import { heldBeliefs } from "./held-beliefs.ts";
import { toRelation } from "./relation.ts";
import type { Relation } from "./relation.ts";

const outward = heldBeliefs(relationBeliefs, "@.workspace_id = ? AND @.from_id = f.value", { list: true });
const between = heldBeliefs(
  relationBeliefs,
  "@.workspace_id = ? AND @.from_id = f.value AND @.to_id IN (SELECT value FROM json_each(?))",
  { list: true },
);
const inward = heldBeliefs(relationBeliefs, "@.workspace_id = ? AND @.to_id = f.value", { list: true });

/** Reads up to `limit` relations that begin at some entities and end at others (at any, when left out). */
export function readRelationsBetween(
  deps: GraphReadDeps,
  view: GraphView,
  fromIds: readonly string[],
  toIds: readonly string[] | undefined,
  limit: number,
): { readonly relations: readonly Relation[]; readonly complete: boolean } {
  const members = (ids: readonly string[]): string => JSON.stringify(ids.flatMap((id) => view.identity.membersOf(id)));
  const statement = toIds === undefined ? outward : between;
  const values = [members(fromIds), view.workspaceId, ...(toIds === undefined ? [] : [members(toIds)])];
  const rows = statement.read<RelationRow>(view, values, oldest(limit + 1));
  return { relations: toRelations(deps, view, rows.slice(0, limit)), complete: rows.length <= limit };
}

/** Reads up to `limit` relations of which at least one end is one of these entities, each once. */
export function readRelationsOf(
  deps: GraphReadDeps,
  view: GraphView,
  ids: readonly string[],
  limit: number,
): { readonly relations: readonly Relation[]; readonly complete: boolean } {
  const members = JSON.stringify(ids.flatMap((id) => view.identity.membersOf(id)));
  const values = [members, view.workspaceId];
  const found = new Map<string, RelationRow>();
  for (const statement of [outward, inward]) {
    for (const row of statement.read<RelationRow>(view, values, oldest(limit + 1))) found.set(row.id, row);
  }
  return { relations: toRelations(deps, view, [...found.values()].slice(0, limit)), complete: found.size <= limit };
}

/** Reads the newest facts from or to one entity after `start`, through the indexes of its ends. [S13] [S55] */
export function newestOfEntity(
  view: GraphView,
  entityId: string,
  direction: "out" | "in" | "both",
  page: { readonly limit: number; readonly start: PageStart | undefined },
  also: { readonly condition: string; readonly values: readonly SqlValue[] },
): readonly RelationRow[] {
  const members = JSON.stringify(view.identity.membersOf(view.identity.rootOf(entityId)));
  const after = page.start === undefined ? "TRUE" : "(r.created_at, r.id) < (?, ?)";
  const afterValues = page.start === undefined ? [] : [page.start.atMs, page.start.id];
  const found = new Map<string, RelationRow>();
  for (const way of ["out", "in"] as const) {
    if (direction !== "both" && direction !== way) continue;
    const end = way === "out" ? "from_id" : "to_id";
    const condition = `@.workspace_id = ? AND @.${end} = f.value AND ${after} AND ${also.condition}`;
    const held = heldBeliefs(relationBeliefs, condition, { list: true });
    const values = [members, view.workspaceId, ...afterValues, ...also.values];
    const newest = { sql: "ORDER BY created_at DESC, id DESC LIMIT ?", values: [page.limit] };
    const rows = held.read<RelationRow>(view, values, newest);
    for (const row of rows) found.set(row.id, row);
  }
  return [...found.values()]
    .toSorted((left, right) => right.created_at - left.created_at || (left.id < right.id ? 1 : -1))
    .slice(0, page.limit);
}

function oldest(limit: number): { readonly sql: string; readonly values: readonly SqlValue[] } {
  return { sql: "ORDER BY created_at, id LIMIT ?", values: [limit] };
}

function toRelations(deps: GraphReadDeps, view: GraphView, rows: readonly RelationRow[]): readonly Relation[] {
  return rows.map((row) => toRelation(row, view.identity, view.moment.systemMs, deps.decay));
}
