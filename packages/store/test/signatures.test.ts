import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Reader } from "../src/index.ts";
import { createSeededRandom } from "@kingly/runtime/testing";
import { likenessTable, signatureOf } from "../src/hybrid/signature.ts";
import type { SignatureRange, SignatureRows } from "../src/hybrid/signature-rows.ts";
import { createHandedScan, createSignatureScan, rowsPerSearch } from "../src/hybrid/signature-scan.ts";
import { addSignatures, countSignatures, eraseSignatures, nearestSignatures } from "../src/hybrid/signatures.ts";
import type { Signatures } from "../src/hybrid/signatures.ts";
import { openTestStore } from "./open-store.ts";

const noWait = async (): Promise<void> => {};
const empty = (): Signatures => ({ blocks: [], lastRowId: 0 });

function rowsOf(vectors: readonly Float32Array[], firstRowId = 1): SignatureRows {
  const signatures = vectors.map((vector) => signatureOf(vector));
  const bytes = signatures[0]?.length ?? 0;
  const bits = new Uint8Array(vectors.length * bytes);
  for (const [at, signature] of signatures.entries()) bits.set(signature, at * bytes);
  return { rowIds: Float64Array.from(vectors, (_, at) => firstRowId + at), bits };
}

function likenesses(vector: Float32Array, rows: SignatureRows): readonly number[] {
  const table = likenessTable(vector);
  const bytes = table.length / 256;
  return Array.from(rows.rowIds, (_, row) => {
    let sum = 0;
    for (let byte = 0; byte < bytes; byte += 1) sum += table[byte * 256 + (rows.bits[row * bytes + byte] ?? 0)] ?? 0;
    return sum;
  });
}

describe("[S79] signatures in shared memory", () => {
  test("the nearest are those that a look at every byte of every row finds", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.02, max: 1, noNaN: true }),
        async (seed, count, limit, density) => {
          const random = createSeededRandom(seed);
          const vector = (share: number): Float32Array =>
            Float32Array.from({ length: 64 }, () => (random.fraction() < share ? random.fraction() - 0.5 : 0));
          const rows = rowsOf(Array.from({ length: count }, () => vector(1)));
          const held = empty();
          addSignatures(held, rows, 1_000_000);
          const asked = vector(density);
          const all = likenesses(asked, rows);
          const found = await nearestSignatures(held, asked, limit, noWait);
          const best = all.toSorted((left, right) => right - left).slice(0, limit);
          expect(found).toHaveLength(Math.min(limit, count));
          expect(new Set(found).size).toBe(found.length);
          for (const [at, rowId] of found.entries()) expect(all[rowId - 1]).toBeCloseTo(best[at] ?? Number.NaN, 4);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("of more rows than may be held, the oldest go; what is erased is like nothing any more", async () => {
    const held = empty();
    const vector = Float32Array.from({ length: 32 }, () => 1);
    for (let at = 0; at < 10; at += 1) {
      addSignatures(
        held,
        rowsOf(
          Array.from({ length: 500 }, () => vector),
          at * 500 + 1,
        ),
        3000,
      );
    }
    expect(held.lastRowId).toBe(5000);
    expect(countSignatures(held)).toBeLessThanOrEqual(3000 + 1024);
    const against = Float32Array.from({ length: 32 }, () => -1);
    addSignatures(held, rowsOf([vector, against, vector], 5001), 3000);
    eraseSignatures(held, [5002, 5003, 77_777]);
    const found = await nearestSignatures(held, vector, 5000, noWait);
    expect(found).toContain(5001);
    expect(found.slice(-2).toSorted((a, b) => a - b)).toEqual([5002, 5003]);
  });
});

test("[S79] a search reads 8,192 itself; of more, a thread reads the rest meanwhile, and what is written later is read on", async () => {
  const opened = await openTestStore();
  const { database } = opened;
  try {
    const insert = `INSERT INTO memory_vectors (workspace_id, embedder, key, version, signature)
      VALUES ('w', 'e', ?, 1, ?)`;
    const count = rowsPerSearch + 3000;
    const ones = Float32Array.from({ length: 32 }, () => 1);
    const others = Float32Array.from({ length: 32 }, () => -1);
    await opened.write((unit) => {
      for (let row = 1; row <= count; row += 1) unit.run(insert, `k${row}`, signatureOf(row === count ? ones : others));
    });
    const ranges: SignatureRange[] = [];
    let goOn: () => void = () => {};
    const threadEnds = new Promise<void>((resolve) => void (goOn = resolve));
    const apart = Promise.withResolvers<void>();
    let itsOwnRows = 0;
    const counting: Reader = {
      get: (sql, ...parameters) => database.get(sql, ...parameters),
      all<R>(sql: string, ...parameters: readonly (string | number)[]) {
        const rows = database.all<R>(sql, ...parameters);
        itsOwnRows += rows.length;
        return rows;
      },
    };
    const scan = createSignatureScan({
      reader: counting,
      giveWay: noWait,
      maxRows: 1_000_000,
      async readApart(range) {
        ranges.push(range);
        await threadEnds;
        const rows = await database.readPool.run<SignatureRows>(
          new URL("../src/hybrid/signature-job.ts", import.meta.url),
          "signatureJob",
          range,
        );
        apart.resolve();
        return rows;
      },
    });
    await scan.nearest("w", "e", ones, 1);
    expect(itsOwnRows).toBe(rowsPerSearch);
    // A search that comes meanwhile reads nothing and does not wait.
    await scan.nearest("w", "e", ones, 1);
    expect(itsOwnRows).toBe(rowsPerSearch);
    expect(ranges).toMatchObject([{ workspaceId: "w", embedder: "e", afterRowId: rowsPerSearch }]);
    goOn();
    await apart.promise;
    await new Promise((resolve) => void setImmediate(resolve));
    expect(await scan.nearest("w", "e", ones, 1)).toEqual([count]);
    expect(itsOwnRows).toBe(rowsPerSearch);
    const handed = { e: await scan.held("w", "e") };
    await opened.write((unit) => unit.run(insert, "later", signatureOf(ones)));
    const inThread = createHandedScan({ reader: database, giveWay: noWait, handed });
    expect((await inThread.nearest("w", "e", ones, 2)).toSorted((a, b) => a - b)).toEqual([count, count + 1]);
    expect((await scan.nearest("w", "e", ones, 2)).toSorted((a, b) => a - b)).toEqual([count, count + 1]);
    expect(itsOwnRows).toBe(rowsPerSearch + 1);
    scan.erase("w", [count]);
    expect(await scan.nearest("w", "e", ones, 1)).toEqual([count + 1]);
  } finally {
    await opened.end();
  }
});
