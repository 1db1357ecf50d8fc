import { forever } from "@kingly/store";
import type { Entity, Relation } from "@kingly/store";
import { cutText } from "../../cut-text.ts";
import type { Piece } from "../context.ts";
import type { ContextDeps } from "../context-deps.ts";
import type { Source } from "../source.ts";

const maxText = 400;
// Entities that words may mean, and what is read around them.
const maxNamed = 3;
const maxReached = 30;

/** Reads what the graph knows of one entity itself. */
export function entitySource(entity: Entity): Source {
  return { name: "entity", heading: "What is known", read: () => [entityPiece(entity)] };
}

/** Reads the facts around an entity, or around those that words name, `hops` relations far, in reading threads. */
export function graphSource(
  { store }: ContextDeps,
  workspaceId: string,
  asked: { readonly words: string; readonly entity?: Entity },
  hops: 1 | 2,
): Source {
  return {
    name: "graph",
    heading: "How it hangs together",
    async read() {
      const { entity, words } = asked;
      const found =
        entity === undefined
          ? await store.heavy.entities.search(workspaceId, words.slice(0, 400), { limit: maxNamed, maxObservations: 3 })
          : [entity];
      if (found.length === 0) return [];
      const ids = found.map(({ id }) => id);
      const { entities, relations } = await store.heavy.graph.subgraph(workspaceId, ids, {
        depth: hops,
        limit: maxReached,
      });
      const nameOf = new Map(entities.map(({ id, name }) => [id, name]));
      const own = entity === undefined ? found.map((each) => entityPiece(each)) : [];
      return [...own, ...nearestFirst(relations, ids).map((relation) => factPiece(relation, nameOf))];
    },
  };
}

function nearestFirst(relations: readonly Relation[], ids: readonly string[]): readonly Relation[] {
  const near = new Set(ids);
  const isNear = ({ fromId, toId }: Relation): boolean => near.has(fromId) || near.has(toId);
  return relations.toSorted(
    (a, b) => Number(isNear(b)) - Number(isNear(a)) || b.confidence - a.confidence || (a.id < b.id ? -1 : 1),
  );
}

function entityPiece(entity: Entity): Piece {
  const { id, name, entityType, summary, observations, updatedAtMs } = entity;
  const known = [summary ?? "", ...observations.toReversed().map(({ text }) => text)].filter((text) => text !== "");
  const text = [`${cutText(name, 200)} (${entityType})`, ...known.map((each) => cutText(each, maxText))].join(", ");
  return { kind: "graph", id, atMs: updatedAtMs, text, ...until(entity) };
}

function until({ validToMs }: Pick<Entity, "validToMs">): Pick<Piece, "untilMs"> {
  return validToMs === forever ? {} : { untilMs: validToMs };
}

function factPiece(relation: Relation, nameOf: ReadonlyMap<string, string>): Piece {
  const { id, fromId, relationType, toId, fact, updatedAtMs } = relation;
  const name = (entityId: string): string => nameOf.get(entityId) ?? entityId;
  const words = fact ?? `${name(fromId)} ${relationType.replaceAll("_", " ")} ${name(toId)}`;
  return { kind: "graph", id, atMs: updatedAtMs, text: cutText(words, maxText), ...until(relation) };
}
