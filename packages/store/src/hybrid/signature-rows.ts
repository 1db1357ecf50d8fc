import type { Reader } from "../reader.ts";

/** Which signatures to read: those after a row, in order. */
export interface SignatureRange {
  readonly workspaceId: string;
  readonly embedder: string;
  readonly afterRowId: number;
  readonly limit: number;
}

/** Signatures one behind the other, each of `bits.length / rowIds.length` bytes. */
export interface SignatureRows {
  readonly rowIds: Float64Array;
  readonly bits: Uint8Array;
}

/** Reads up to `limit` signatures, oldest first. */
export function readSignatures(
  reader: Reader,
  { workspaceId, embedder, afterRowId, limit }: SignatureRange,
): SignatureRows {
  const rows = reader.all<{ row_id: number; signature: Uint8Array }>(
    `SELECT row_id, signature FROM memory_vectors WHERE workspace_id = ? AND embedder = ? AND row_id > ?
     ORDER BY row_id LIMIT ?`,
    workspaceId,
    embedder,
    afterRowId,
    limit,
  );
  const bytes = rows[0]?.signature.length ?? 0;
  const rowIds = new Float64Array(rows.length);
  const bits = new Uint8Array(rows.length * bytes);
  for (const [at, { row_id: rowId, signature }] of rows.entries()) {
    rowIds[at] = rowId;
    bits.set(signature, at * bytes);
  }
  return { rowIds, bits };
}
