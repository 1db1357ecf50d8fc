import { pageLimit } from "../page.ts";
import type { PageOptions } from "../page.ts";
import { checkList } from "./check-graph.ts";
import type { Entities } from "./entities.ts";
import type { Entity } from "./entity.ts";
import { readEntity } from "./entity-reads.ts";
import type { GraphView } from "./entity-reads.ts";
import { viewGraph } from "./graph-deps.ts";
import type { GraphReadDeps, GraphReadOptions } from "./graph-deps.ts";
import { readRelationsBetween, readRelationsOf } from "./relations-between.ts";
import type { Relation } from "./relation.ts";
import { walkRelations } from "./walk-relations.ts";
import type { Edge, Walk, WalkOptions } from "./walk-relations.ts";

/** An entity that a walk reached: how far, and over which relation it was reached first. */
export interface Neighbour {
  readonly id: string;
  readonly depth: number;
  readonly edge: Edge;
}

/** The entities around one, nearest first. */
export interface Neighbourhood {
  readonly items: readonly Neighbour[];
  /** False when `limit` or `maxVisited` left some out. */
  readonly complete: boolean;
}

/** A part of the graph. */
export interface Subgraph {
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
  /** False when a bound left some entities or relations out. */
  readonly complete: boolean;
}

/** The whole graph, a page of entities at a time, with the relations that begin at them. */
export interface GraphPage extends Subgraph {
  readonly next: string | null;
}

/** Walks over the graph of a workspace. All reads are bounded and take `asOf`. */
export interface Graph {
  /** Returns the entities within `depth` relations of one, nearest first, then the most certain. [S62] */
  neighbours(workspaceId: string, id: string, options?: WalkOptions & { readonly limit?: number }): Neighbourhood;
  /** Returns the relations of a shortest way from one entity to another, [] from it to itself; undefined when none is found. [S63] */
  path(workspaceId: string, fromId: string, toId: string, options?: WalkOptions): readonly Edge[] | undefined;
  /** Returns the entities within `depth` relations of some (at most 200 of each kind) and the relations between them. [S63] */
  subgraph(workspaceId: string, ids: readonly string[], options?: WalkOptions & { readonly limit?: number }): Subgraph;
  /** Returns these entities (at most 200) and up to 1,000 relations of which at least one end is one of them. [S63] */
  around(workspaceId: string, ids: readonly string[], options?: GraphReadOptions): Subgraph;
  /** Reads the whole graph in pages: entities newest first, and up to 1,000 relations that begin at them. [S63] */
  read(workspaceId: string, options?: GraphReadOptions & PageOptions): GraphPage;
}

const maxRelations = 1000;

/** Creates the walks over the store's tables. */
export function createGraph(deps: GraphReadDeps & { readonly entities: Pick<Entities, "list"> }): Graph {
  return {
    neighbours(workspaceId, id, options = {}) {
      const view = viewGraph(deps, workspaceId, options);
      const limit = Math.min(Math.max(1, Math.floor(options.limit ?? 50)), 1000);
      const walk = walkRelations(deps, view, options);
      const items = spread(walk, [view.identity.rootOf(id)], limit + 1);
      return { items: items.slice(0, limit), complete: walk.isComplete() && items.length <= limit };
    },
    path(workspaceId, fromId, toId, options = {}) {
      const view = viewGraph(deps, workspaceId, options);
      return shortestPath(walkRelations(deps, view, options, 6), view, fromId, toId, options.direction ?? "both");
    },
    subgraph(workspaceId, ids, options = {}) {
      const view = viewGraph(deps, workspaceId, options);
      const limit = pageLimit(options.limit ?? 200);
      const roots = [...new Set(checkList(ids, "ids").map((id) => view.identity.rootOf(id)))].slice(0, limit);
      const walk = walkRelations(deps, view, options);
      const reached = spread(walk, roots, limit + 1 - roots.length).map((one) => one.id);
      const all = [...roots, ...reached].slice(0, limit);
      const { relations, complete } = readRelationsBetween(deps, view, all, all, maxRelations);
      return {
        entities: all.flatMap((id) => readEntity(view, id, 100) ?? []),
        relations,
        complete: complete && walk.isComplete() && roots.length + reached.length <= limit,
      };
    },
    around(workspaceId, ids, options = {}) {
      const view = viewGraph(deps, workspaceId, options);
      const roots = [...new Set(checkList(ids, "ids").map((id) => view.identity.rootOf(id)))];
      const these = roots.slice(0, 200);
      const { relations, complete } = readRelationsOf(deps, view, these, maxRelations);
      const entities = these.flatMap((id) => readEntity(view, id, 100) ?? []);
      return { entities, relations, complete: complete && roots.length <= 200 };
    },
    read(workspaceId, options = {}) {
      const view = viewGraph(deps, workspaceId, options);
      const page = deps.entities.list(workspaceId, options);
      const ids = page.items.map((entity) => entity.id);
      const { relations, complete } = readRelationsBetween(deps, view, ids, undefined, maxRelations);
      return { entities: page.items, relations, next: page.next, complete };
    },
  };
}

