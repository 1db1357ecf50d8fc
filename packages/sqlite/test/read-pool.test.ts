import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { isDatabaseError, siblingModule } from "../src/index.ts";
import type { Database } from "../src/index.ts";
import { flagPlaces } from "../src/read-messages.ts";
import type { ReadOperation, ReadReply, ReadRequest, ReadThreadData } from "../src/read-messages.ts";
import { codeOf, count, insert, until, usePlace } from "./harness.ts";

const place = usePlace();
const jobs = siblingModule(import.meta.url, "./fixtures/read-jobs");
const forever = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)";
/** Ends by itself after some seconds, gives no row before, and asks nobody: it cannot be interrupted. */
const deafStatement =
  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 9000000) SELECT count(*) n FROM c";
const endless = `${forever} SELECT count(*) FROM c WHERE keep_going(x)`;

async function fill(database: Database, rows: number): Promise<void> {
  await database.write((unit) => {
    for (let id = 0; id < rows; id += 1) unit.run(insert, id, `note ${id}`);
  });
}
/** Resolves when the pool has so many threads. */
async function untilThreads(database: Database, threads: number): Promise<void> {
  while (database.readPool.stats().threads !== threads) await new Promise((resolve) => setImmediate(resolve));
}

describe("heavy reads", () => {
  test("[DB13] gives the same rows as a read on the main thread, of every kind of value", async () => {
    const database = await place.openNotes("a.db");
    await fill(database, 5000);
    const sql = "SELECT id, text, id / 3.0 AS share, NULL AS empty, x'00ff' AS bytes FROM notes ORDER BY id LIMIT ?";
    const rows = await database.heavy<{ bytes: Uint8Array }>(sql, 4999);
    const plain = (row: { bytes: Uint8Array }): unknown => ({ ...row, bytes: [...row.bytes] });
    expect(rows.map(plain)).toEqual(database.all<{ bytes: Uint8Array }>(sql, 4999).map(plain));
    expect(await database.heavy("SELECT 1 AS one WHERE 0")).toEqual([]);
  });

  test("[DB13] what was written before the read began is seen, every time", async () => {
    const database = await place.openNotes("a.db");
    for (let id = 0; id < 50; id += 1) {
      await database.write((unit) => void unit.run(insert, id, "x"));
      expect(await database.heavy("SELECT count(*) AS n FROM notes")).toEqual([{ n: id + 1 }]);
    }
  });

  test("[DB13] a thread sends two batches of at most 256 rows, and no more until one is taken in", async () => {
    const database = await place.openNotes("a.db");
    await fill(database, 3);
    const flags = new Int32Array(new SharedArrayBuffer(8));
    const workerData: ReadThreadData = {
      path: place.at("a.db"),
      busyTimeoutMs: 1000,
      statementCacheSize: 10,
      flags: flags.buffer,
    };
    const worker = new Worker(siblingModule(import.meta.url, "../src/read-thread-main"), { workerData });
    const replies: ReadReply[] = [];
    worker.on("message", (reply: ReadReply) => void replies.push(reply));
    const sizes = (): number[] => replies.map((reply) => (reply.kind === "rows" ? reply.rows.length : -1));
    const operation: ReadOperation = { kind: "all", sql: `${forever} SELECT x FROM c`, parameters: [], maxRows: 1e9 };
    worker.postMessage({ id: 7, operation } satisfies ReadRequest);
    await until(() => replies.length >= 2);
    // A second thread works meanwhile: time enough for a third batch, if there were one.
    await database.heavy("SELECT count(*) FROM notes AS a, notes AS b, notes AS c");
    expect(sizes()).toEqual([256, 256]);
    Atomics.add(flags, flagPlaces.takenBatches, 1);
    Atomics.notify(flags, flagPlaces.takenBatches);
    await until(() => replies.length >= 3);
    Atomics.store(flags, flagPlaces.stoppedId, 7);
    Atomics.add(flags, flagPlaces.takenBatches, 1);
    Atomics.notify(flags, flagPlaces.takenBatches);
    await until(() => replies.at(-1)?.kind === "failed");
    expect(sizes()).toEqual([256, 256, 256, -1]);
    await worker.terminate();
  });

  test("[DB13] rows of any number come whole and in order", async () => {
    const database = await place.openNotes("a.db");
    await fill(database, 5000);
    for (const limit of [0, 1, 255, 256, 257, 512, 5000]) {
      const rows = await database.heavy<{ id: number }>("SELECT id FROM notes ORDER BY id LIMIT ?", limit);
      expect(rows.map((row) => row.id)).toEqual(Array.from({ length: limit }, (_, id) => id));
    }
  });

  test("[DB13] threads at rest keep no process alive, and one that reads does", () => {
    const script = `
      import { openDatabase } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, "../src/index.ts")).href)};
      const database = openDatabase({ path: process.argv[1], readPool: { idleMs: 3_600_000 } });
      const rows = await database.heavy("SELECT 7 AS n");
      process.stdout.write(String(rows[0].n));`;
    const options = { encoding: "utf8", timeout: 60_000 } as const;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", script, place.at("a.db")], options);
    expect([child.stderr, child.stdout, child.status]).toEqual(["", "7", 0]);
  });

  test("[DB13] no thread starts before it is needed, no more than size, and idle ones end", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 2, idleMs: 20 } });
    expect(database.readPool.stats()).toEqual({ threads: 0, threadsEnding: 0, running: 0, waiting: 0 });
    const reads = [1, 2, 3, 4, 5].map((n) => database.heavy(`SELECT ${n} AS n`));
    expect(database.readPool.stats()).toEqual({ threads: 2, threadsEnding: 0, running: 2, waiting: 3 });
    expect(await Promise.all(reads)).toEqual([1, 2, 3, 4, 5].map((n) => [{ n }]));
    await untilThreads(database, 0);
    expect(await database.heavy("SELECT 6 AS n")).toEqual([{ n: 6 }]);
  });

  test("[DB13] an error of the statement comes back with its code, and the thread goes on", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1 } });
    expect(await codeOf(() => database.heavy("SELECT * FROM nowhere"))).toBe("SQL");
    expect(await codeOf(() => database.heavy("DELETE FROM notes"))).toBe("SQL");
    expect(await codeOf(() => database.heavy("INSERT INTO notes VALUES (1, 'x') RETURNING id"))).toBe("READ_ONLY");
    expect(await database.heavy("SELECT 1 AS n")).toEqual([{ n: 1 }]);
    expect(database.readPool.stats().threads).toBe(1);
  });

  test("[DB13] a database in memory reads the same way on its one connection", async () => {
    const database = await place.openNotes(":memory:");
    await fill(database, 3);
    expect(await database.heavy("SELECT count(*) AS n FROM notes WHERE keep_going(id)")).toEqual([{ n: 3 }]);
    expect(await database.readPool.run(jobs, "countTwice", { pauseMs: 0 })).toEqual([3, 3]);
    expect(await codeOf(() => database.heavy("SELECT * FROM nowhere"))).toBe("SQL");
    await database.close();
    expect(await codeOf(() => database.heavy("SELECT 1"))).toBe("CLOSED");
  });
});

