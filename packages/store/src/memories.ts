import type { Unit } from "@kingly/sqlite";
import type { AsOf, ReadFrom, Sight } from "./as-of.ts";
import { memoryBeliefs } from "./belief-tables.ts";
import type { Cause } from "./cause.ts";
import type { EventLog } from "./event-log.ts";
import { createForgetMemory } from "./forget-memory.ts";
import { heldOne, heldPage } from "./held.ts";
import type { Validity } from "./interval.ts";
import type { MemoryVectors } from "./hybrid/memory-vectors.ts";
import type { JsonLimits } from "./json.ts";
import { beliefPage, timelinePage } from "./version-page.ts";
import type { VersionOptions } from "./version-page.ts";
import { toMemory, toMemoryVersion } from "./memory.ts";
import type { Memory, MemoryInput, MemoryType, MemoryVersion } from "./memory.ts";
import type { Page, PageOptions } from "./page.ts";
import type { MemoryLimits } from "./memory-limits.ts";
import { retractionOf } from "./memory-retraction.ts";
import { createRemember } from "./remember.ts";
import type { Result } from "./result.ts";
import { retractThing } from "./retract-thing.ts";
import type { MemoryHistoryRow, MemoryRow } from "./store-tables.ts";
import { createSupersede } from "./supersede.ts";

/** Which memories a list holds. */
export interface MemoryListOptions extends PageOptions {
  readonly category?: string;
  readonly memoryType?: MemoryType;
  readonly asOf?: AsOf;
}

/** A layer that a memory is stored in. */
export type MemoryLayer = "local" | "semantic";

/** The memories of all workspaces; every call names its workspace. */
export interface Memories {
  /** Remembers a value as the next version of its key, with `memory_stored`. The same again changes nothing. [S20] [S31]
   *
   * It holds from now on without end, unless the input says otherwise; a working memory ends with its lifetime. [S41] */
  remember(unit: Unit, input: MemoryInput, cause: Cause): Memory;
  /** Remembers, and tells which layers took it: the local one always, the semantic one above `semanticAbove`. [S42] */
  intelligentStore(
    unit: Unit,
    input: MemoryInput,
    cause: Cause,
  ): { readonly memory: Memory; readonly layers: readonly MemoryLayer[] };
  /** Lets a new key take the place of an old one: the old belief ends where the new one begins. [S40] */
  supersede(unit: Unit, oldKey: string, input: MemoryInput, cause: Cause): Result<Memory, "not_found">;
  /** Believes the key no more in the interval (from now on, unless told otherwise), with `memory_retracted`.
   *
   * The history is kept, other than by `forget`. Returns false when nothing was believed there. [S32] */
  retract(unit: Unit, workspaceId: string, key: string, validity: Validity, cause: Cause): boolean;
  /** Takes every value of the key out of memory, history, index and log, with `memory_forgotten`. False when unknown. [S22] */
  forget(unit: Unit, workspaceId: string, key: string, cause: Cause): boolean;
  /** Returns what holds now, or as of a moment. Pass the unit to see its own changes. [S34] */
  recall(workspaceId: string, key: string, from?: ReadFrom): Memory | undefined;
  /** Returns what is believed now about the key at each time, oldest first, up to 1,000 in one call. [S21] [S115] */
  history(workspaceId: string, key: string, options?: VersionOptions): readonly MemoryVersion[];
  /** Returns the beliefs that were ever held of the key, in the order of telling, up to 1,000 in one call. [S39] [S115] */
  beliefs(workspaceId: string, key: string, options?: VersionOptions): readonly MemoryVersion[];
  /** Returns up to `limit` (1 to 200) memories that share words with the text, best first. Never throws for a text. [S25] */
  search(workspaceId: string, text: string, limit?: number, asOf?: AsOf): readonly Memory[];
  /** Returns a page, last changed first. Throws StoreError BAD_CURSOR. [S13] [S35] */
  list(workspaceId: string, options?: MemoryListOptions): Promise<Page<Memory>>;
}

/** What the memories need. */
export type MemoryDeps = Sight & {
  readonly events: EventLog;
  readonly limits: JsonLimits;
  readonly memoryLimits: MemoryLimits;
  readonly vectors: Pick<MemoryVectors, "note" | "forget">;
};

/** Creates the memories over the store's tables; they are searched by `createReadRooms`. */
export function createMemories(deps: MemoryDeps): Omit<Memories, "search"> {
  const remember = createRemember(deps);
  return {
    remember: (unit, input, cause) => remember(unit, input, cause),

    intelligentStore(unit, input, cause) {
      const memory = remember(unit, input, cause);
      return { memory, layers: memory.semantic ? ["local", "semantic"] : ["local"] };
    },

    supersede: createSupersede(deps, remember),

    retract: (unit, workspaceId, key, validity, cause) =>
      retractThing(unit, deps.events, retractionOf(workspaceId, key), validity, cause),

    forget: createForgetMemory(deps),

    recall(workspaceId, key, from) {
      const row = heldOne<MemoryRow>(deps, memoryBeliefs, { workspace_id: workspaceId, key }, from);
      return row === undefined ? undefined : toMemory(row);
    },

    history(workspaceId, key, options = {}) {
      const { reader = deps.database } = options;
      const thing = { workspace_id: workspaceId, key };
      return timelinePage<MemoryHistoryRow>(reader, memoryBeliefs, thing, options).map((row) => toMemoryVersion(row));
    },

    beliefs(workspaceId, key, options = {}) {
      const { reader = deps.database } = options;
      const thing = { workspace_id: workspaceId, key };
      return beliefPage<MemoryHistoryRow>(reader, memoryBeliefs, thing, options).map((row) => toMemoryVersion(row));
    },

    async list(workspaceId, options = {}) {
      const { category, memoryType } = options;
      const where = [
        ...(category === undefined ? [] : [["category", category] as const]),
        ...(memoryType === undefined ? [] : [["memory_type", memoryType] as const]),
      ];
      return heldPage<MemoryRow, Memory>(deps, memoryBeliefs, workspaceId, options, where, toMemory);
    },
  };
}
