import type { Validity } from "./interval.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { MemoryHistoryRow, MemoryRow } from "./store-tables.ts";

/** What kind of knowledge a memory is. Working memory is little and short: it has a limit and a lifetime. [S41] */
export type MemoryType = "semantic" | "episodic" | "procedural" | "working";

/** What is remembered under a key. */
export interface Memory {
  readonly workspaceId: string;
  readonly key: string;
  readonly value: JsonValue;
  readonly category: string;
  readonly memoryType: MemoryType;
  /** How much it matters, from 0 to 1. */
  readonly significance: number;
  /** How sure it is, from 0 to 1. */
  readonly confidence: number;
  /** True when it is significant enough for the layers that look at meaning. [S42] */
  readonly semantic: boolean;
  readonly metadata: JsonObject;
  /** 1, 2, ...: one more with every telling, also after the key was forgotten. */
  readonly version: number;
  readonly provenance: MemoryProvenance;
  /** The key whose place this one took, and the key that took this one's place. [S40] */
  readonly supersedes: string | null;
  readonly supersededBy: string | null;
  /** When the key was first remembered, and when this version was. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** When it is true in the world: half-open, `forever` while it has no end. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

/** Where a version came from: who said it, in which utterance of which conversation, and the event that stored it. */
export interface MemoryProvenance {
  readonly speaker: string | null;
  readonly utteranceId: string | null;
  readonly threadId: string | null;
  readonly eventSeq: number;
}

/** One belief about a memory with both intervals, half-open; `forever` while they are open. */
export interface MemoryVersion extends Memory {
  /** From when on it was believed, and until when. */
  readonly sysFromMs: number;
  readonly sysToMs: number;
  /** True when the value was forgotten; it then reads null. */
  readonly forgotten: boolean;
}

/** What to remember. Of category, type, significance, confidence and metadata, what is left out keeps what the key had. */
export interface MemoryInput extends Validity {
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
  /** 0 to 1. @default 1 */
  readonly confidence?: number;
  /** @default {} */
  readonly metadata?: JsonObject;
  /** Who said it, 1 to 256 characters. */
  readonly speaker?: string;
  /** The utterance in which it was said, 1 to 128 characters. */
  readonly utteranceId?: string;
  /** The conversation to which it belongs, 1 to 128 characters. */
  readonly threadId?: string;
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
    confidence: row.confidence,
    semantic: row.semantic === 1,
    metadata: JSON.parse(row.metadata) as JsonObject,
    version: row.version,
    provenance: {
      speaker: row.speaker,
      utteranceId: row.utterance_id,
      threadId: row.thread_id,
      eventSeq: row.event_seq,
    },
    supersedes: row.supersedes,
    supersededBy: row.superseded_by,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    validFromMs: row.valid_from,
    validToMs: row.valid_to,
  };
}

/** Makes a version out of a current or a history row. */
export function toMemoryVersion(row: MemoryRow | MemoryHistoryRow): MemoryVersion {
  return { ...toMemory(row), sysFromMs: row.sys_from, sysToMs: row.sys_to, forgotten: row.value === null };
}
