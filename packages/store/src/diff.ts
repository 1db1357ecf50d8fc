import type { SqlValue } from "@kingly/sqlite";
import { momentOf } from "./as-of.ts";
import type { AsOf, Sight } from "./as-of.ts";
import type { BeliefTable } from "./belief-table.ts";
import { memoryBeliefs, projectBeliefs, relationshipBeliefs, runBeliefs, taskBeliefs } from "./belief-tables.ts";
import { readBelief } from "./beliefs.ts";
import type { Moment, Thing } from "./beliefs.ts";
import { toEntityVersion, toObservation } from "./graph/entity.ts";
import type { EntityVersion, Observation } from "./graph/entity.ts";
import { entityBeliefs, observationBeliefs, relationBeliefs } from "./graph/graph-belief-tables.ts";
import type { EntityRow, ObservationRow, RelationRow } from "./graph/graph-rows.ts";
import { toRelationVersion } from "./graph/relation.ts";
import type { RelationVersion } from "./graph/relation.ts";
import { toMemory } from "./memory.ts";
import type { Memory } from "./memory.ts";
import { pageLimit } from "./page.ts";
import type { Page, PageOptions } from "./page.ts";
import { toProject } from "./projects.ts";
import type { Project } from "./projects.ts";
import { toRun } from "./run.ts";
import type { Run } from "./run.ts";
import { StoreError } from "./store-error.ts";
import type { RelationshipFact } from "./task-relationship.ts";
import { toTask } from "./task.ts";
import type { Task } from "./task.ts";
import type { MemoryRow, ProjectRow, RunRow, TaskRelationshipRow, TaskRow } from "./store-tables.ts";

/** What can be compared, by its name, and what it is. */
export interface DiffKinds {
  readonly memory: Memory;
  readonly tasks: Task;
  readonly projects: Project;
  readonly runs: Run;
  readonly relationships: RelationshipFact;
  readonly entities: EntityVersion;
  readonly observations: Observation;
  readonly relations: RelationVersion;
}

/** The name of what can be compared. */
export type DiffKind = keyof DiffKinds;

/** One thing that is different: `before` is as of the first moment, `after` as of the second, null where it was not. */
export interface Change<T> {
  readonly change: "added" | "changed" | "removed";
  /** The id of the thing; the key of a memory. */
  readonly id: string;
  readonly before: T | null;
  readonly after: T | null;
}

/** Between which moments, and which page. */
export interface DiffOptions extends PageOptions {
  readonly from: AsOf;
  /** @default now on both axes */
  readonly to?: AsOf;
}

/** Returns a page of what is different between two moments, by id. [S45]
 *
 * One page looks at 2,000 things at most: it may hold fewer than `limit`, also none, and still have a `next`. All pages
 * compare the moments of the first. Throws StoreError BAD_CURSOR, INVALID_VALUE. */
export type Diff = <K extends DiffKind>(
  workspaceId: string,
  kind: K,
  options: DiffOptions,
) => Page<Change<DiffKinds[K]>>;

const maxLookedAt = 2000;

interface Comparable<T> {
  readonly table: BeliefTable;
  readonly toItem: (row: never) => T;
}

const comparables: { readonly [K in DiffKind]: Comparable<DiffKinds[K]> } = {
  memory: { table: memoryBeliefs, toItem: (row: MemoryRow) => toMemory(row) },
  tasks: { table: taskBeliefs, toItem: (row: TaskRow) => toTask(row) },
  projects: { table: projectBeliefs, toItem: (row: ProjectRow) => toProject(row) },
  runs: { table: runBeliefs, toItem: (row: RunRow) => toRun(row) },
  relationships: { table: relationshipBeliefs, toItem: (row: TaskRelationshipRow) => factOf(row) },
  entities: { table: entityBeliefs, toItem: (row: EntityRow) => toEntityVersion(row) },
  observations: { table: observationBeliefs, toItem: (row: ObservationRow) => toObservation(row) },
  relations: { table: relationBeliefs, toItem: (row: RelationRow) => toRelationVersion(row) },
};

