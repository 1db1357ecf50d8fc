import type { Database } from "@kingly/sqlite";
import { localEmbedder } from "../hybrid/local-embedder.ts";
import { signatureOf } from "../hybrid/signature.ts";
import { textToEmbed } from "../hybrid/write-vector.ts";
import type { Findings } from "./finding.ts";

interface VectorRow {
  readonly row_id: number;
  readonly workspace_id: string;
  readonly embedder: string;
  readonly key: string;
  readonly version: number;
  readonly signature: Uint8Array;
  readonly vector: Uint8Array | null;
  /** The words of that version; null when no belief has it. */
  readonly text: string | null;
}

const rowsPerPage = 500;
const hint =
  "Stop the program, delete the row of memory_vectors, and tell the memory again; the search by words does not need it.";

/** Makes the local vectors again from the words, and compares; of others, whether values and signature agree. [S102] */
export function checkVectors(database: Database, findings: Findings): void {
  for (let after = -1; ;) {
    const rows = database.all<VectorRow>(
      `SELECT v.*, coalesce(
         (SELECT m.value_text FROM memory AS m
          WHERE m.workspace_id = v.workspace_id AND m.key = v.key AND m.version = v.version),
         (SELECT h.value_text FROM memory_history AS h WHERE h.workspace_id = v.workspace_id AND h.key = v.key
          AND h.version = v.version AND h.value_text IS NOT NULL LIMIT 1)) AS text
       FROM memory_vectors AS v WHERE v.row_id > ? ORDER BY v.row_id LIMIT ?`,
      after,
      rowsPerPage,
    );
    for (const row of rows) {
      after = row.row_id;
      const what = faultOf(row);
      if (what === undefined) continue;
      const message = `memory_vectors, ${row.key} version ${row.version} by ${row.embedder}: ${what}.`;
      findings.add({ code: "VECTOR_WRONG", message, hint, workspaceId: row.workspace_id, table: "memory_vectors" });
    }
    if (rows.length < rowsPerPage) return;
  }
}

function faultOf({ embedder, key, signature, vector, text }: VectorRow): string | undefined {
  if (text === null) return "no memory has this version, or its words were forgotten";
  if (embedder === localEmbedder.id) {
    const wanted = signatureOf(localEmbedder.embedOne(textToEmbed(key, text)));
    return Buffer.compare(wanted, signature) === 0 ? undefined : "it is not the vector of its words";
  }
  if (vector === null || vector.byteLength === 0 || vector.byteLength % 4 !== 0) return "its values are not whole";
  const values = new Float32Array(Uint8Array.from(vector).buffer);
  if (!values.every((value) => Number.isFinite(value))) return "its values are no numbers";
  const length = Math.hypot(...values);
  if (length > 0 && Math.abs(length - 1) > 0.001) return `its length is ${length}, not 1`;
  return Buffer.compare(signatureOf(values), signature) === 0 ? undefined : "its signature is not that of its values";
}
