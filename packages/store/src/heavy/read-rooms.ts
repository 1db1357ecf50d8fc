import type { Clock } from "@kingly/runtime";
import { memoryBeliefs, taskBeliefs } from "../belief-tables.ts";
import { createDiff } from "../diff.ts";
import type { Diff } from "../diff.ts";
import type { DecayOptions } from "../graph/decayed-confidence.ts";
import type { Entities } from "../graph/entities.ts";
import { createGraph } from "../graph/graph.ts";
import type { Graph } from "../graph/graph.ts";
import { createEntityReads } from "../graph/read-entities.ts";
import { createGraphArm } from "../hybrid/graph-names.ts";
import { createHybridSearch } from "../hybrid/hybrid.ts";
import type { HybridSearch, HybridSearchDeps } from "../hybrid/hybrid.ts";
import type { Memories } from "../memories.ts";
import { toMemory } from "../memory.ts";
import { createRankedSearch } from "../ranked-search.ts";
import type { Reader } from "../reader.ts";
import type { MemoryRow, TaskRow } from "../store-tables.ts";
import { toTask } from "../task.ts";
import type { Tasks } from "../tasks.ts";

/** How reads are bounded; plain values, so that a thread can be told. */
export interface ReadSettings {
  readonly maxCandidates: number;
  readonly maxRead: number;
  readonly decay: DecayOptions;
}

/** The reads that may be heavy, over any reader. */
export interface ReadRooms {
  readonly memory: Pick<Memories, "search"> & Pick<HybridSearch, "hybrid">;
  readonly tasks: Pick<Tasks, "search">;
  readonly entities: Pick<Entities, "search">;
  readonly graph: Graph;
  readonly diff: Diff;
}

/** Creates the heavy reads: the store's own, and those of a reading thread. [S107] */
export function createReadRooms(
  deps: { readonly database: Reader; readonly clock: Clock } & Pick<HybridSearchDeps, "near" | "ask" | "giveWay">,
  settings: ReadSettings,
): ReadRooms {
  const { maxCandidates, maxRead } = settings;
  const search = createRankedSearch({ ...deps, maxCandidates });
  const graphDeps = { ...deps, maxCandidates, decay: settings.decay };
  const entities = createEntityReads(graphDeps);
  const graph = createGraph({ ...graphDeps, entities });
  return {
    memory: {
      ...createHybridSearch({ ...deps, graph: createGraphArm({ entities, graph }), maxHits: maxCandidates, maxRead }),
      search: (workspaceId, text, limit = 20, asOf) =>
        search<MemoryRow>(memoryBeliefs, workspaceId, text, limit, asOf).map((row) => toMemory(row)),
    },
    tasks: {
      search: (workspaceId, text, limit = 20, asOf) =>
        search<TaskRow>(taskBeliefs, workspaceId, text, limit, asOf).map((row) => toTask(row)),
    },
    entities,
    graph,
    diff: createDiff(deps),
  };
}