/** Goes outward level by level until nothing is new, the depth is reached or there are `limit`. Cycles end by themselves. */
function spread(walk: Walk, rootIds: readonly string[], limit: number): readonly Neighbour[] {
  const seen = new Set(rootIds);
  const reached: Neighbour[] = [];
  let frontier = rootIds;
  for (let depth = 1; depth <= walk.maxDepth && frontier.length > 0 && reached.length < limit; depth += 1) {
    const next: string[] = [];
    for (const { edge, far } of walk.step(frontier)) {
      if (seen.has(far)) continue;
      seen.add(far);
      next.push(far);
      reached.push({ id: far, depth, edge });
    }
    frontier = next;
  }
  return reached.slice(0, Math.max(0, limit));
}

type Direction = "out" | "in" | "both";

/** One end of the search: how it came to each entity, and those that it reached last. */
interface Side {
  readonly ways: Map<string, readonly Edge[]>;
  frontier: readonly string[];
  readonly direction: Direction;
}

/** Searches from both ends, always from the one that has reached fewer, until they meet. */
function shortestPath(
  walk: Walk,
  view: GraphView,
  fromId: string,
  toId: string,
  direction: Direction,
): readonly Edge[] | undefined {
  const from = view.identity.rootOf(fromId);
  const to = view.identity.rootOf(toId);
  if (from === to) return [];
  const back = { out: "in", in: "out", both: "both" } as const;
  const start = (id: string, way: Direction): Side => ({ ways: new Map([[id, []]]), frontier: [id], direction: way });
  const sides = [start(from, direction), start(to, back[direction])] as const;
  for (let depth = 1; depth <= walk.maxDepth; depth += 1) {
    const [near, far] = sides[0].frontier.length <= sides[1].frontier.length ? sides : [sides[1], sides[0]];
    const next: string[] = [];
    for (const step of walk.step(near.frontier, near.direction)) {
      if (near.ways.has(step.far)) continue;
      near.ways.set(step.far, [...(near.ways.get(step.near) ?? []), step.edge]);
      next.push(step.far);
    }
    // Each side has gone whole levels, so what they share first is on a shortest way; of several, the first by id.
    const [met] = next
      .filter((id) => far.ways.has(id))
      .toSorted((left, right) => length(left) - length(right) || (left < right ? -1 : 1));
    if (met !== undefined) return [...(sides[0].ways.get(met) ?? []), ...(sides[1].ways.get(met) ?? []).toReversed()];
    near.frontier = next;
    if (next.length === 0) return undefined;
  }
  return undefined;

  function length(id: string): number {
    return (sides[0].ways.get(id)?.length ?? 0) + (sides[1].ways.get(id)?.length ?? 0);
  }
}
