import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../src/index.ts";
import type { Database } from "../src/index.ts";
import { insert, usePlace } from "./harness.ts";

const place = usePlace();
const pageBytes = 4096;
const commits = 60;

/** Commit n writes n % 7 + 1 notes of its own size, so that a part of one would show. */
async function writeCommits(database: Database, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1) {
    await database.write((unit) => {
      for (let part = 0; part <= n % 7; part += 1) unit.run(insert, n * 10 + part, "x".repeat((n * 331) % 5000));
    });
  }
}
/** The commits that a file holds; throws when one is there in part. */
function commitsOf(database: Database): readonly number[] {
  const parts = new Map<number, number>();
  for (const { id } of database.all<{ id: number }>("SELECT id FROM notes ORDER BY id")) {
    const n = Math.floor(id / 10);
    parts.set(n, (parts.get(n) ?? 0) + 1);
  }
  for (const [n, count] of parts) if (count !== (n % 7) + 1) throw new Error(`commit ${n} is there in part`);
  return [...parts.keys()];
}
/** Opens what a power cut left. */
async function reopen(run: number, file: Uint8Array, wal: Uint8Array): Promise<readonly number[]> {
  mkdirSync(place.at("cut"), { recursive: true });
  const path = place.at(`cut/${run}.db`);
  writeFileSync(path, file);
  writeFileSync(`${path}-wal`, wal);
  const database = openDatabase({ path });
  try {
    expect(database.pragma("integrity_check")).toBe("ok");
    const kept = commitsOf(database);
    // It goes on from there.
    await database.write((unit) => void unit.run(insert, 999_999, "after"));
    return kept;
  } finally {
    await database.close();
  }
}
const prefix = (length: number): number[] => Array.from({ length }, (_, n) => n);

describe("power cut", () => {
  test(
    "[DB25] a WAL that is cut or torn at any byte leaves a whole file with the first commits, none in part",
    { timeout: 60_000 },
    async () => {
      const database = await place.openNotes("a.db");
      await writeCommits(database, 0, 20);
      database.pragma("wal_checkpoint(TRUNCATE)");
      await writeCommits(database, 20, commits);
      const file = readFileSync(place.at("a.db"));
      const wal = readFileSync(place.at("a.db-wal"));
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.nat(wal.length),
          fc.constantFrom("cut", "zeros", "noise", "flip"),
          fc.nat(2 * pageBytes),
          async (at, how, length) => {
            const torn = Buffer.from(how === "cut" ? wal.subarray(0, at) : wal);
            if (how === "zeros") torn.fill(0, at, Math.min(at + length, torn.length));
            if (how === "noise") torn.fill("noise", at, Math.min(at + length, torn.length));
            if (how === "flip" && at < torn.length) torn.writeUInt8(torn.readUInt8(at) ^ 1, at);
            const kept = await reopen((run += 1), file, torn);
            expect(kept).toEqual(prefix(kept.length));
            expect(kept.length).toBeGreaterThanOrEqual(20);
          },
        ),
        { numRuns: 150 },
      );
      // Untouched it has all of them, so the cut is what took some away.
      expect(await reopen((run += 1), file, wal)).toEqual(prefix(commits));
    },
  );

  test(
    "[DB25] a checkpoint that is cut anywhere, its pages written in any order, loses nothing",
    { timeout: 60_000 },
    async () => {
      const database = await place.openNotes("a.db", { checkpoints: { pages: 1_000_000 } });
      await writeCommits(database, 0, commits);
      copyFileSync(place.at("a.db"), place.at("before.db"));
      const wal = readFileSync(place.at("a.db-wal"));
      database.pragma("wal_checkpoint(PASSIVE)");
      const after = readFileSync(place.at("a.db"));
      const before = readFileSync(place.at("before.db"));
      expect(after.equals(before)).toBe(false);
      let run = 0;
      const pages = Math.ceil(after.length / pageBytes);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.boolean(), { minLength: pages, maxLength: pages }), async (written) => {
          const mixed = Buffer.alloc(after.length);
          before.copy(mixed);
          for (const [page, isWritten] of written.entries()) {
            if (isWritten) after.copy(mixed, page * pageBytes, page * pageBytes, (page + 1) * pageBytes);
          }
          expect(await reopen((run += 1), mixed, wal)).toEqual(prefix(commits));
        }),
        { numRuns: 40 },
      );
    },
  );
});
