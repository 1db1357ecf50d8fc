import type { Database, Unit } from "@kingly/sqlite";
import { sql } from "kysely";
import { atomically } from "./atomically.ts";
import { memoryBeliefs } from "./belief-tables.ts";
import { assertBelief, beliefsOf, lastVersion, retractBelief } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkShare, checkText, refused } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { always } from "./interval.ts";
import { canonicalJson, jsonToText } from "./json.ts";
import type { JsonLimits } from "./json.ts";
import { timeline, toMemory } from "./memory.ts";
import type { Memory, MemoryInput, MemoryType, MemoryVersion } from "./memory.ts";
import { pageLimit, readCursor, toPage } from "./page.ts";
import type { Page, PageOptions } from "./page.ts";
import type { RankedSearch } from "./ranked-search.ts";
import type { Reader } from "./reader.ts";
import type { MemoryHistoryRow, MemoryRow, StoreTables } from "./store-tables.ts";

/** Which memories a list holds. */
export interface MemoryListOptions extends PageOptions {
  readonly category?: string;
  readonly memoryType?: MemoryType;
}

/** The memories of all workspaces; every call names its workspace. */
export interface Memories {
  /** Remembers a value as the next version of its key, with `memory_stored`. The same again changes nothing. [S20] */
  remember(unit: Unit, input: MemoryInput, cause: Cause): Memory;
  /** Returns the current version. Pass the unit to see its own changes. */
  recall(workspaceId: string, key: string, reader?: Reader): Memory | undefined;
  /** Takes every value of the key out of memory, history, index and log, with `memory_forgotten`. False when unknown. [S22] */
  forget(unit: Unit, workspaceId: string, key: string, cause: Cause): boolean;
  /** Returns what is believed now about the key at each time, one entry per version, oldest first. [S21] */
  history(workspaceId: string, key: string, reader?: Reader): readonly MemoryVersion[];
  /** Returns up to `limit` (1 to 200) memories that share words with the text, best first. Never throws for a text. [S25] */
  search(workspaceId: string, text: string, limit?: number): readonly Memory[];
  /** Returns a page, last changed first. Throws StoreError BAD_CURSOR. [S13] */
  list(workspaceId: string, options?: MemoryListOptions): Promise<Page<Memory>>;
}

const memoryTypes: readonly string[] = ["semantic", "episodic", "procedural", "working"];

