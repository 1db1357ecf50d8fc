import { checkShare, checkText, refused } from "../check-value.ts";
import { canonicalJson } from "../json.ts";
import type { JsonLimits, JsonObject } from "../json.ts";
import type { Provenance } from "./entity.ts";
import { nameKey } from "./name-key.ts";

/** The columns that say who said something. */
export interface WhoColumns {
  readonly utterance_id: string | null;
  readonly speaker: string | null;
}

/** Returns a name of 1 to 1,024 characters that shows something. Throws StoreError INVALID_VALUE, as all of this file. [S65] */
export function checkName(value: string, field: string, maxLength = 1024): string {
  checkText(value, field, 1, maxLength);
  if (nameKey(value) === "") throw refused(field, value, "a name with at least one visible sign");
  return value;
}

/** Returns who said it as columns. */
export function checkProvenance(provenance: Provenance = {}): WhoColumns {
  const { utteranceId, speaker } = provenance;
  return {
    utterance_id: utteranceId === undefined ? null : checkText(utteranceId, "provenance.utteranceId", 1, 128),
    speaker: speaker === undefined ? null : checkText(speaker, "provenance.speaker", 1, 256),
  };
}

/** Returns a list of at most 1,000 items. */
export function checkList<T>(value: readonly T[], field: string): readonly T[] {
  if (Array.isArray(value) && value.length <= 1000) return value;
  throw refused(field, Array.isArray(value) ? `${value.length} items` : value, "a list of at most 1,000 items");
}

/** Returns the shares and the metadata that were given, as columns; what was left out is left out. */
export function checkWeights(
  input: {
    readonly confidence?: number;
    readonly significance?: number;
    readonly strength?: number;
    readonly metadata?: JsonObject;
  },
  limits: JsonLimits,
): Readonly<Record<string, number | string>> {
  const columns: Record<string, number | string> = {};
  for (const field of ["confidence", "significance", "strength"] as const) {
    const value = input[field];
    if (value !== undefined) columns[field] = checkShare(value, field);
  }
  if (input.metadata !== undefined) columns["metadata"] = canonicalJson(input.metadata, "metadata", limits);
  return columns;
}
