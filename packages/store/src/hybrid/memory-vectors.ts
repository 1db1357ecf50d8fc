import type { Clock, Log } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { checkVectors } from "./embedder.ts";
import type { Embedder } from "./embedder.ts";
import { createEmbeddingBacklog } from "./embedding-backlog.ts";
import type { EmbeddingState } from "./embedding-backlog.ts";
import { localEmbedder, toUnit } from "./local-embedder.ts";
import type { SignatureScan } from "./signature-scan.ts";
import { textToEmbed, writeVector } from "./write-vector.ts";

/** One version of a key that is like a text, likeliest first in a list. */
export interface NearVersion {
  readonly key: string;
  readonly version: number;
  /** The cosine with the text, -1 to 1; undefined when it is still to be found out. */
  readonly likeness: number | undefined;
}

/** The vectors of all memories. */
export interface MemoryVectors {
  /** Writes the local vector in the unit of the change, and asks the embedder after its commit. [S79] */
  note(
    unit: Unit,
    version: { readonly workspaceId: string; readonly key: string; readonly version: number },
    text: string,
  ): void;
  /** Takes out every vector of the key. [S79] */
  forget(unit: Unit, workspaceId: string, key: string): void;
  /** Finds the versions most like the text by the local vectors. */
  nearLocal(workspaceId: string, vector: Float32Array, limit: number): Promise<readonly NearVersion[]>;
  /** Finds the versions most like the text by the embedder; nothing without one, or when it does not answer in time. */
  nearByMeaning(workspaceId: string, text: string, limit: number): Promise<readonly NearVersion[]>;
  /** Embeds everything that waits, unless that is being done already. Never rejects. [S80] */
  catchUp(): Promise<EmbeddingState>;
}

/** What the vectors need. */
export interface MemoryVectorsDeps {
  readonly database: Database;
  readonly scan: SignatureScan;
  readonly clock: Clock;
  readonly log: Log;
  readonly embedder: Embedder | undefined;
  readonly giveWay: () => Promise<void>;
  /** How long a search waits for the embedder, in ms. */
  readonly embedTimeoutMs: number;
}

const rescored = 200;
// At right angles, or nearly: not alike at all, whatever the model.
const leastLikeness = 0.1;

/** Creates the vectors over `memory_vectors`. */
export function createMemoryVectors(deps: MemoryVectorsDeps): MemoryVectors {
  const { database, scan, embedder, log } = deps;
  const backlog = embedder === undefined ? undefined : createEmbeddingBacklog({ ...deps, embedder });

  return {
    note(unit, { workspaceId, key, version }, text) {
      const vector = localEmbedder.embedOne(textToEmbed(key, text));
      writeVector(unit, { workspaceId, key, version }, localEmbedder.id, vector, false);
      if (backlog !== undefined) unit.afterCommit(() => backlog.add(workspaceId, key));
    },
    forget(unit, workspaceId, key) {
      unit.run("DELETE FROM memory_vectors WHERE workspace_id = ? AND key = ?", workspaceId, key);
      unit.afterCommit(() => scan.drop(workspaceId));
    },
    async nearLocal(workspaceId, vector, limit) {
      const rowIds = await scan.nearest(workspaceId, localEmbedder.id, vector, limit);
      return rowIds.flatMap((rowId) => {
        const row = database.get<{ key: string; version: number }>(
          "SELECT key, version FROM memory_vectors WHERE row_id = ? AND workspace_id = ?",
          rowId,
          workspaceId,
        );
        return row === undefined ? [] : [{ ...row, likeness: undefined }];
      });
    },
    async nearByMeaning(workspaceId, text, limit) {
      if (embedder === undefined) return [];
      const asked = await embedInTime(embedder, text);
      if (asked === undefined) return [];
      const rowIds = await scan.nearest(workspaceId, embedder.id, asked, Math.max(rescored, limit));
      const near = rowIds.flatMap((rowId) => {
        const row = database.get<{ key: string; version: number; vector: Uint8Array }>(
          "SELECT key, version, vector FROM memory_vectors WHERE row_id = ? AND workspace_id = ?",
          rowId,
          workspaceId,
        );
        return row === undefined ? [] : [{ key: row.key, version: row.version, likeness: cosine(asked, row.vector) }];
      });
      return near
        .filter(({ likeness }) => likeness >= leastLikeness)
        .toSorted((left, right) => right.likeness - left.likeness)
        .slice(0, limit);
    },
    catchUp: () => backlog?.catchUp() ?? Promise.resolve({ embedder: undefined, waiting: 0, failure: undefined }),
  };

  async function embedInTime(by: Embedder, text: string): Promise<Float32Array | undefined> {
    let giveUp: () => void = () => {};
    const late = new Promise<undefined>((resolve) => void (giveUp = () => resolve(undefined)));
    const timer = deps.clock.setTimer(deps.embedTimeoutMs, giveUp);
    try {
      const vectors = await Promise.race([by.embed([text]), late]);
      if (vectors === undefined) log.warn("the embedder is late; the search goes on without it", { embedder: by.id });
      else checkVectors(by, 1, vectors);
      const [vector] = vectors ?? [];
      return vector === undefined ? undefined : toUnit(Float32Array.from(vector));
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      log.warn("the embedder failed; the search goes on without it", { embedder: by.id, reason });
      return undefined;
    } finally {
      timer.cancel();
    }
  }
}

function cosine(asked: Float32Array, stored: Uint8Array): number {
  // A copy: the bytes that SQLite gives need not begin where a float may.
  const vector = new Float32Array(Uint8Array.from(stored).buffer);
  let sum = 0;
  for (let at = 0; at < asked.length; at += 1) sum += (asked[at] ?? 0) * (vector[at] ?? 0);
  return sum;
}
