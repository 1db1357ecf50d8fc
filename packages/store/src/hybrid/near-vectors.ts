import type { Reader } from "../reader.ts";
import type { SignatureScan } from "./signature-scan.ts";

/** One version of a key that is like a text, likeliest first in a list. */
export interface NearVersion {
  readonly key: string;
  readonly version: number;
  /** The cosine with the text, -1 to 1; undefined when it is still to be found out. */
  readonly likeness: number | undefined;
}

/** What an embedder makes of a question. */
export interface AskedVector {
  readonly embedder: string;
  readonly vector: Float32Array;
}

/** Finds versions by their vectors. */
export interface NearVectors {
  /** Finds the versions most like the vector, by signatures alone. */
  bySignature(workspaceId: string, asked: AskedVector, limit: number): Promise<readonly NearVersion[]>;
  /** Finds the versions most like the vector, by the vectors that were kept of them. */
  byMeaning(workspaceId: string, asked: AskedVector, limit: number): Promise<readonly NearVersion[]>;
}

const rescored = 200;
// At right angles, or nearly: not alike at all, whatever the model.
const leastLikeness = 0.1;

/** Creates the finder over `memory_vectors`; a row that has gone is left out. */
export function createNearVectors({
  reader,
  scan,
}: {
  readonly reader: Reader;
  readonly scan: SignatureScan;
}): NearVectors {
  return {
    async bySignature(workspaceId, { embedder, vector }, limit) {
      const rowIds = await scan.nearest(workspaceId, embedder, vector, limit);
      return rowIds.flatMap((rowId) => {
        const row = reader.get<{ key: string; version: number }>(
          "SELECT key, version FROM memory_vectors WHERE row_id = ? AND workspace_id = ?",
          rowId,
          workspaceId,
        );
        return row === undefined ? [] : [{ ...row, likeness: undefined }];
      });
    },
    async byMeaning(workspaceId, { embedder, vector }, limit) {
      const rowIds = await scan.nearest(workspaceId, embedder, vector, Math.max(rescored, limit));
      const near = rowIds.flatMap((rowId) => {
        const row = reader.get<{ key: string; version: number; vector: Uint8Array }>(
          "SELECT key, version, vector FROM memory_vectors WHERE row_id = ? AND workspace_id = ?",
          rowId,
          workspaceId,
        );
        return row === undefined ? [] : [{ key: row.key, version: row.version, likeness: cosine(vector, row.vector) }];
      });
      return near
        .filter(({ likeness }) => likeness >= leastLikeness)
        .toSorted((left, right) => right.likeness - left.likeness)
        .slice(0, limit);
    },
  };
}

function cosine(asked: Float32Array, stored: Uint8Array): number {
  // A copy: the bytes that SQLite gives need not begin where a float may.
  const vector = new Float32Array(Uint8Array.from(stored).buffer);
  let sum = 0;
  for (let at = 0; at < asked.length; at += 1) sum += (asked[at] ?? 0) * (vector[at] ?? 0);
  return sum;
}
