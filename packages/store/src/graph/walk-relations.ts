import { refused } from "../check-value.ts";
import { checkList } from "./check-graph.ts";
import { decayedConfidence } from "./decayed-confidence.ts";
import type { GraphView } from "./entity-reads.ts";
import { relationBeliefs } from "./graph-belief-tables.ts";
import type { GraphReadDeps, GraphReadOptions } from "./graph-deps.ts";
import type { RelationRow } from "./graph-rows.ts";
import { heldBeliefs } from "./held-beliefs.ts";
import { typeKey } from "./text-key.ts";

/** Which relations a walk follows. */
export interface WalkOptions extends GraphReadOptions {
  /** Relations from one end to the other, 1 to 6. @default 1, for a path 6 */
  readonly depth?: number;
  /** Which way relations are followed. @default both */
  readonly direction?: "out" | "in" | "both";
  /** @default all */
  readonly relationTypes?: readonly string[];
  /** Relations of which less is left, from 0 to 1, are not followed. @default 0 */
  readonly minConfidence?: number;
  /** Relations that are looked at in all, 1 to 100,000; a walk that needs more says so. @default 10000 */
  readonly maxVisited?: number;
}

/** A relation that a walk went over. */
export interface Edge {
  readonly relationId: string;
  readonly fromId: string;
  readonly toId: string;
  readonly relationType: string;
  /** What is left of it at the moment of the walk. */
  readonly confidence: number;
  readonly strength: number;
}

/** Looks at the relations of many entities at once, within the bounds of one walk. */
export interface Walk {
  /** Returns the relations of these entities that may be followed, each with the end where it leads, best first. */
  step(
    ids: readonly string[],
    direction?: "out" | "in" | "both",
  ): readonly { readonly edge: Edge; readonly near: string; readonly far: string }[];
  /** False once there was more to look at than `maxVisited`. */
  isComplete(): boolean;
  readonly maxDepth: number;
}

const columns = ["id", "from_id", "relation_type", "type_key", "to_id", "strength", "confidence", "updated_at"];
const ways = {
  out: heldBeliefs(relationBeliefs, "@.workspace_id = ? AND @.from_id = f.value", { list: true, columns }),
  in: heldBeliefs(relationBeliefs, "@.workspace_id = ? AND @.to_id = f.value", { list: true, columns }),
} as const;

/** Starts a walk. Throws StoreError INVALID_VALUE for an option out of its range. [S62] */
export function walkRelations(deps: GraphReadDeps, view: GraphView, options: WalkOptions, normalDepth = 1): Walk {
  const maxDepth = whole(options.depth, "depth", normalDepth, 6);
  const maxVisited = whole(options.maxVisited, "maxVisited", 10_000, 100_000);
  const { minConfidence = 0, direction: asked = "both" } = options;
  if (!(minConfidence >= 0 && minConfidence <= 1))
    throw refused("minConfidence", minConfidence, "a number from 0 to 1");
  if (!["out", "in", "both"].includes(asked)) throw refused("direction", asked, "out, in or both");
  const types =
    options.relationTypes === undefined
      ? undefined
      : new Set(checkList(options.relationTypes, "relationTypes").map((type) => typeKey(type)));
  const { identity, moment, workspaceId } = view;
  let left = maxVisited;
  let complete = true;

  return {
    maxDepth,
    isComplete: () => complete,
    step(ids, direction = asked) {
      const list = JSON.stringify(ids.flatMap((id) => identity.membersOf(id)));
      const found: { edge: Edge; near: string; far: string }[] = [];
      for (const way of ["out", "in"] as const) {
        if (direction !== "both" && direction !== way) continue;
        const bound = { sql: "LIMIT ?", values: [left + 1] };
        const rows = [...ways[way].read<RelationRow>(view, [list, workspaceId], bound)];
        if (rows.length > left) {
          complete = false;
          rows.pop();
        }
        left -= rows.length;
        for (const row of rows) {
          if (types !== undefined && !types.has(row.type_key)) continue;
          const confidence = decayedConfidence(row.confidence, moment.systemMs - row.updated_at, deps.decay);
          if (confidence < minConfidence) continue;
          const fromId = identity.rootOf(row.from_id);
          const toId = identity.rootOf(row.to_id);
          const edge = {
            relationId: row.id,
            fromId,
            toId,
            relationType: row.relation_type,
            confidence,
            strength: row.strength,
          };
          found.push({ edge, near: way === "out" ? fromId : toId, far: way === "out" ? toId : fromId });
        }
      }
      return found.toSorted(
        (one, other) =>
          other.edge.confidence - one.edge.confidence ||
          compare(one.far, other.far) ||
          compare(one.edge.relationId, other.edge.relationId),
      );
    },
  };
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function whole(value: number | undefined, field: string, normal: number, most: number): number {
  if (value === undefined) return normal;
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw refused(field, value, `a whole number from 1 to ${most}`);
}