/** Creates the comparing of moments over the store's tables. */
export function createDiff(sight: Sight): Diff {
  const { database } = sight;

  return <K extends DiffKind>(workspaceId: string, kind: K, options: DiffOptions) => {
    const { table, toItem } = comparables[kind];
    const limit = pageLimit(options.limit);
    const start = readStart(options.cursor);
    const from = start?.from ?? momentOf(sight, database, workspaceId, options.from);
    const to = start?.to ?? momentOf(sight, database, workspaceId, options.to);
    const idColumn = table.thing[1] ?? "id";
    const looked = lookAt(table, idColumn, workspaceId, start?.id ?? "", from, to);
    const items: Change<DiffKinds[K]>[] = [];
    for (const { id, isTouched } of looked) {
      if (items.length === limit) return { items, next: writeStart(from, to, items.at(-1)?.id ?? "") };
      if (isTouched === 0) continue;
      const thing: Thing = { workspace_id: workspaceId, [idColumn]: id };
      const before = readBelief<Record<string, SqlValue>>(database, table, thing, from);
      const after = readBelief<Record<string, SqlValue>>(database, table, thing, to);
      if (before === undefined && after === undefined) continue;
      if (before !== undefined && after !== undefined && saysTheSame(table, before, after)) continue;
      items.push({
        change: before === undefined ? "added" : after === undefined ? "removed" : "changed",
        id,
        before: before === undefined ? null : toItem(before as never),
        after: after === undefined ? null : toItem(after as never),
      });
    }
    const last = looked.at(-1)?.id;
    return { items, next: looked.length === maxLookedAt && last !== undefined ? writeStart(from, to, last) : null };
  };

  /** The next things of the workspace by id, and whether a belief about them has an edge between the two moments. */
  function lookAt(
    table: BeliefTable,
    idColumn: string,
    workspaceId: string,
    afterId: string,
    from: Moment,
    to: Moment,
  ): readonly { readonly id: string; readonly isTouched: number }[] {
    const [validLow, validHigh] = [Math.min(from.validMs, to.validMs), Math.max(from.validMs, to.validMs)];
    const [systemLow, systemHigh] = [Math.min(from.systemMs, to.systemMs), Math.max(from.systemMs, to.systemMs)];
    const between = (column: string): string => `(${column} > ? AND ${column} <= ?)`;
    const edges = (as: string): string =>
      [`${as}.valid_from`, `${as}.valid_to`, `${as}.sys_from`, `${as}.sys_to`].map(between).join(" OR ");
    const bounds = [validLow, validHigh, validLow, validHigh, systemLow, systemHigh, systemLow, systemHigh];
    return database.all(
      `SELECT c.${idColumn} AS id, (${edges("c")}) OR EXISTS (
         SELECT 1 FROM ${table.name}_history AS h
         WHERE h.workspace_id = c.workspace_id AND h.${idColumn} = c.${idColumn} AND (${edges("h")})
       ) AS isTouched
       FROM ${table.name} AS c WHERE c.workspace_id = ? AND c.${idColumn} > ? ORDER BY c.${idColumn} LIMIT ?`,
      ...bounds,
      ...bounds,
      workspaceId,
      afterId,
      maxLookedAt,
    );
  }
}

function saysTheSame(
  table: BeliefTable,
  before: Readonly<Record<string, SqlValue>>,
  after: Readonly<Record<string, SqlValue>>,
): boolean {
  return table.columns.every((column) => before[column] === after[column]);
}

function factOf(row: TaskRelationshipRow): RelationshipFact {
  return {
    id: row.id,
    from: { workspaceId: row.from_workspace_id, taskId: row.from_id },
    kind: row.kind === "relates_to" ? "relates_to" : "blocks",
    to: { workspaceId: row.to_workspace_id, taskId: row.to_id },
  };
}

function writeStart(from: Moment, to: Moment, id: string): string {
  const moments = [from.validMs, from.systemMs, to.validMs, to.systemMs].join(",");
  return Buffer.from(`${moments}~${id}`).toString("base64url");
}

function readStart(
  cursor: string | undefined,
): { readonly from: Moment; readonly to: Moment; readonly id: string } | undefined {
  if (cursor === undefined) return undefined;
  const read = /^(\d{1,16}),(\d{1,16}),(\d{1,16}),(\d{1,16})~(.{1,512})$/s.exec(
    Buffer.from(cursor, "base64url").toString(),
  );
  const [, fromValid, fromSystem, toValid, toSystem, id] = read ?? [];
  if (id === undefined) {
    const message = `cursor got ${JSON.stringify(cursor.slice(0, 80))}. Expected the "next" of a former page of this diff.`;
    throw new StoreError("BAD_CURSOR", message);
  }
  return {
    from: { validMs: Number(fromValid), systemMs: Number(fromSystem) },
    to: { validMs: Number(toValid), systemMs: Number(toSystem) },
    id,
  };
}
