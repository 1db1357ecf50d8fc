import { forever } from "./forever.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { MemoryHistoryRow, MemoryRow } from "./store-tables.ts";

/** What kind of knowledge a memory is. */
export type MemoryType = "semantic" | "episodic" | "procedural" | "working";

/** What is remembered under a key. */
export interface Memory {
  readonly workspaceId: string;
  readonly key: string;
  readonly value: JsonValue;
  readonly category: string;
  readonly memoryType: MemoryType;
  /** From 0 to 1. */
  readonly significance: number;
  readonly metadata: JsonObject;
  /** 1, 2, ...: one more with every change, also after the key was forgotten. */
  readonly version: number;
  /** Where it came from: the utterance, and the event that stored it. */
  readonly provenance: { readonly utteranceId: string | null; readonly eventSeq: number };
  /** When the key was first remembered, and when this version was. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** One version of a memory with its intervals, half-open; `forever` while they are open. */
export interface MemoryVersion extends Memory {
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly sysFromMs: number;
  readonly sysToMs: number;
  /** True when the value was forgotten; it then reads null. */
  readonly forgotten: boolean;
}

/** What to remember. A field that is left out keeps what the key had. */
export interface MemoryInput {
  readonly workspaceId: string;
  /** 1 to 256 characters. */
  readonly key: string;
  /** Any JSON value up to `maxJsonBytes`. */
  readonly value: JsonValue;
  /** 1 to 64 characters. @default "general" */
  readonly category?: string;
  /** @default "semantic" */
  readonly memoryType?: MemoryType;
  /** 0 to 1. @default 0.5 */
  readonly significance?: number;
  /** @default {} */
  readonly metadata?: JsonObject;
  /** The utterance in which it was said, when there was one. */
  readonly provenance?: { readonly utteranceId?: string };
}

/** Makes a memory out of its row. */
export function toMemory(row: MemoryRow | MemoryHistoryRow): Memory {
  return {
    workspaceId: row.workspace_id,
    key: row.key,
    value: row.value === null ? null : (JSON.parse(row.value) as JsonValue),
    category: row.category,
    memoryType: row.memory_type as MemoryType,
    significance: row.significance,
    metadata: JSON.parse(row.metadata) as JsonObject,
    version: row.version,
    provenance: { utteranceId: row.utterance_id, eventSeq: row.event_seq },
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

/** Makes a version out of a current or a history row. */
export function toMemoryVersion(row: MemoryRow | MemoryHistoryRow): MemoryVersion {
  return {
    ...toMemory(row),
    validFromMs: row.valid_from,
    validToMs: row.valid_to,
    sysFromMs: row.sys_from,
    sysToMs: row.sys_to,
    forgotten: row.value === null,
  };
}

/** Makes the timeline of a key out of all its beliefs: what is believed now at each time, oldest first. [S21]
 *
 * A version that was replaced within its own millisecond, or was forgotten, stands there too, with its last interval. */
export function timeline(beliefs: readonly MemoryHistoryRow[]): readonly MemoryVersion[] {
  const open = beliefs.filter((row) => row.sys_to === forever);
  const told = new Set(open.map(({ version }) => version));
  const gone = new Map<number, MemoryHistoryRow>();
  for (const row of beliefs) {
    if (told.has(row.version) || !(row.value === null || row.sys_from === row.sys_to)) continue;
    const known = gone.get(row.version);
    if (known === undefined || known.sys_to <= row.sys_to) gone.set(row.version, row);
  }
  return [...open, ...gone.values()]
    .toSorted((left, right) => left.valid_from - right.valid_from || left.version - right.version)
    .map((row) => toMemoryVersion(row));
}
