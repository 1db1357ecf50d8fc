import type { Unit } from "@kingly/sqlite";
import { atomically } from "../atomically.ts";
import { readBelief, retractBelief } from "../beliefs.ts";
import type { Cause } from "../cause.ts";
import { changeInterval } from "../interval.ts";
import { pageLimit, toPage } from "../page.ts";
import type { Page, PageOptions } from "../page.ts";
import { beliefPage } from "../version-page.ts";
import type { VersionOptions } from "../version-page.ts";
import { checkList } from "./check-graph.ts";
import { eraseRelations } from "./end-entity.ts";
import type { EndTimes } from "./end-entity.ts";
import { relationBeliefs } from "./graph-belief-tables.ts";
import { viewGraph } from "./graph-deps.ts";
import type { GraphDeps, GraphReadOptions } from "./graph-deps.ts";
import { readNewest, viewPage } from "./graph-page.ts";
import type { RelationRow } from "./graph-rows.ts";
import { newestOfEntity } from "./relations-between.ts";
import { toRelation, toRelationVersion } from "./relation.ts";
import type { Relation, RelationInput, RelationVersion } from "./relation.ts";
import { searchGraphTexts } from "./search-graph-texts.ts";
import { stateRelation, tellEnd } from "./state-relation.ts";
import type { StatedRelation } from "./state-relation.ts";
import { typeKey } from "./text-key.ts";

/** Which facts a list holds. */
export interface RelationListOptions extends GraphReadOptions, PageOptions {
  /** Facts from or to this entity. */
  readonly entityId?: string;
  /** Seen from that entity. @default both */
  readonly direction?: "out" | "in" | "both";
  readonly relationTypes?: readonly string[];
}

/** The facts between entities of all workspaces; every call names its workspace. */
export interface Relations {
  /** States a fact. What it contradicts is closed by its time; nothing else is touched. Writes `relation_stated`. [S56] */
  state(unit: Unit, input: RelationInput, cause: Cause): StatedRelation;
  /** Believes a fact no more in the interval (from now on), with `relation_ended`. False when it was not believed. [S61] */
  end(unit: Unit, relation: { readonly workspaceId: string; readonly id: string } & EndTimes, cause: Cause): boolean;
  /** Takes a fact out of the store and its history, with `relation_forgotten`. False when unknown. [S66] */
  forget(unit: Unit, workspaceId: string, id: string, cause: Cause): boolean;
  get(workspaceId: string, id: string, options?: GraphReadOptions): Relation | undefined;
  /** Returns a page, newest first. Throws StoreError BAD_CURSOR. [S13] */
  list(workspaceId: string, options?: RelationListOptions): Page<Relation>;
  /** Returns up to `limit` (1 to 200, default 20) facts that share words with the text, best first. [S64] */
  search(
    workspaceId: string,
    text: string,
    options?: GraphReadOptions & { readonly limit?: number },
  ): readonly Relation[];
  /** Returns every belief that was held of a fact, in the order in which they were told, up to 1,000 in one call. [S55] [S115] */
  history(workspaceId: string, id: string, options?: VersionOptions): readonly RelationVersion[];
}

/** Creates the facts over the store's tables. */
export function createRelations(deps: GraphDeps): Relations {
  const get = (workspaceId: string, id: string, options: GraphReadOptions = {}): Relation | undefined => {
    const view = viewGraph(deps, workspaceId, options);
    const thing = { workspace_id: workspaceId, id };
    const row = readBelief<RelationRow>(view.reader, relationBeliefs, thing, view.moment);
    // A forgotten fact has no ends any more.
    if (row === undefined || row.from_id === null) return undefined;
    return toRelation(row, view.identity, view.moment.systemMs, deps.decay);
  };

  return {
    state: (unit, input, cause) => stateRelation(deps, unit, input, cause),
    end(unit, relation, cause) {
      const { workspaceId, id } = relation;
      const { atMs } = deps.events.nextChange(unit, workspaceId);
      const interval = changeInterval(relation, atMs);
      return atomically(unit, () => {
        const thing = { workspace_id: workspaceId, id };
        if (!retractBelief(unit, relationBeliefs, thing, interval, atMs)) return false;
        tellEnd(deps, unit, { workspaceId, relationId: id, ...interval }, cause);
        return true;
      });
    },
    forget(unit, workspaceId, id, cause) {
      const { atMs } = deps.events.nextChange(unit, workspaceId);
      const known = unit.get("SELECT 1 FROM relations WHERE workspace_id = ? AND id = ?", workspaceId, id);
      if (known === undefined) return false;
      return atomically(unit, () => {
        eraseRelations(unit, workspaceId, [id]);
        const payload = { relation_id: id, at: atMs };
        const event = { eventType: "relation_forgotten", entityType: "relation", entityId: id, payload };
        deps.events.append(unit, workspaceId, event, cause);
        return true;
      });
    },
    get,
    list(workspaceId, options = {}) {
      const limit = pageLimit(options.limit);
      const { view, start, toStart } = viewPage(deps, workspaceId, options);
      const { entityId, direction = "both", relationTypes } = options;
      const types = relationTypes && checkList(relationTypes, "relationTypes").map((type) => typeKey(type));
      const ofTypes = {
        condition: types === undefined ? "TRUE" : "r.type_key IN (SELECT value FROM json_each(?))",
        values: types === undefined ? [] : [JSON.stringify(types)],
      };
      const page = { limit: limit + 1, start };
      const rows =
        entityId === undefined
          ? readNewest<RelationRow>(view, relationBeliefs, page, {
              ...ofTypes,
              condition: `r.from_id IS NOT NULL AND ${ofTypes.condition}`,
            })
          : newestOfEntity(view, entityId, direction, page, ofTypes);
      return toPage(rows, limit, (row) => toRelation(row, view.identity, view.moment.systemMs, deps.decay), toStart);
    },
    search(workspaceId, text, options = {}) {
      const limit = Math.min(Math.max(1, Math.floor(options.limit ?? 20)), 200);
      const found: Relation[] = [];
      for (const { ownerId } of searchGraphTexts(deps, viewGraph(deps, workspaceId, options), text, ["fact"])) {
        const relation = get(workspaceId, ownerId, options);
        if (relation !== undefined) found.push(relation);
        if (found.length === limit) break;
      }
      return found;
    },
    history(workspaceId, id, options = {}) {
      const { reader = deps.database } = options;
      const thing = { workspace_id: workspaceId, id };
      return beliefPage<RelationRow>(reader, relationBeliefs, thing, options, "from_id").map((row) =>
        toRelationVersion(row),
      );
    },
  };
}
