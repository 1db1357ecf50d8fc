import type { Clock, Log } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { checkVectors } from "./embedder.ts";
import type { Embedder } from "./embedder.ts";
import { createEmbeddingBacklog } from "./embedding-backlog.ts";
import type { EmbeddingState } from "./embedding-backlog.ts";
import { localEmbedder, toUnit } from "./local-embedder.ts";
import type { AskedVector } from "./near-vectors.ts";
import type { KeptSignatures } from "./signature-scan.ts";
import { textToEmbed, writeVector } from "./write-vector.ts";

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
  /** Asks the embedder for the vector of a question; undefined without one, or when it does not answer in time. [S80] */
  ask(text: string): Promise<AskedVector | undefined>;
  /** Embeds everything that waits, unless that is being done already. Never rejects. [S80] */
  catchUp(): Promise<EmbeddingState>;
}

/** What the vectors need. */
export interface MemoryVectorsDeps {
  readonly database: Database;
  readonly scan: Pick<KeptSignatures, "erase">;
  readonly clock: Clock;
  readonly log: Log;
  readonly embedder: Embedder | undefined;
  readonly giveWay: () => Promise<void>;
  /** How long a search waits for the embedder, in ms. */
  readonly embedTimeoutMs: number;
}

/** Creates the vectors over `memory_vectors`. */
export function createMemoryVectors(deps: MemoryVectorsDeps): MemoryVectors {
  const { scan, embedder, log } = deps;
  const backlog = embedder === undefined ? undefined : createEmbeddingBacklog({ ...deps, embedder });

  return {
    note(unit, { workspaceId, key, version }, text) {
      const vector = localEmbedder.embedOne(textToEmbed(key, text));
      writeVector(unit, { workspaceId, key, version }, localEmbedder.id, vector, false);
      if (backlog !== undefined) unit.afterCommit(() => backlog.add(workspaceId, key));
    },
    forget(unit, workspaceId, key) {
      const rows = unit.all<{ row_id: number }>(
        "DELETE FROM memory_vectors WHERE workspace_id = ? AND key = ? RETURNING row_id",
        workspaceId,
        key,
      );
      const rowIds = rows.map(({ row_id: rowId }) => rowId);
      unit.afterCommit(() => scan.erase(workspaceId, rowIds));
    },
    async ask(text) {
      const vector = embedder === undefined ? undefined : await embedInTime(embedder, text);
      return embedder === undefined || vector === undefined ? undefined : { embedder: embedder.id, vector };
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