/** Creates the memories over the store's tables. */
export function createMemories(deps: {
  readonly database: Database;
  readonly events: EventLog;
  readonly search: RankedSearch;
  readonly limits: JsonLimits;
}): Memories {
  const { database, events, limits } = deps;
  const read = (reader: Reader, workspaceId: string, key: string): MemoryRow | undefined =>
    reader.get<MemoryRow>("SELECT * FROM memory WHERE workspace_id = ? AND key = ?", workspaceId, key);

  const toColumns = (input: MemoryInput): Partial<MemoryRow> => {
    if (input.memoryType !== undefined && !memoryTypes.includes(input.memoryType)) {
      throw refused("memoryType", input.memoryType, `one of ${memoryTypes.join(", ")}`);
    }
    return {
      value: canonicalJson(input.value, "value", limits),
      ...(input.category === undefined ? {} : { category: checkText(input.category, "category", 1, 64) }),
      ...(input.memoryType === undefined ? {} : { memory_type: input.memoryType }),
      ...(input.significance === undefined ? {} : { significance: checkShare(input.significance, "significance") }),
      ...(input.metadata === undefined ? {} : { metadata: canonicalJson(input.metadata, "metadata", limits) }),
    };
  };
  const isSame = (row: MemoryRow, columns: Partial<MemoryRow>): boolean => {
    const before: Readonly<Record<string, unknown>> = { ...row };
    return Object.entries(columns).every(([column, value]) => before[column] === value);
  };

  return {
    remember(unit, input, cause) {
      const { workspaceId } = input;
      const key = checkText(input.key, "key", 1, 256);
      const utteranceId = input.provenance?.utteranceId;
      if (utteranceId !== undefined) checkText(utteranceId, "provenance.utteranceId", 1, 128);
      const columns = toColumns(input);
      const present = read(unit, workspaceId, key);
      if (present !== undefined && isSame(present, columns)) return toMemory(present);
      return atomically(unit, () => {
        const type = columns.memory_type ?? present?.memory_type ?? "semantic";
        const change = events.nextChange(unit, workspaceId);
        const payload = { key, value: input.value, type, at: change.atMs };
        const event = { eventType: "memory_stored", entityType: "memory", entityId: key, payload };
        const { seq, atMs } = events.append(unit, workspaceId, event, cause);
        const thing = { workspace_id: workspaceId, key };
        const former = unit.get<{ first: number | null }>(
          "SELECT min(created_at) AS first FROM memory_history WHERE workspace_id = ? AND key = ?",
          workspaceId,
          key,
        );
        const told = {
          ...(present ?? { id: change.rowId, created_at: former?.first ?? atMs }),
          ...columns,
          value_text: jsonToText(input.value),
          utterance_id: utteranceId ?? null,
          event_seq: seq,
          version: lastVersion(unit, memoryBeliefs, thing) + 1,
          updated_at: atMs,
        };
        assertBelief(unit, memoryBeliefs, thing, told, { fromMs: atMs, toMs: forever }, atMs);
        return toMemory(read(unit, workspaceId, key) as MemoryRow);
      });
    },

    recall(workspaceId, key, reader = database) {
      const row = read(reader, workspaceId, key);
      return row === undefined ? undefined : toMemory(row);
    },

    forget(unit, workspaceId, key, cause) {
      const present = read(unit, workspaceId, key);
      if (present === undefined) return false;
      return atomically(unit, () => {
        const { atMs: at } = events.nextChange(unit, workspaceId);
        retractBelief(unit, memoryBeliefs, { workspace_id: workspaceId, key }, always, at);
        unit.run("DELETE FROM memory WHERE id = ?", present.id);
        unit.run(
          "UPDATE memory_history SET value = NULL, value_text = NULL, metadata = '{}' WHERE workspace_id = ? AND key = ?",
          workspaceId,
          key,
        );
        unit.run(
          `UPDATE events SET payload = json_set(payload, '$.value', NULL, '$.forgotten', json('true'))
           WHERE workspace_id = ? AND entity_type = 'memory' AND entity_id = ? AND event_type = 'memory_stored'`,
          workspaceId,
          key,
        );
        const event = { eventType: "memory_forgotten", entityType: "memory", entityId: key, payload: { key, at } };
        events.append(unit, workspaceId, event, cause);
        return true;
      });
    },

    history(workspaceId, key, reader = database) {
      return timeline(beliefsOf<MemoryHistoryRow>(reader, memoryBeliefs, { workspace_id: workspaceId, key }));
    },

    search: (workspaceId, text, limit = 20) =>
      deps.search<MemoryRow>("memory", workspaceId, text, limit).map((row) => toMemory(row)),

    async list(workspaceId, options = {}) {
      const limit = pageLimit(options.limit);
      const start = readCursor(options.cursor);
      let query = database
        .kysely<StoreTables>()
        .selectFrom("memory")
        .selectAll()
        .where("workspace_id", "=", workspaceId)
        .orderBy("updated_at", "desc")
        .orderBy("key", "desc")
        .limit(limit + 1);
      if (start !== undefined) query = query.where(sql<boolean>`(updated_at, key) < (${start.atMs}, ${start.id})`);
      if (options.category !== undefined) query = query.where("category", "=", options.category);
      if (options.memoryType !== undefined) query = query.where("memory_type", "=", options.memoryType);
      return toPage(await query.execute(), limit, toMemory, (row) => ({ atMs: row.updated_at, id: row.key }));
    },
  };
}
