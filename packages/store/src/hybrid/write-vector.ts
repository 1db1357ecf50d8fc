import type { Unit } from "@kingly/sqlite";
import { signatureOf } from "./signature.ts";

/** What is embedded of a memory. */
export function textToEmbed(key: string, text: string): string {
  return `${key}\n${text}`;
}

/** Writes the vector (of length 1) of one version of a key, once; `keepsValues` keeps more of it than its signature. */
export function writeVector(
  unit: Unit,
  of: { readonly workspaceId: string; readonly key: string; readonly version: number },
  embedder: string,
  vector: Float32Array,
  keepsValues: boolean,
): void {
  unit.run(
    "INSERT OR IGNORE INTO memory_vectors (workspace_id, embedder, key, version, signature, vector) VALUES (?, ?, ?, ?, ?, ?)",
    of.workspaceId,
    embedder,
    of.key,
    of.version,
    signatureOf(vector),
    keepsValues ? new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength) : null,
  );
}
