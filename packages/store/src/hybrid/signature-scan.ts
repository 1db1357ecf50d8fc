import type { Reader } from "../reader.ts";
import { likenessTable } from "./signature.ts";

/** Looks at the signatures of all vectors of a workspace, and finds the likeliest. */
export interface SignatureScan {
  /** Returns up to `limit` row ids of `memory_vectors`, likeliest first, also of versions that hold no more. */
  nearest(workspaceId: string, embedder: string, vector: Float32Array, limit: number): Promise<readonly number[]>;
  /** Forgets what is held of a workspace. */
  drop(workspaceId: string): void;
}

/** What the scan needs, and how much it may do. */
export interface SignatureScanDeps {
  readonly reader: Reader;
  readonly giveWay: () => Promise<void>;
  /** Signatures held for one workspace; of more, the latest. 32 to 64 bytes each. */
  readonly maxRows: number;
}

interface Held {
  count: number;
  lastRowId: number;
  rowIds: Float64Array;
  bits: Uint8Array;
}

const maxWorkspaces = 8;
const rowsPerRead = 1000;
// A search that finds an empty cache reads this many and answers; the next ones read on.
const rowsPerSearch = 100_000;
const rowsPerTurn = 16_384;

/** Creates the scan. Signatures are read once and kept: later searches read only what was written since. [S79]
 *
 * Rows of `memory_vectors` are never changed and their ids only grow. What has gone is noticed by the caller, who reads each row
 * that is returned. */
export function createSignatureScan(deps: SignatureScanDeps): SignatureScan {
  const { reader, giveWay, maxRows } = deps;
  const workspaces = new Map<string, Held>();

  const open = (workspaceId: string, embedder: string): Held => {
    const name = `${workspaceId}\n${embedder}`;
    const present = workspaces.get(name);
    workspaces.delete(name);
    const held = present ?? {
      count: 0,
      lastRowId: firstRow(workspaceId, embedder),
      rowIds: new Float64Array(),
      bits: new Uint8Array(),
    };
    workspaces.set(name, held);
    for (const other of workspaces.keys()) if (workspaces.size > maxWorkspaces) workspaces.delete(other);
    return held;
  };
  const firstRow = (workspaceId: string, embedder: string): number =>
    reader.get<{ row_id: number }>(
      "SELECT row_id FROM memory_vectors WHERE workspace_id = ? AND embedder = ? ORDER BY row_id DESC LIMIT 1 OFFSET ?",
      workspaceId,
      embedder,
      maxRows,
    )?.row_id ?? 0;

  const catchUp = async (held: Held, workspaceId: string, embedder: string): Promise<void> => {
    for (let read = 0; read < rowsPerSearch; read += rowsPerRead) {
      const rows = reader.all<{ row_id: number; signature: Uint8Array }>(
        `SELECT row_id, signature FROM memory_vectors WHERE workspace_id = ? AND embedder = ? AND row_id > ?
         ORDER BY row_id LIMIT ?`,
        workspaceId,
        embedder,
        held.lastRowId,
        rowsPerRead,
      );
      const bytes = rows[0]?.signature.length ?? 0;
      if (held.count + rows.length > maxRows) forgetOldest(held, bytes);
      grow(held, rows.length, bytes);
      for (const { row_id: rowId, signature } of rows) {
        held.rowIds[held.count] = rowId;
        held.bits.set(signature, held.count * bytes);
        held.count += 1;
        held.lastRowId = rowId;
      }
      if (rows.length < rowsPerRead) return;
      await giveWay();
    }
  };

  return {
    async nearest(workspaceId, embedder, vector, limit) {
      const held = open(workspaceId, embedder);
      await catchUp(held, workspaceId, embedder);
      const table = likenessTable(vector);
      const bytes = table.length / 256;
      const best = new Best(limit);
      const { bits, rowIds, count } = held;
      for (let row = 0; row < count; row += 1) {
        let likeness = 0;
        const start = row * bytes;
        for (let byte = 0; byte < bytes; byte += 1) likeness += table[byte * 256 + (bits[start + byte] ?? 0)] ?? 0;
        if (likeness > best.least) best.offer(rowIds[row] ?? 0, likeness);
        if (row % rowsPerTurn === rowsPerTurn - 1) await giveWay();
      }
      return best.take();
    },
    drop(workspaceId) {
      for (const name of workspaces.keys()) if (name.startsWith(`${workspaceId}\n`)) workspaces.delete(name);
    },
  };
}

function grow(held: Held, by: number, bytes: number): void {
  if (by === 0 || held.count + by <= held.rowIds.length) return;
  const room = Math.max(held.count + by, Math.min(held.rowIds.length * 2, held.rowIds.length + 262_144), 1024);
  const { rowIds, bits } = held;
  held.rowIds = new Float64Array(room);
  held.rowIds.set(rowIds.subarray(0, held.count));
  held.bits = new Uint8Array(room * bytes);
  held.bits.set(bits.subarray(0, held.count * bytes));
}

/** The older half goes when there are too many. */
function forgetOldest(held: Held, bytes: number): void {
  const from = Math.ceil(held.count / 2);
  held.rowIds.copyWithin(0, from, held.count);
  held.bits.copyWithin(0, from * bytes, held.count * bytes);
  held.count -= from;
}

/** Keeps the best so many: collects twice as many, then cuts. */
class Best {
  least = Number.NEGATIVE_INFINITY;
  private readonly limit: number;
  private found: { readonly rowId: number; readonly likeness: number }[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  offer(rowId: number, likeness: number): void {
    this.found.push({ rowId, likeness });
    if (this.found.length >= this.limit * 2) this.cut();
  }

  take(): readonly number[] {
    this.cut();
    return this.found.map(({ rowId }) => rowId);
  }

  private cut(): void {
    this.found = this.found.toSorted((left, right) => right.likeness - left.likeness).slice(0, this.limit);
    if (this.found.length === this.limit) this.least = this.found.at(-1)?.likeness ?? this.least;
  }
}
