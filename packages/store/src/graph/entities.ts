import type { Unit } from "@kingly/sqlite";
import { atomically } from "../atomically.ts";
import { retractBelief } from "../beliefs.ts";
import type { Cause } from "../cause.ts";
import { changeInterval } from "../interval.ts";
import type { Page, PageOptions } from "../page.ts";
import type { VersionOptions } from "../version-page.ts";
import { checkList } from "./check-graph.ts";
import { describeEntity, findObservation } from "./describe-entity.ts";
import { forgetEntity, retractEntity } from "./end-entity.ts";
import type { EndTimes } from "./end-entity.ts";
import type { Entity, EntityInput, EntityVersion } from "./entity.ts";
import { readEntity } from "./entity-reads.ts";
import { observationBeliefs } from "./graph-belief-tables.ts";
import { viewGraph } from "./graph-deps.ts";
import type { GraphDeps, GraphReadOptions } from "./graph-deps.ts";
import { likeEntities } from "./like-entities.ts";
import type { MaybeSame } from "./like-entities.ts";
import { mergeEntities, separateEntities } from "./merge-entities.ts";
import { createEntityReads } from "./read-entities.ts";
import { textKey } from "./text-key.ts";

/** An entity as it was described, and what that did. */
export interface DescribedEntity {
  readonly entity: Entity;
  /** True when nothing of this name and type was known. */
  readonly isNew: boolean;
  /** The observations that were news. */
  readonly added: readonly string[];
  /** Entities that may be the same: asked for a new name only, at most 5, never merged by themselves. */
  readonly maybeSameAs: readonly MaybeSame[];
}

/** How entities are read. */
export interface EntityReadOptions extends GraphReadOptions {
  /** The newest observations of each entity, 0 to 1,000. @default 100 */
  readonly maxObservations?: number;
}

/** Which entities a list holds. */
export interface EntityListOptions extends EntityReadOptions, PageOptions {
  readonly entityTypes?: readonly string[];
}

/** The entities of all workspaces; every call names its workspace. */
export interface Entities {
  /** Says something of an entity, which is made when its name and type are new. Writes `entity_described` when it is news. [S54] */
  describe(unit: Unit, input: EntityInput, cause: Cause): DescribedEntity;
  get(workspaceId: string, id: string, options?: EntityReadOptions): Entity | undefined;
  /** Returns the entities of these names, at most 200 names, each once, in the order of the names. */
  open(workspaceId: string, names: readonly string[], options?: EntityReadOptions): readonly Entity[];
  /** Returns up to `limit` (1 to 200, default 20) entities by words of name, summary and observations, best first. [S64] */
  search(
    workspaceId: string,
    text: string,
    options?: EntityReadOptions & { readonly limit?: number; readonly entityTypes?: readonly string[] },
  ): readonly Entity[];
  /** Returns a page, newest first. Throws StoreError BAD_CURSOR. [S13] */
  list(workspaceId: string, options?: EntityListOptions): Page<Entity>;
  /** Returns every belief that was held of an entity, in the order in which they were told, up to 1,000 in one call. [S55] [S115] */
  history(workspaceId: string, id: string, options?: VersionOptions): readonly EntityVersion[];
  /** Believes these observations no more in the interval (from now on), with `observations_ended`. Returns how many. [S61] */
  removeObservations(
    unit: Unit,
    from: { readonly workspaceId: string; readonly id: string; readonly texts: readonly string[] } & EndTimes,
    cause: Cause,
  ): number;
  /** Believes the entity, its observations and its relations no more in the interval (from now on). [S61] */
  retract(unit: Unit, entity: { readonly workspaceId: string; readonly id: string } & EndTimes, cause: Cause): boolean;
  /** Takes an entity out of the store with all that was said of it. False when unknown. [S66] */
  forget(unit: Unit, workspaceId: string, id: string, cause: Cause): boolean;
  /** Says that two entities are one: reads of either then show both together as `intoId`. [S53] */
  merge(
    unit: Unit,
    merge: { readonly workspaceId: string; readonly aliasId: string; readonly intoId: string },
    cause: Cause,
  ): boolean;
  /** Takes a merge back. [S53] */
  separate(unit: Unit, workspaceId: string, aliasId: string, cause: Cause): boolean;
}

/** Creates the entities over the store's tables. */
export function createEntities(deps: GraphDeps): Entities {
  return {
    describe(unit, input, cause) {
      const { id, isNew, isRenamed, added } = describeEntity(deps, unit, input, cause);
      // What begins later or is over already is read at its own time, and after the change itself.
      const { atMs } = deps.events.nextChange(unit, input.workspaceId);
      const asOf = { validMs: input.validFromMs ?? atMs, systemMs: atMs };
      const view = viewGraph(deps, input.workspaceId, { reader: unit, asOf });
      const entity = readEntity(view, id, 100) as Entity;
      const maybeSameAs = isNew || isRenamed ? likeEntities(unit, { ...entity, id }, view.identity) : [];
      return { entity, isNew, added, maybeSameAs };
    },
    ...createEntityReads(deps),
    removeObservations(unit, from, cause) {
      const { workspaceId } = from;
      const { atMs } = deps.events.nextChange(unit, workspaceId);
      const interval = changeInterval(from, atMs);
      const { identity } = viewGraph(deps, workspaceId, { reader: unit, asOf: { systemMs: atMs } });
      const rootId = identity.rootOf(from.id);
      const keys = checkList(from.texts, "texts").map((text) => textKey(text));
      return atomically(unit, () => {
        const rows = identity
          .membersOf(rootId)
          .flatMap((id) => keys.flatMap((key) => findObservation(unit, workspaceId, id, key) ?? []));
        const ended = rows.filter(({ id }) =>
          retractBelief(unit, observationBeliefs, { workspace_id: workspaceId, id }, interval, atMs),
        ).length;
        if (ended === 0) return 0;
        const payload = { entity_id: rootId, observations: ended, at: atMs };
        const event = { eventType: "observations_ended", entityType: "entity", entityId: rootId, payload };
        deps.events.append(unit, workspaceId, event, cause);
        return ended;
      });
    },
    retract: (unit, entity, cause) => retractEntity(deps, unit, entity, cause),
    forget: (unit, workspaceId, id, cause) => forgetEntity(deps, unit, workspaceId, id, cause),
    merge: (unit, merge, cause) => mergeEntities(deps, unit, merge, cause),
    separate: (unit, workspaceId, aliasId, cause) => separateEntities(deps, unit, workspaceId, aliasId, cause),
  };
}
