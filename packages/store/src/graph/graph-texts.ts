import type { Unit } from "@kingly/sqlite";
import { rowIdsPerWorkspace } from "../workspace-row-ids.ts";
import { textKey } from "./text-key.ts";

/** Which part of the graph a text is. Facts belong to relations, the others to entities. */
export type TextPart = "name" | "summary" | "observation" | "fact";

const firstId = `w.row_id * ${rowIdsPerWorkspace}`;
const insert = `INSERT INTO graph_texts (id, workspace_id, owner_id, part, text_key, text)
  SELECT 1 + coalesce((SELECT max(t.id) FROM graph_texts AS t
    WHERE t.id BETWEEN ${firstId} AND ${firstId} + ${rowIdsPerWorkspace - 1}), ${firstId}), w.id, ?, ?, ?, ?
  FROM workspaces AS w WHERE w.id = ? ON CONFLICT DO NOTHING`;

/** Keeps a text for the full-text indexes; the same text of the same owner stands once, whatever is believed of it. [S64] */
export function keepText(unit: Unit, workspaceId: string, ownerId: string, part: TextPart, text: string): void {
  unit.run(insert, ownerId, part, textKey(text), text, workspaceId);
}

/** Takes all texts of these owners out of the table and its indexes. [S66] */
export function eraseTexts(unit: Unit, workspaceId: string, ownerIds: readonly string[]): void {
  unit.run(
    "DELETE FROM graph_texts WHERE workspace_id = ? AND owner_id IN (SELECT value FROM json_each(?))",
    workspaceId,
    JSON.stringify(ownerIds),
  );
}
