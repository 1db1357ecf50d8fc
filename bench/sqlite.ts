// Measures the database beside raw better-sqlite3 on files of their own, in interleaved rounds: `node bench/sqlite.ts [rounds]`.
// Reads, lone and grouped durable commits (WAL, synchronous FULL), and how long heavy reads hold the event loop up.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@kingly/sqlite";
import SqliteFile from "better-sqlite3";

const rounds = Number(process.argv[2] ?? 30);
const rows = 100_000;
const folder = mkdtempSync(join(tmpdir(), "kingly-bench-sqlite-"));
const at = (name: string): string => join(folder, name);

const createTable = "CREATE TABLE note (id INTEGER PRIMARY KEY, kind TEXT, text TEXT)";
const insert = "INSERT INTO note (kind, text) VALUES (?, ?)";
const point = "SELECT * FROM note WHERE id = ?";
const page = "SELECT * FROM note WHERE id >= ? ORDER BY id LIMIT 20";

const raw = (name: string): SqliteFile.Database => {
  const file = new SqliteFile(at(name));
  file.pragma("journal_mode = WAL");
  file.pragma("synchronous = FULL");
  file.exec(createTable);
  return file;
};
const ours = openDatabase({ path: at("ours.db") });
await ours.write((unit) => {
  unit.run(createTable);
  for (let id = 0; id < rows; id += 1) unit.run(insert, `kind ${id % 7}`, `note number ${id} of some length`);
});
const oursWriting = openDatabase({ path: at("ours-writing.db") });
await oursWriting.write((unit) => void unit.run(createTable));

const reader = new SqliteFile(at("ours.db"), { readonly: true });
const rawPoint = reader.prepare(point);
const rawPage = reader.prepare(page);
const handle = ours.statement(point);
const single = raw("single.db");
const singleInsert = single.prepare(insert);
const batched = raw("batched.db");
const batchedInsert = batched.prepare(insert);
const transaction = batched.transaction((count: number) => {
  for (let n = 0; n < count; n += 1) batchedInsert.run("kind", `note ${n}`);
});

let next = 0;
const id = (): number => (next = (next * 31 + 17) % rows) + 1;
const repeat = (times: number, work: () => unknown): void => {
  for (let n = 0; n < times; n += 1) work();
};
const writeOne = (): Promise<unknown> => oursWriting.write((unit) => unit.run(insert, "kind", "note"));

/** Each side: what one round does, and how many operations that is. */
const sides: Record<string, { readonly operations: number; run(): unknown }> = {
  "raw get": { operations: 20_000, run: () => repeat(20_000, () => rawPoint.get(id())) },
  "our get": { operations: 20_000, run: () => repeat(20_000, () => ours.get(point, id())) },
  "our statement.get": { operations: 20_000, run: () => repeat(20_000, () => handle.get(id())) },
  "raw all, 20 rows": { operations: 5000, run: () => repeat(5000, () => rawPage.all(id())) },
  "our all, 20 rows": { operations: 5000, run: () => repeat(5000, () => ours.all(page, id())) },
  "raw insert, one commit each": { operations: 100, run: () => repeat(100, () => singleInsert.run("kind", "note")) },
  "our write, awaited one by one": {
    operations: 100,
    async run() {
      for (let n = 0; n < 100; n += 1) await writeOne();
    },
  },
  "our write, 64 callers": {
    operations: 64 * 20,
    async run() {
      const lane = async (): Promise<void> => {
        for (let n = 0; n < 20; n += 1) await writeOne();
      };
      await Promise.all(Array.from({ length: 64 }, lane));
    },
  },
  "our write, 5,000 callers at once": {
    operations: 5000,
    run: () => Promise.all(Array.from({ length: 5000 }, writeOne)),
  },
  "raw insert, 500 to a commit": { operations: 5000, run: () => repeat(10, () => transaction(500)) },
};
const us = new Map<string, number[]>(Object.keys(sides).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, side] of Object.entries(sides)) {
    const begun = performance.now();
    await side.run();
    us.get(name)?.push(((performance.now() - begun) * 1000) / side.operations);
  }
}
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const usOf = (name: string): number => median(us.get(name)?.slice(Math.min(3, rounds - 1)) ?? []);
const rivals: Record<string, string> = {
  "our get": "raw get",
  "our statement.get": "raw get",
  "our all, 20 rows": "raw all, 20 rows",
  "our write, awaited one by one": "raw insert, one commit each",
  "our write, 64 callers": "raw insert, one commit each",
  "our write, 5,000 callers at once": "raw insert, 500 to a commit",
};
for (const name of Object.keys(sides)) {
  const rival = rivals[name];
  const perSecond = Math.round(1e6 / usOf(name)).toLocaleString("en-US");
  const beside = rival === undefined ? "" : `  ${(usOf(rival) / usOf(name)).toFixed(2)}x the speed of ${rival}`;
  console.log(`${name.padEnd(34)}${usOf(name).toFixed(2).padStart(9)} us ${perSecond.padStart(11)}/s${beside}`);
}

/** The longest time in which the event loop did not turn, while `work` ran. */
async function longestStall(work: () => Promise<unknown>): Promise<{ readonly stallMs: number; readonly ms: number }> {
  let longest = 0;
  let last = performance.now();
  let working = true;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (working) setImmediate(turn);
  };
  setImmediate(turn);
  const begun = performance.now();
  await work();
  working = false;
  const ms = performance.now() - begun;
  await new Promise((resolve) => setImmediate(resolve));
  return { stallMs: longest, ms };
}
const heavy = {
  "count of a join":
    "SELECT count(*) AS n FROM note AS a JOIN note AS b ON b.id = (a.id * 31) % 100000 WHERE a.text < b.text",
  "100,000 rows": "SELECT * FROM note",
} as const;
await ours.heavy("SELECT 1");
const idle = await longestStall(() => new Promise((resolve) => setTimeout(resolve, 300)));
console.log(`event loop with nothing to do: held up ${idle.stallMs.toFixed(1)} ms by the machine`);
for (const [name, sql] of Object.entries(heavy)) {
  for (const [where, read] of [
    ["main thread", async () => ours.all(sql)],
    ["pool", async () => ours.heavy(sql)],
  ] as const) {
    const results = [];
    for (let round = 0; round < 5; round += 1) results.push(await longestStall(read));
    const [stallMs, ms] = [median(results.map((r) => r.stallMs)), median(results.map((r) => r.ms))];
    console.log(
      `${`${name}, ${where}`.padEnd(34)}${ms.toFixed(1).padStart(9)} ms, event loop held up ${stallMs.toFixed(1)} ms`,
    );
  }
}
for (const file of [reader, single, batched]) file.close();
await ours.close();
await oursWriting.close();
rmSync(folder, { recursive: true, force: true });
