import type { JsonObject } from "../json.ts";
import { decayedConfidence } from "./decayed-confidence.ts";
import type { DecayOptions } from "./decayed-confidence.ts";
import { toSource } from "./entity.ts";
import type { Provenance, Source } from "./entity.ts";
import type { EntityIdentity } from "./entity-identity.ts";
import type { RelationRow } from "./graph-rows.ts";

/** A fact between two entities, as it is believed at one moment. */
export interface Relation {
  readonly workspaceId: string;
  readonly id: string;
  readonly fromId: string;
  readonly relationType: string;
  readonly toId: string;
  /** The fact in words, when it was given. */
  readonly fact: string | null;
  /** From 0 to 1; does not fade. */
  readonly strength: number;
  /** What is left of the stated confidence at the moment of the read. */
  readonly confidence: number;
  readonly statedConfidence: number;
  readonly metadata: JsonObject;
  readonly source: Source;
  readonly version: number;
  readonly createdAtMs: number;
  /** When it was told last: confidence fades from here. */
  readonly updatedAtMs: number;
  readonly validFromMs: number;
  readonly validToMs: number;
}

/** An entity by its id, or by name and type; a name that is not known becomes an entity. */
export type EntityReference = string | { readonly name: string; readonly entityType: string };

/** A fact to state. */
export interface RelationInput {
  readonly workspaceId: string;
  readonly from: EntityReference;
  /** 1 to 128 characters. Case, spaces, hyphens and underscores do not tell types apart. */
  readonly relationType: string;
  readonly to: EntityReference;
  /** The fact in words, 1 to 65,536 characters. Another wording is another fact. */
  readonly fact?: string;
  /** From 0 to 1. @default 1 */
  readonly strength?: number;
  /** From 0 to 1. @default 1 */
  readonly confidence?: number;
  readonly metadata?: JsonObject;
  readonly provenance?: Provenance;
  /** Facts that this one contradicts, beside those that its type says; at most 1,000. */
  readonly contradicts?: readonly string[];
  /** When it begins and ends to be so. @default now, for ever */
  readonly validFromMs?: number;
  readonly validToMs?: number;
}

/** One belief about a fact with the time in which it was held. */
export interface RelationVersion extends Omit<Relation, "confidence"> {
  readonly sysFromMs: number;
  readonly sysToMs: number;
}

/** Makes a fact out of its row, between the entities that stand for its ends, its confidence as of `systemMs`. */
export function toRelation(
  row: RelationRow,
  identity: EntityIdentity,
  systemMs: number,
  decay: DecayOptions,
): Relation {
  return {
    ...plain(row),
    fromId: identity.rootOf(row.from_id),
    toId: identity.rootOf(row.to_id),
    confidence: decayedConfidence(row.confidence, systemMs - row.updated_at, decay),
  };
}

/** Makes a version out of a row of the facts or their history. */
export function toRelationVersion(row: RelationRow): RelationVersion {
  return { ...plain(row), sysFromMs: row.sys_from, sysToMs: row.sys_to };
}

function plain(row: RelationRow): Omit<Relation, "confidence"> {
  return {
    workspaceId: row.workspace_id,
    id: row.id,
    fromId: row.from_id,
    relationType: row.relation_type,
    toId: row.to_id,
    fact: row.fact,
    strength: row.strength,
    statedConfidence: row.confidence,
    metadata: JSON.parse(row.metadata) as JsonObject,
    source: toSource(row),
    version: row.version,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    validFromMs: row.valid_from,
    validToMs: row.valid_to,
  };
}