describe("read jobs", () => {
  test("[DB14] a job sees one snapshot, while the main thread writes", async () => {
    const database = await place.openNotes("a.db");
    await fill(database, 3);
    const counting = database.readPool.run(jobs, "countTwice", { pauseMs: 200 });
    let id = 100;
    let done = false;
    void counting.finally(() => (done = true));
    while (!done) {
      await database.write((unit) => void unit.run(insert, (id += 1), "x"));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [first, second] = (await counting) as [number, number];
    expect(second).toBe(first);
    expect(count(database)).toBeGreaterThan(second);
  });

  test("[DB14] a job's list comes whole, its error with name, message and code, and its name is checked", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1 } });
    const list = await database.readPool.run<readonly { n: number }[]>(jobs, "numbers", { count: 1000 });
    expect([list.length, list[999]]).toEqual([1000, { n: 999 }]);
    const failure = await database.readPool.run(jobs, "failing", {}).catch((thrown: unknown) => thrown);
    expect(isDatabaseError(failure) && [failure.code, failure.cause]).toMatchObject([
      "JOB_FAILED",
      { name: "RangeError", message: "seven is too many", code: "TOO_MANY" },
    ]);
    expect(await codeOf(() => database.readPool.run(jobs, "notAFunction", {}))).toBe("JOB_FAILED");
    expect(await codeOf(() => database.readPool.run(jobs, "writing", {}))).toBe("READ_ONLY");
    expect(() => database.readPool.run(new URL("data:text/javascript,0"), "x", {})).toThrow(TypeError);
  });

  test("[DB14] a job that leaves its loop unfinished does not spoil its thread", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1 } });
    expect(await database.readPool.run(jobs, "careless", {})).toEqual({ b: 3 });
    await fill(database, 2);
    expect(await database.readPool.run(jobs, "countTwice", { pauseMs: 0 })).toEqual([2, 2]);
  });

  test("[DB14] a module beside another is found from sources and from what is built", () => {
    expect(siblingModule("file:///a/src/b.ts", "./jobs/c").href).toBe("file:///a/src/jobs/c.ts");
    expect(siblingModule("file:///a/dist/b.js?v=2", "./c").href).toBe("file:///a/dist/c.js");
  });
});

