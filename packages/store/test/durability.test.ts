import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openDatabase } from "@kingly/sqlite";
import { expect, test } from "vitest";
import { migrateStore, verifyFile } from "../src/index.ts";
import { flipBits } from "./fixtures/flip-bits.ts";
import { killStorm } from "./fixtures/kill-storm.ts";

const run = promisify(execFile);
// A storm takes a minute of processor time: the whole of it where nobody waits for it.
const isCi = process.env["CI"] !== undefined;
const kills = isCi ? 50 : 12;
const flips = isCi ? 120 : 60;

test(
  "[S103] kills at random points (100 in CI) lose no acknowledged change, tear no unit and break no chain",
  { timeout: 600_000 },
  async () => {
    // Two files at a time: a writer that starts leaves a core idle now and then.
    const storms = await Promise.all([killStorm(kills, 1, 25), killStorm(kills, 2, 25)]);
    for (const storm of storms) {
      expect(storm).toMatchObject({ kills, lost: [], findings: [], torn: 0 });
      expect(storm.acknowledged).toBeGreaterThan(5 * kills);
    }
  },
);

test(
  "[S104] eight processes that remember 1,000 things each in one file keep all 8,000, in one chain without a gap",
  { timeout: 300_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "kingly-eight-"));
    const path = join(folder, "a.db");
    const first = openDatabase({ path });
    await migrateStore(first);
    await first.close();
    const writer = join(import.meta.dirname, "fixtures/writer.ts");
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        run(process.execPath, [writer, path, `p${n}`, "1000", "50"], { maxBuffer: 1e8 }),
      ),
    );
    const database = openDatabase({ path });
    expect(database.get("SELECT count(*) AS n FROM memory")).toEqual({ n: 8000 });
    expect(database.get("SELECT head_seq AS head, low_seq AS low FROM workspaces")).toEqual({ head: 8000, low: 1 });
    expect(database.get("SELECT count(*) AS n, min(seq) AS first, max(seq) AS last FROM events")).toEqual({
      n: 8000,
      first: 1,
      last: 8000,
    });
    expect(database.all("SELECT 1 FROM events WHERE event_type = 'changed_outside'")).toEqual([]);
    await database.close();
    expect((await verifyFile(path)).findings).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  },
);

test(
  "[S105] a flipped bit in a page of events or memory is noticed by verify, or changes nothing that can be read",
  { timeout: 300_000 },
  async () => {
    const count = await flipBits(flips, 7, ["events", "memory", "memory_history"]);
    expect(count.missed).toEqual([]);
    expect(count.byVerify).toBeGreaterThan(flips / 2);
    expect(count.byVerify + count.harmless).toBe(flips);
  },
);
