import type { Reader } from "../reader.ts";
import { readSignatures } from "./signature-rows.ts";
import type { SignatureRange, SignatureRows } from "./signature-rows.ts";
import { addSignatures, eraseSignatures, nearestSignatures } from "./signatures.ts";
import type { Signatures } from "./signatures.ts";

/** Looks at the signatures of all vectors of a workspace, and finds the likeliest. */
export interface SignatureScan {
  /** Returns up to `limit` row ids of `memory_vectors`, likeliest first, also of versions that hold no more. */
  nearest(workspaceId: string, embedder: string, vector: Float32Array, limit: number): Promise<readonly number[]>;
}

/** A scan that keeps what it read. */
export interface KeptSignatures extends SignatureScan {
  /** Returns what is held of a workspace, after reading on. The blocks may be handed to threads. */
  held(workspaceId: string, embedder: string): Promise<Signatures>;
  /** Takes rows that were forgotten out of what is held. */
  erase(workspaceId: string, rowIds: readonly number[]): void;
}

/** What the scan needs, and how much it may do. */
export interface SignatureScanDeps {
  readonly reader: Reader;
  readonly giveWay: () => Promise<void>;
  /** Signatures held for one workspace; of more, the latest. 32 to 64 bytes each. */
  readonly maxRows: number;
  /** Reads them without holding up the event loop; may reject, and is asked again by a later search. */
  readonly readApart: (range: SignatureRange) => Promise<SignatureRows>;
}

interface Held extends Signatures {
  isReadingApart: boolean;
}

const maxWorkspaces = 8;
const rowsPerRead = 512;
/** A search reads so many itself; what is more is read in a thread while searches look at what is there. */
export const rowsPerSearch = 8192;
const rowsApart = 65_536;

/** Creates the scan. Signatures are read once and kept: later searches read only what was written since. [S79]
 *
 * Rows of `memory_vectors` are never changed and their ids only grow. What has gone is noticed by the caller, who reads each row
 * that is returned. */
export function createSignatureScan(deps: SignatureScanDeps): KeptSignatures {
  const { reader, giveWay, maxRows } = deps;
  const workspaces = new Map<string, Held>();

  const open = (name: string, workspaceId: string, embedder: string): Held => {
    const present = workspaces.get(name);
    workspaces.delete(name);
    const lastRowId = present?.lastRowId ?? firstRow(workspaceId, embedder);
    const held = present ?? { blocks: [], lastRowId, isReadingApart: false };
    workspaces.set(name, held);
    for (const other of workspaces.keys()) if (workspaces.size > maxWorkspaces) workspaces.delete(other);
    return held;
  };
  const firstRow = (workspaceId: string, embedder: string): number => {
    // Row ids only grow: when there are no more of them than may be held, nothing has to be counted off.
    const ids = reader.get<{ most: number | null }>("SELECT max(row_id) AS most FROM memory_vectors")?.most ?? 0;
    if (ids <= maxRows) return 0;
    return (
      reader.get<{ row_id: number }>(
        "SELECT row_id FROM memory_vectors WHERE workspace_id = ? AND embedder = ? ORDER BY row_id DESC LIMIT 1 OFFSET ?",
        workspaceId,
        embedder,
        maxRows,
      )?.row_id ?? 0
    );
  };

  const readOn = async (name: string, range: Omit<SignatureRange, "afterRowId" | "limit">): Promise<Held> => {
    const held = open(name, range.workspaceId, range.embedder);
    for (let read = 0; !held.isReadingApart; read += rowsPerRead) {
      if (read >= rowsPerSearch) {
        held.isReadingApart = true;
        void readApart(name, held, range);
        break;
      }
      const rows = readSignatures(reader, { ...range, afterRowId: held.lastRowId, limit: rowsPerRead });
      addSignatures(held, rows, maxRows);
      if (rows.rowIds.length < rowsPerRead) break;
      await giveWay();
    }
    return held;
  };
  const readApart = async (
    name: string,
    held: Held,
    range: Omit<SignatureRange, "afterRowId" | "limit">,
  ): Promise<void> => {
    try {
      while (workspaces.get(name) === held) {
        const rows = await deps.readApart({ ...range, afterRowId: held.lastRowId, limit: rowsApart });
        addSignatures(held, rows, maxRows);
        if (rows.rowIds.length < rowsApart) break;
      }
    } catch {
      // The file was closed, or all threads are busy: the next search reads on.
    }
    held.isReadingApart = false;
  };

  return {
    held: (workspaceId, embedder) => readOn(`${workspaceId}\n${embedder}`, { workspaceId, embedder }),
    async nearest(workspaceId, embedder, vector, limit) {
      const held = await readOn(`${workspaceId}\n${embedder}`, { workspaceId, embedder });
      return nearestSignatures(held, vector, limit, giveWay);
    },
    erase(workspaceId, rowIds) {
      for (const [name, held] of workspaces) {
        if (!name.startsWith(`${workspaceId}\n`)) continue;
        // What is on its way from a thread may hold them still.
        if (held.isReadingApart) workspaces.delete(name);
        else eraseSignatures(held, rowIds);
      }
    },
  };
}

/** Creates the scan of a reading thread over signatures that were handed to it; it reads what was written since. */
export function createHandedScan(deps: {
  readonly reader: Reader;
  readonly giveWay: () => Promise<void>;
  readonly handed: Readonly<Record<string, Signatures | undefined>>;
}): SignatureScan {
  return {
    async nearest(workspaceId, embedder, vector, limit) {
      const handed = deps.handed[embedder];
      if (handed === undefined) return [];
      const held = { ...handed, blocks: [...handed.blocks] };
      const range = { workspaceId, embedder, afterRowId: held.lastRowId, limit: rowsPerRead };
      const news = readSignatures(deps.reader, range);
      const bytes = news.rowIds.length === 0 ? 0 : news.bits.length / news.rowIds.length;
      if (bytes > 0) held.blocks.push({ ...news, count: news.rowIds.length });
      return nearestSignatures(held, vector, limit, deps.giveWay);
    },
  };
}
