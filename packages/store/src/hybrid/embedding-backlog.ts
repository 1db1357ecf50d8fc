import type { Log } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import { checkVectors } from "./embedder.ts";
import type { Embedder } from "./embedder.ts";
import { toUnit } from "./local-embedder.ts";
import { textToEmbed, writeVector } from "./write-vector.ts";

/** How far the vectors of the embedder are behind memory. */
export interface EmbeddingState {
  /** The embedder, or undefined when only the local one is there, which is never behind. */
  readonly embedder: string | undefined;
  /** Memories that wait for their vector; undefined while older memories are still to be looked through. */
  readonly waiting: number | undefined;
  /** Why the last try failed. */
  readonly failure: string | undefined;
}

/** What an embedder has still to do. */
export interface EmbeddingBacklog {
  /** Takes a changed key in and begins to work, unless it works already. */
  add(workspaceId: string, key: string): void;
  /** Embeds everything that waits. Never rejects. [S80] */
  catchUp(): Promise<EmbeddingState>;
}

interface Waiting {
  readonly id: number;
  readonly workspaceId: string;
  readonly key: string;
  readonly version: number;
  readonly text: string;
}

const batchSize = 32;
const rowsPerLook = 500;
const maxWaiting = 10_000;
const columns = "m.id, m.workspace_id AS workspaceId, m.key, m.version, m.value_text AS text";
// Working memory and what matters little stay with the local vectors.
const isMeant = "m.semantic = 1 AND m.valid_from < m.valid_to";

/** Creates the backlog of one embedder.
 *
 * The first time it looks through all memories for those without a vector of this embedder: what another embedder
 * made, or a process that ended, is made up for. After that it knows what changed. A failure keeps what waits for the next change, or the
 * next call. */
export function createEmbeddingBacklog(deps: {
  readonly database: Database;
  readonly embedder: Embedder;
  readonly log: Log;
  readonly giveWay: () => Promise<void>;
}): EmbeddingBacklog {
  const { database, embedder } = deps;
  const changed = new Map<string, { readonly workspaceId: string; readonly key: string }>();
  /** The id up to which older memories were looked through; undefined when all were. */
  let lookedTo: number | undefined = -1;
  let hasMissed = false;
  let running: Promise<EmbeddingState> | undefined;
  let failure: string | undefined;

  const lacks = ({ workspaceId, key, version }: Waiting): boolean =>
    database.get(
      "SELECT 1 FROM memory_vectors WHERE workspace_id = ? AND key = ? AND version = ? AND embedder = ?",
      workspaceId,
      key,
      version,
      embedder.id,
    ) === undefined;

  const embed = async (rows: readonly Waiting[]): Promise<void> => {
    for (let at = 0; at < rows.length; at += batchSize) {
      const batch = rows.slice(at, at + batchSize);
      const vectors = await embedder.embed(batch.map(({ key, text }) => textToEmbed(key, text)));
      checkVectors(embedder, batch.length, vectors);
      await database.write((unit) => {
        for (const [place, row] of batch.entries()) {
          // Forgotten while the embedder worked: nothing of it may come back.
          const isThere = unit.get(
            "SELECT 1 FROM memory WHERE id = ? AND version = ? AND value_text = ?",
            row.id,
            row.version,
            row.text,
          );
          const vector = vectors[place];
          if (isThere !== undefined && vector !== undefined) {
            writeVector(unit, row, embedder.id, toUnit(Float32Array.from(vector)), true);
          }
        }
      });
    }
  };

  const lookThrough = async (): Promise<void> => {
    while (lookedTo !== undefined || hasMissed) {
      if (hasMissed) [hasMissed, lookedTo] = [false, -1];
      const rows = database.all<Waiting>(
        `SELECT ${columns} FROM memory AS m WHERE m.id > ? AND ${isMeant} ORDER BY m.id LIMIT ?`,
        lookedTo ?? -1,
        rowsPerLook,
      );
      await embed(rows.filter((row) => lacks(row)));
      lookedTo = rows.at(-1)?.id;
      await deps.giveWay();
    }
  };

  const embedChanged = async (): Promise<void> => {
    while (changed.size > 0) {
      const batch = [...changed].slice(0, batchSize);
      const rows = batch.flatMap(([, { workspaceId, key }]) =>
        database.all<Waiting>(
          `SELECT ${columns} FROM memory AS m WHERE m.workspace_id = ? AND m.key = ? AND ${isMeant}`,
          workspaceId,
          key,
        ),
      );
      await embed(rows.filter((row) => lacks(row)));
      for (const [name, noted] of batch) if (changed.get(name) === noted) changed.delete(name);
    }
  };

  const run = async (): Promise<EmbeddingState> => {
    try {
      await lookThrough();
      await embedChanged();
      failure = undefined;
    } catch (thrown) {
      failure = thrown instanceof Error ? thrown.message : String(thrown);
      deps.log.warn("memories wait for their vectors", { embedder: embedder.id, reason: failure });
    }
    running = undefined;
    return { embedder: embedder.id, waiting: lookedTo === undefined ? changed.size : undefined, failure };
  };
  const catchUp = (): Promise<EmbeddingState> => {
    running ??= run();
    return running;
  };

  return {
    add(workspaceId, key) {
      if (changed.size < maxWaiting) changed.set(`${workspaceId}\n${key}`, { workspaceId, key });
      else hasMissed = true;
      void catchUp();
    },
    catchUp,
  };
}
