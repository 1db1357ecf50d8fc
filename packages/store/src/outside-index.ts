import type { Unit } from "@kingly/sqlite";
import { keepText } from "./graph/graph-texts.ts";
import { keepBands } from "./graph/like-entities.ts";
import { nameKey } from "./graph/name-key.ts";
import { textKey, typeKey } from "./graph/text-key.ts";
import { localEmbedder } from "./hybrid/local-embedder.ts";
import { textToEmbed, writeVector } from "./hybrid/write-vector.ts";

/** Makes what this package keeps beside a row and no trigger can make, for a row that another program wrote: the local
 * vectors of a memory, the keys, words and bands of the graph. What is there already is left as it is. [S95] */
export function indexChanged(unit: Unit, table: string, workspaceId: string, id: string): void {
  indexers[table]?.(unit, workspaceId, id);
}

// Versions that were replaced before anybody looked are searched in the past; more than these are not.
const maxVersions = 100;

const indexers: Readonly<Record<string, (unit: Unit, workspaceId: string, id: string) => void>> = {
  memory(unit, workspaceId, key) {
    const versions = unit.all<{ version: number; text: string }>(
      `SELECT m.version, m.value_text AS text FROM (
         SELECT version, value_text FROM memory WHERE workspace_id = ? AND key = ?
         UNION SELECT version, value_text FROM memory_history WHERE workspace_id = ? AND key = ?
       ) AS m WHERE m.value_text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM memory_vectors AS v
         WHERE v.workspace_id = ? AND v.key = ? AND v.version = m.version AND v.embedder = ?)
       ORDER BY m.version DESC LIMIT ?`,
      workspaceId,
      key,
      workspaceId,
      key,
      workspaceId,
      key,
      localEmbedder.id,
      maxVersions,
    );
    for (const { version, text } of versions) {
      const vector = localEmbedder.embedOne(textToEmbed(key, text));
      writeVector(unit, { workspaceId, key, version }, localEmbedder.id, vector, false);
    }
  },
  entities(unit, workspaceId, id) {
    const row = unit.get<{ name: string; entity_type: string; summary: string | null }>(
      "SELECT name, entity_type, summary FROM entities WHERE workspace_id = ? AND id = ?",
      workspaceId,
      id,
    );
    if (row === undefined) return;
    setKeys(unit, "entities", workspaceId, id, { name_key: nameKey(row.name), type_key: typeKey(row.entity_type) });
    keepText(unit, workspaceId, id, "name", row.name);
    keepBands(unit, workspaceId, id, row.name);
    if (row.summary !== null) keepText(unit, workspaceId, id, "summary", row.summary);
  },
  observations(unit, workspaceId, id) {
    const row = unit.get<{ entity_id: string; text: string }>(
      "SELECT entity_id, text FROM observations WHERE workspace_id = ? AND id = ?",
      workspaceId,
      id,
    );
    if (row === undefined) return;
    setKeys(unit, "observations", workspaceId, id, { text_key: textKey(row.text) });
    keepText(unit, workspaceId, row.entity_id, "observation", row.text);
  },
  relations(unit, workspaceId, id) {
    const row = unit.get<{ relation_type: string; fact: string | null }>(
      "SELECT relation_type, fact FROM relations WHERE workspace_id = ? AND id = ?",
      workspaceId,
      id,
    );
    if (row === undefined) return;
    setKeys(unit, "relations", workspaceId, id, {
      type_key: typeKey(row.relation_type),
      fact_key: row.fact === null ? "" : textKey(row.fact),
    });
    if (row.fact !== null) keepText(unit, workspaceId, id, "fact", row.fact);
  },
};

/** Sets the forms by which things are compared, which another program cannot know. One that another row has is left. */
function setKeys(
  unit: Unit,
  table: string,
  workspaceId: string,
  id: string,
  keys: Readonly<Record<string, string>>,
): void {
  const columns = Object.keys(keys);
  const set = columns.map((column) => `${column} = ?`).join(", ");
  const differs = columns.map((column) => `${column} <> ?`).join(" OR ");
  const values = Object.values(keys);
  unit.run(
    `UPDATE OR IGNORE ${table} SET ${set} WHERE workspace_id = ? AND id = ? AND (${differs})`,
    ...values,
    workspaceId,
    id,
    ...values,
  );
}
