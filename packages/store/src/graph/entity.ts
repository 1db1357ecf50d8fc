import type { JsonObject } from "../json.ts";
import type { EntityRow, ObservationRow } from "./graph-rows.ts";

/** Who said something, and in which utterance. */
export interface Provenance {
  /** 1 to 128 characters. */
  readonly utteranceId?: string;
  /** 1 to 256 characters. */
  readonly speaker?: string;
}

/** Where something came from: with the event that wrote it. */
export interface Source {
  readonly utteranceId: string | null;
  readonly speaker: string | null;
  readonly eventSeq: number;
}

/** One thing that was observed of an entity. */
export interface Observation {
  readonly id: string;
  /** The entity of which it was said; also when that was merged into another one. */
  readonly entityId: string;
  readonly text: string;
  readonly source: Source;
  readonly validFromMs: number;
  readonly validToMs: number;
}

/** A person, place or thing of the graph, as it is believed at one moment. */
export interface Entity {
  readonly workspaceId: string;
  readonly id: string;
  readonly name: string;
  readonly entityType: string;
  /** What was observed, oldest first; also of the entities that were merged into this one. */
  readonly observations: readonly Observation[];
  readonly summary: string | null;
  readonly metadata: JsonObject;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly significance: number;
  readonly source: Source;
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly validFromMs: number;
  readonly validToMs: number;
}

/** What is said of an entity. A field that is left out keeps its value. */
export interface EntityInput {
  readonly workspaceId: string;
  /** Names the entity to change. Left out: the one of this name and type, or a new one. */
  readonly id?: string;
  /** 1 to 1,024 characters. */
  readonly name: string;
  /** 1 to 128 characters. Case, spaces, hyphens and underscores do not tell types apart. */
  readonly entityType: string;
  /** Texts of 1 to 65,536 characters, at most 1,000; those that are known already are no news. */
  readonly observations?: readonly string[];
  /** Up to 65,536 characters; null takes it away. */
  readonly summary?: string | null;
  readonly metadata?: JsonObject;
  /** From 0 to 1. @default 1 */
  readonly confidence?: number;
  /** From 0 to 1. @default 0.5 */
  readonly significance?: number;
  readonly provenance?: Provenance;
  /** When it begins and ends to be so. @default now, for ever */
  readonly validFromMs?: number;
  readonly validToMs?: number;
}

/** One version of an entity with the time in which it was believed. Observations are not versions of it. */
export interface EntityVersion extends Omit<Entity, "observations"> {
  readonly sysFromMs: number;
  readonly sysToMs: number;
}

/** Makes an entity out of its row and those of its observations. */
export function toEntity(row: EntityRow, observations: readonly ObservationRow[]): Entity {
  return { ...withoutObservations(row), observations: observations.map((one) => toObservation(one)) };
}

/** Makes a version out of a row of the entities or their history. */
export function toEntityVersion(row: EntityRow): EntityVersion {
  return { ...withoutObservations(row), sysFromMs: row.sys_from, sysToMs: row.sys_to };
}

/** Makes the source of a row. */
export function toSource(row: Pick<EntityRow, "utterance_id" | "speaker" | "event_seq">): Source {
  return { utteranceId: row.utterance_id, speaker: row.speaker, eventSeq: row.event_seq };
}

/** Makes an observation out of its row. */
export function toObservation(row: ObservationRow): Observation {
  return {
    id: row.id,
    entityId: row.entity_id,
    text: row.text,
    source: toSource(row),
    validFromMs: row.valid_from,
    validToMs: row.valid_to,
  };
}

function withoutObservations(row: EntityRow): Omit<Entity, "observations"> {
  return {
    workspaceId: row.workspace_id,
    id: row.id,
    name: row.name,
    entityType: row.entity_type,
    summary: row.summary,
    metadata: JSON.parse(row.metadata) as JsonObject,
    confidence: row.confidence,
    significance: row.significance,
    source: toSource(row),
    version: row.version,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    validFromMs: row.valid_from,
    validToMs: row.valid_to,
  };
}
