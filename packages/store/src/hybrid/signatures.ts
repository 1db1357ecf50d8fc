import { likenessTable, tellingBytes } from "./signature.ts";
import type { SignatureRows } from "./signature-rows.ts";

/** A run of signatures, oldest first. Shared memory: reading threads look at it without a copy. */
export interface SignatureBlock {
  readonly rowIds: Float64Array;
  readonly bits: Uint8Array;
  /** How many it holds; what stands behind is not written yet. */
  count: number;
}

/** Signatures of one embedder in one workspace. */
export interface Signatures {
  /** Oldest first; all but the last are full. */
  readonly blocks: SignatureBlock[];
  /** The row up to which memory was read. */
  lastRowId: number;
}

const leastRows = 1024;
const mostRows = 65_536;
const rowsPerTurn = 16_384;
const bytesPerLook = 4;

/** Counts what is held. */
export function countSignatures({ blocks }: Signatures): number {
  return blocks.reduce((sum, { count }) => sum + count, 0);
}

/** Takes rows in; of more than `maxRows`, whole blocks of the oldest go. */
export function addSignatures(held: Signatures, rows: SignatureRows, maxRows: number): void {
  const { rowIds, bits } = rows;
  const bytes = rowIds.length === 0 ? 0 : bits.length / rowIds.length;
  for (let from = 0; from < rowIds.length;) {
    const block = roomIn(held, bytes);
    const taken = Math.min(rowIds.length - from, block.rowIds.length - block.count);
    block.rowIds.set(rowIds.subarray(from, from + taken), block.count);
    block.bits.set(bits.subarray(from * bytes, (from + taken) * bytes), block.count * bytes);
    block.count += taken;
    from += taken;
  }
  held.lastRowId = rowIds.at(-1) ?? held.lastRowId;
  while (held.blocks.length > 1 && countSignatures(held) > maxRows) held.blocks.shift();
}

function roomIn(held: Signatures, bytes: number): SignatureBlock {
  const last = held.blocks.at(-1);
  if (last !== undefined && last.count < last.rowIds.length) return last;
  const rows = Math.min(mostRows, Math.max(leastRows, countSignatures(held)));
  const block = {
    rowIds: new Float64Array(new SharedArrayBuffer(rows * 8)),
    bits: new Uint8Array(new SharedArrayBuffer(rows * bytes)),
    count: 0,
  };
  held.blocks.push(block);
  return block;
}

/** Takes the bits of rows out; their places stay, as like to nothing as a text without words. */
export function eraseSignatures({ blocks }: Signatures, rowIds: readonly number[]): void {
  for (const rowId of rowIds) {
    const block = blocks.find(({ rowIds: ids, count }) => rowId <= (ids[count - 1] ?? 0));
    const at = block?.rowIds.subarray(0, block.count).indexOf(rowId) ?? -1;
    if (block === undefined || at < 0) continue;
    const bytes = block.bits.length / block.rowIds.length;
    block.bits.fill(0, at * bytes, (at + 1) * bytes);
  }
}

/** Returns up to `limit` row ids, likeliest first, also of versions that hold no more. Gives way after each 16,384.
 *
 * Bytes in which the vector says most are looked at first; a row is left as soon as the rest cannot make it one of the best. */
export async function nearestSignatures(
  { blocks }: Pick<Signatures, "blocks">,
  vector: Float32Array,
  limit: number,
  giveWay: () => Promise<void>,
): Promise<readonly number[]> {
  if (blocks.length === 0) return [];
  const { places, table, rest } = lookUpTable(vector);
  const best = new Best(limit);
  // Others take rows in, and old ones out, while this gives way.
  const present = blocks.slice();
  for (const { rowIds, bits, count } of present) {
    const bytes = bits.length / rowIds.length;
    for (let from = 0; from < count; from += rowsPerTurn) {
      const to = Math.min(count, from + rowsPerTurn);
      for (let row = from; row < to; row += 1) {
        const start = row * bytes;
        let likeness = 0;
        let at = 0;
        while (at < places.length) {
          const until = Math.min(places.length, at + bytesPerLook);
          for (; at < until; at += 1) likeness += table[at * 256 + (bits[start + (places[at] ?? 0)] ?? 0)] ?? 0;
          if (likeness + (rest[at] ?? 0) <= best.least) break;
        }
        if (at === places.length && likeness > best.least) best.offer(rowIds[row] ?? 0, likeness);
      }
      await giveWay();
    }
  }
  return best.take();
}

/** The table of the vector with the most telling byte first, without those that say nothing; `rest[n]`: what the bytes from n on
 * can add at the most. */
function lookUpTable(vector: Float32Array): {
  readonly places: Uint16Array;
  readonly table: Float32Array;
  readonly rest: Float32Array;
} {
  const telling = tellingBytes(vector);
  const places = telling.map(({ byte }) => byte);
  const rest = new Float32Array(places.length + 1);
  for (let at = places.length - 1; at >= 0; at -= 1) rest[at] = (rest[at + 1] ?? 0) + (telling[at]?.most ?? 0);
  return { places: Uint16Array.from(places), table: likenessTable(vector, places), rest };
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
