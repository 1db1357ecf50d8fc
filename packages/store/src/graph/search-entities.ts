import { nameKey } from "./name-key.ts";
import { entityIdsByName, isObserved, readEntity } from "./entity-reads.ts";
import type { GraphView } from "./entity-reads.ts";
import type { Entity } from "./entity.ts";
import type { GraphReadDeps } from "./graph-deps.ts";
import { searchGraphTexts } from "./search-graph-texts.ts";
import type { FoundText } from "./search-graph-texts.ts";
import { textKey, typeKey } from "./text-key.ts";

/** Finds entities by the words of their names, summaries and observations, as believed at the view's moment. [S64]
 *
 * A text that was found counts only when it is believed then; many texts of one entity count together. */
export function searchEntities(
  deps: GraphReadDeps,
  view: GraphView,
  text: string,
  options: {
    readonly limit: number;
    readonly maxObservations: number;
    readonly typeKeys: readonly string[] | undefined;
  },
): readonly Entity[] {
  const scores = new Map<string, { score: number; readonly texts: FoundText[] }>();
  for (const found of searchGraphTexts(deps, view, text, ["name", "summary", "observation"])) {
    const id = view.identity.rootOf(found.ownerId);
    const one = scores.get(id) ?? { score: 0, texts: [] };
    one.score += found.score;
    one.texts.push(found);
    scores.set(id, one);
  }
  const best = [...scores].toSorted(
    ([leftId, left], [rightId, right]) => right.score - left.score || (leftId < rightId ? -1 : 1),
  );
  const entities: Entity[] = [];
  for (const [id, { texts }] of best) {
    if (entities.length === options.limit) break;
    const entity = readEntity(view, id, options.maxObservations);
    if (entity === undefined || options.typeKeys?.includes(typeKey(entity.entityType)) === false) continue;
    if (texts.some((found) => isBelieved(view, entity, found))) entities.push(entity);
  }
  return entities;
}

function isBelieved(view: GraphView, entity: Entity, found: FoundText): boolean {
  if (found.part === "name") return entityIdsByName(view, nameKey(found.text)).includes(entity.id);
  const key = textKey(found.text);
  if (found.part === "summary") return entity.summary !== null && textKey(entity.summary) === key;
  return view.identity.membersOf(entity.id).some((id) => isObserved(view, id, key));
}
