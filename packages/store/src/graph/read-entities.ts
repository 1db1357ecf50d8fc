import { beliefPage } from "../version-page.ts";
import { pageLimit, toPage } from "../page.ts";
import { checkList } from "./check-graph.ts";
import type { Entities, EntityReadOptions } from "./entities.ts";
import { toEntityVersion } from "./entity.ts";
import type { Entity } from "./entity.ts";
import { entityIdsByNames, readEntity } from "./entity-reads.ts";
import { entityBeliefs } from "./graph-belief-tables.ts";
import { viewGraph } from "./graph-deps.ts";
import type { GraphReadDeps } from "./graph-deps.ts";
import { readNewest, viewPage } from "./graph-page.ts";
import type { EntityRow } from "./graph-rows.ts";
import { nameKey } from "./name-key.ts";
import { searchEntities } from "./search-entities.ts";
import { typeKey } from "./text-key.ts";

/** Creates the reads of entities: all that a reading thread needs of them. */
export function createEntityReads(deps: GraphReadDeps): Pick<Entities, "get" | "open" | "search" | "list" | "history"> {
  const get = (workspaceId: string, id: string, options: EntityReadOptions = {}): Entity | undefined =>
    readEntity(viewGraph(deps, workspaceId, options), id, observationLimit(options));

  return {
    get,
    open(workspaceId, names, options = {}) {
      const view = viewGraph(deps, workspaceId, options);
      const keys = checkList(names, "names")
        .slice(0, 200)
        .map((name) => nameKey(name));
      return entityIdsByNames(view, keys).flatMap((id) => readEntity(view, id, observationLimit(options)) ?? []);
    },
    search(workspaceId, text, options = {}) {
      return searchEntities(deps, viewGraph(deps, workspaceId, options), text, {
        limit: Math.min(Math.max(1, Math.floor(options.limit ?? 20)), 200),
        maxObservations: observationLimit(options),
        typeKeys: options.entityTypes?.map((type) => typeKey(type)),
      });
    },
    list(workspaceId, options = {}) {
      const limit = pageLimit(options.limit);
      const { view, start, toStart } = viewPage(deps, workspaceId, options);
      const { systemMs } = view.moment;
      const types = options.entityTypes?.map((type) => typeKey(type));
      const rows = readNewest<EntityRow>(
        view,
        entityBeliefs,
        { limit: limit + 1, start },
        {
          condition: `r.name IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entity_aliases AS a WHERE a.workspace_id = ?
            AND a.alias_id = r.id AND a.sys_from <= ? AND a.sys_to > ?)
            ${types === undefined ? "" : "AND r.type_key IN (SELECT value FROM json_each(?))"}`,
          values: [workspaceId, systemMs, systemMs, ...(types === undefined ? [] : [JSON.stringify(types)])],
        },
      );
      const page = toPage(rows, limit, ({ id }) => id, toStart);
      const items = page.items.flatMap((id) => readEntity(view, id, observationLimit(options)) ?? []);
      return { items, next: page.next };
    },
    history(workspaceId, id, options = {}) {
      const { reader = deps.database } = options;
      const thing = { workspace_id: workspaceId, id };
      return beliefPage<EntityRow>(reader, entityBeliefs, thing, options, "name").map((row) => toEntityVersion(row));
    },
  };
}

function observationLimit(options: EntityReadOptions): number {
  return Math.min(Math.max(0, Math.floor(options.maxObservations ?? 100)), 1000);
}
