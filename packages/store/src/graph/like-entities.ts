import type { Unit } from "@kingly/sqlite";
import type { Reader } from "../reader.ts";
import { compareNames, isTelling, nameForms, numbersOf } from "./compare-names.ts";
import type { Likeness } from "./compare-names.ts";
import type { EntityIdentity } from "./entity-identity.ts";
import type { EntityRow } from "./graph-rows.ts";
import { bandCount, hashText, minHashBands, threeGrams } from "./min-hash.ts";
import { looseNameKey } from "./name-key.ts";
import { typeKey } from "./text-key.ts";

/** An entity that may be the same thing. `type`: the same name with another type. */
export interface MaybeSame {
  readonly id: string;
  readonly name: string;
  readonly entityType: string;
  readonly reason: Likeness | "type";
  /** How much the names share, from 0.9 to 1. */
  readonly similarity: number;
}

const maxCandidates = 64;
const maxTold = 5;

/** Writes the bands by which a name is found when another one is like it: eight of MinHash and one of spelling. [S52] */
export function keepBands(unit: Unit, workspaceId: string, entityId: string, name: string): void {
  unit.run(
    `INSERT OR IGNORE INTO entity_bands (workspace_id, band, hash, entity_id)
     SELECT ?, CAST(key AS INTEGER), value, ? FROM json_each(?)`,
    workspaceId,
    entityId,
    bandsOf(name),
  );
}

/** Returns up to 5 present entities that may be the one of this name, most alike first. At most 64 are compared. [S51] */
export function likeEntities(
  reader: Reader,
  entity: { readonly workspaceId: string; readonly id: string; readonly name: string; readonly entityType: string },
  identity: EntityIdentity,
): readonly MaybeSame[] {
  const { workspaceId, name } = entity;
  const rows = reader.all<EntityRow>(
    `SELECT e.* FROM (
       SELECT b.entity_id FROM json_each(?) AS f CROSS JOIN entity_bands AS b
       WHERE b.workspace_id = ? AND b.band = CAST(f.key AS INTEGER) AND b.hash = f.value LIMIT ?
     ) AS found CROSS JOIN entities AS e ON e.workspace_id = ? AND e.id = found.entity_id
     WHERE e.valid_from < e.valid_to GROUP BY e.id`,
    bandsOf(name),
    workspaceId,
    maxCandidates,
    workspaceId,
  );
  const own = identity.rootOf(entity.id);
  const forms = nameForms(name);
  return rows
    .filter((row) => identity.rootOf(row.id) !== own)
    .flatMap((row): MaybeSame[] => {
      const told = { id: identity.rootOf(row.id), name: row.name, entityType: row.entity_type };
      const isSameType = row.type_key === typeKey(entity.entityType);
      if (!isSameType) return row.name_key === forms.key ? [{ ...told, reason: "type", similarity: 1 }] : [];
      // Most names of one band differ in a number; their forms need not be made.
      if (numbersOf(row.name_key) !== forms.numbers) return [];
      const likeness = compareNames(forms, nameForms(row.name));
      return likeness === undefined ? [] : [{ ...told, ...likeness }];
    })
    .toSorted((left, right) => right.similarity - left.similarity || (left.id < right.id ? -1 : 1))
    .slice(0, maxTold);
}

function bandsOf(name: string): string {
  const loose = looseNameKey(name);
  const bands = isTelling(loose) ? minHashBands(threeGrams(loose)) : [];
  return JSON.stringify(Object.fromEntries([...bands.entries(), [bandCount, hashText(loose)]]));
}