test("[DB14] threads and read jobs work from what is built, too", { timeout: 60_000 }, () => {
  const room = join(import.meta.dirname, "..");
  // Inside the room, so that its dependencies are found.
  const built = mkdtempSync(join(room, "node_modules", ".built-"));
  try {
    const tsc = join(room, "../../node_modules/.bin/tsc");
    const options = ["--outDir", built, "--tsBuildInfoFile", join(built, ".tsbuildinfo")];
    execFileSync(tsc, ["-p", join(room, "tsconfig.build.json"), ...options], { encoding: "utf8" });
    writeFileSync(join(built, "job.js"), "export const double = (reader, n) => reader.get('SELECT 2 * ? AS n', n).n;");
    writeFileSync(
      join(built, "main.js"),
      `import { openDatabase, siblingModule } from "./index.js";
       const database = openDatabase({ path: process.argv[2] });
       const rows = await database.heavy("SELECT 7 AS n");
       const doubled = await database.readPool.run(siblingModule(import.meta.url, "./job"), "double", rows[0].n);
       await database.close();
       console.log(doubled);`,
    );
    const said = execFileSync(process.execPath, [join(built, "main.js"), place.at("a.db")], { encoding: "utf8" });
    expect(said).toBe("14\n");
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
});

describe("stopping", () => {
  test("[DB15] a read is given up at once, and its statement ends where it asks keep_going or gives a row", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1, graceMs: 60_000 } });
    await database.heavy("SELECT 1");
    for (const sql of [endless, `${forever} SELECT x FROM c`]) {
      const giveUp = new AbortController();
      const read = database.readPool.all(sql, [], { signal: giveUp.signal, maxRows: Number.MAX_SAFE_INTEGER });
      setImmediate(() => giveUp.abort(new Error("enough")));
      expect(await codeOf(() => read)).toBe("ABORTED");
    }
    expect(await codeOf(() => database.readPool.run(jobs, "asking", {}, { timeoutMs: 20 }))).toBe("TIMEOUT");
    // The one thread was free again each time: with this grace nobody else would have answered.
    expect(await database.heavy("SELECT 1 AS n")).toEqual([{ n: 1 }]);
    expect(database.readPool.stats()).toMatchObject({ threads: 1, threadsEnding: 0 });
  });

  test("[DB15] a job that does not ask loses its thread, and the next read gets a new one", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1, graceMs: 10 } });
    expect(await codeOf(() => database.readPool.run(jobs, "deaf", {}, { timeoutMs: 300 }))).toBe("TIMEOUT");
    expect(await database.heavy("SELECT 1 AS n")).toEqual([{ n: 1 }]);
    await untilThreads(database, 1);
  });

  test("[DB15] a statement that cannot be interrupted holds up neither its caller nor the reads behind it", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1, graceMs: 1 } });
    await database.heavy("SELECT 1");
    const deaf = database.readPool.all(deafStatement, [], { timeoutMs: 20 });
    expect(await codeOf(() => deaf)).toBe("TIMEOUT");
    // It stands aside, inside its statement, and another thread takes its place.
    const next = database.heavy("SELECT 1 AS n");
    while (database.readPool.stats().threadsEnding === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await next).toEqual([{ n: 1 }]);
    expect(database.readPool.stats().threads).toBe(1);
    while (database.readPool.stats().threadsEnding > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test("[DB15] more waiting reads than maxWaiting, and more rows than maxRows, are refused", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1, maxWaiting: 1 } });
    await fill(database, 1000);
    const codes = await Promise.all([1, 2, 3].map((n) => codeOf(() => database.heavy(`SELECT ${n}`))));
    expect(codes).toEqual([undefined, undefined, "OVERLOADED"]);
    const reads = [999, 1000].map((maxRows) =>
      codeOf(() => database.readPool.all("SELECT * FROM notes", [], { maxRows })),
    );
    expect(await Promise.all(reads)).toEqual(["TOO_LARGE", undefined]);
  });

  test("[DB15] a thread that dies takes only its own read with it", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1 } });
    const codes = [
      codeOf(() => database.readPool.run(jobs, "dying", {})),
      codeOf(() => database.heavy("SELECT 1 AS n")),
    ];
    expect(await Promise.all(codes)).toEqual(["READER_ENDED", undefined]);
  });

  test("[DB15] close stops what runs and what waits, and the file is whole without its WAL", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1 } });
    await database.heavy("SELECT 1");
    const codes = [codeOf(() => database.heavy(endless)), codeOf(() => database.heavy("SELECT 1"))];
    await database.close();
    expect(await Promise.all(codes)).toEqual(["CLOSED", "CLOSED"]);
    expect(await codeOf(() => database.heavy("SELECT 1"))).toBe("CLOSED");
    expect(existsSync(place.at("a.db-wal"))).toBe(false);
  });
});
