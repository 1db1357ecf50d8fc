import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import fc from "fast-check";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrate, openDatabase } from "../src/index.ts";
import type { Database, Migrations } from "../src/index.ts";
import { codeOf, count, insert, notes as tables } from "./harness.ts";

interface Tables {
  notes: { id: number; text: string };
}

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kingly-sqlite-"));
  database = openDatabase({ path: join(folder, "a.db") });
  await migrate(database, "notes", tables);
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("opening", () => {
  test("[DB1] WAL, foreign keys and synchronous FULL, also after writes", async () => {
    expect(database.pragma("journal_mode")).toBe("wal");
    expect(database.pragma("foreign_keys")).toBe(1);
    await database.write((unit) => void unit.run(insert, 1, "a"));
    expect(database.pragma("synchronous")).toBe(2);
  });

  test("[DB2] a missing folder and a file that is no database say what to do", async () => {
    expect(await codeOf(() => openDatabase({ path: join(folder, "no", "such", "a.db") }))).toBe("CANNOT_OPEN");
    const path = join(folder, "text.db");
    writeFileSync(path, "this is a text file and certainly not a database, long enough for a header ".repeat(20));
    expect(await codeOf(() => openDatabase({ path }))).toBe("CORRUPT");
  });

  test("[DB3] the same text is prepared once and the cache stays bounded", async () => {
    const small = openDatabase({ path: ":memory:", statementCacheSize: 2 });
    for (let round = 0; round < 50; round += 1) expect(small.get<{ v: number }>(`SELECT ${round} v`)?.v).toBe(round);
    expect(small.all("SELECT 1 v")).toEqual([{ v: 1 }]);
    // One that is kept is never out of the cache, and sees what is written.
    const kept = small.statement<{ n: number }>("SELECT count(*) AS n FROM sqlite_schema WHERE name = ?");
    for (let round = 0; round < 50; round += 1) small.get(`SELECT ${round} v`);
    expect([kept.get("t"), kept.all("t")]).toEqual([{ n: 0 }, [{ n: 0 }]]);
    await small.write((unit) => void unit.run("CREATE TABLE t (a)"));
    expect(kept.get("t")).toEqual({ n: 1 });
    await small.close();
  });
});

describe("writing", () => {
  test("[DB4] write resolves with the value after the commit, which the reading connection sees", async () => {
    const value = await database.write((unit) => unit.run(insert, 1, "a").changes);
    expect(value).toBe(1);
    expect(count(database)).toBe(1);
  });

  test("[DB4][DB28] what resolved survives kill -9", { timeout: 30_000 }, async () => {
    const path = join(folder, "killed.db");
    const child = spawn(process.execPath, [join(import.meta.dirname, "fixtures/writer.ts"), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.split("\n").length > 300) break;
    }
    child.kill("SIGKILL");
    await once(child, "exit");
    const acknowledged = said.split("\n").slice(0, -1).map(Number);
    const after = openDatabase({ path });
    const kept = new Set(after.all<{ id: number }>("SELECT id FROM notes").map((row) => row.id));
    expect(acknowledged.length).toBeGreaterThan(200);
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    await after.close();
  });

  test("[DB28] a unit that need not outlive a power cut waits for no fsync, unless one beside it must", async () => {
    const write = (id: number, survives?: "process") =>
      database.write((unit) => void unit.run(insert, id, "a"), survives === undefined ? {} : { survives });
    // How the last commit reached the disk: 1 is NORMAL, without an fsync of the WAL; 2 is FULL.
    const lastSync = (): unknown => database.pragma("synchronous");
    await write(1, "process");
    expect(lastSync()).toBe(1);
    await Promise.all([write(2, "process"), write(3, "process")]);
    expect(lastSync()).toBe(1);
    await Promise.all([write(4, "process"), write(5)]);
    await Promise.all([write(6, "process"), write(7), write(8, "process")]);
    expect(lastSync()).toBe(2);
    await write(9, "process");
    await database.exclusive(async () => expect(lastSync()).toBe(2));
    expect(database.all("SELECT id FROM notes").length).toBe(9);
  });

  test("[DB5] waiting units share a commit in order, and one that throws is taken back alone", async () => {
    let seenByFirst = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, id) =>
        database.write((unit) => {
          unit.run(insert, id, "x");
          // The first caller already sees the last one's row: they shared the commit.
          if (id === 0) unit.afterCommit(() => void (seenByFirst = count(database)));
          if (id === 7) throw new RangeError("no seven");
          return id;
        }),
      ),
    );
    expect(results.filter((result) => result.status === "rejected").map((result) => String(result.reason))).toEqual([
      "RangeError: no seven",
    ]);
    expect(count(database)).toBe(19);
    expect(seenByFirst).toBe(19);
    expect(database.get("SELECT id FROM notes WHERE id = 7")).toBeUndefined();
  });

  test("[DB5] any mix of units keeps exactly those that resolved", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.nat(40), fails: fc.boolean(), async: fc.boolean() }), { maxLength: 40 }),
        async (plan) => {
          const fresh = openDatabase({ path: ":memory:", maxUnitsPerCommit: 7 });
          await migrate(fresh, "notes", tables);
          const expected = new Set<number>();
          await Promise.all(
            plan.map(({ id, fails, async }) =>
              fresh
                .write((unit) => {
                  const finish = (): void => {
                    if (fails) throw new Error("asked to fail");
                  };
                  if (!async) {
                    unit.run(insert, id, "x");
                    return finish();
                  }
                  return unit.kysely<Tables>().insertInto("notes").values({ id, text: "x" }).execute().then(finish);
                })
                .then(
                  () => void expected.add(id),
                  () => {},
                ),
            ),
          );
          const kept = fresh.all<{ id: number }>("SELECT id FROM notes ORDER BY id").map((row) => row.id);
          expect(kept).toEqual([...expected].toSorted((a, b) => a - b));
          await fresh.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  test("[DB6] a read in the middle of a unit sees only what is committed", async () => {
    let seenInside = -1;
    await database.write(async (unit) => {
      await unit.kysely<Tables>().insertInto("notes").values({ id: 1, text: "a" }).execute();
      seenInside = count(database);
    });
    expect([seenInside, count(database)]).toEqual([0, 1]);
  });

  test("[DB7] a unit that awaits something else is taken back, and its later calls fail", async () => {
    let late: string | undefined = "not tried";
    const release = Promise.withResolvers<void>();
    const escaped = codeOf(() =>
      database.write(async (unit) => {
        unit.run(insert, 1, "a");
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        late = await codeOf(() => unit.run(insert, 2, "b"));
        release.resolve();
      }),
    );
    const neighbour = database.write((unit) => void unit.run(insert, 3, "c"));
    expect(await escaped).toBe("UNIT_ESCAPED");
    await neighbour;
    await release.promise;
    expect(late).toBe("UNIT_ESCAPED");
    expect(database.all("SELECT id FROM notes")).toEqual([{ id: 3 }]);
  });

  test("[DB8] afterCommit runs after the commit, in order, and not for a unit taken back", async () => {
    const seen: string[] = [];
    await Promise.allSettled([
      database.write((unit) => {
        unit.run(insert, 1, "a");
        unit.afterCommit(() => void seen.push(`first sees ${count(database)}`));
      }),
      database.write((unit) => {
        unit.afterCommit(() => void seen.push("never"));
        throw new Error("taken back");
      }),
      database.write((unit) => void unit.afterCommit(() => void seen.push("second"))),
    ]);
    expect(seen).toEqual(["first sees 1", "second"]);
  });

  test("[DB11] when the commit fails every unit of the group hears it and nothing is kept", async () => {
    const other = openDatabase({ path: database.path, busyTimeoutMs: 0 });
    await database.exclusive(async (db) => {
      await db.transaction().execute(async (trx) => {
        await sql`INSERT INTO notes (id, text) VALUES (9, 'held')`.execute(trx);
        const codes = await Promise.all([
          codeOf(() => other.write((unit) => void unit.run(insert, 1, "a"))),
          codeOf(() => other.write((unit) => void unit.run(insert, 2, "b"))),
        ]);
        expect(codes).toEqual(["BUSY", "BUSY"]);
      });
    });
    expect(database.all("SELECT id FROM notes")).toEqual([{ id: 9 }]);
    await other.close();
  });

  test("[DB12] more waiting units than the limit are refused", async () => {
    const small = openDatabase({ path: ":memory:", maxWaitingUnits: 2 });
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(() => small.write(() => {}))));
    expect(codes).toEqual([undefined, undefined, "OVERLOADED"]);
    await small.close();
  });
});

describe("migrations", () => {
  test("[DB9] a room's migrations run once, and a failing one leaves nothing", async () => {
    expect(await migrate(database, "notes", tables)).toEqual([]);
    const broken: Migrations = {
      "001_half": {
        async up(db) {
          await db.schema.createTable("half").addColumn("id", "integer").execute();
          throw new Error("dies half-way");
        },
      },
    };
    expect(await codeOf(() => migrate(database, "half", broken))).toBe("SCHEMA");
    expect(database.get("SELECT name FROM sqlite_master WHERE name = 'half'")).toBeUndefined();
  });

  test("[DB9] a file that is newer than the program is refused", async () => {
    expect(await codeOf(() => migrate(database, "notes", {}))).toBe("SCHEMA");
  });
});

test("[DB10] close settles waiting units, then refuses", async () => {
  const last = database.write((unit) => unit.run(insert, 1, "a").changes);
  await Promise.all([database.close(), database.close()]);
  expect(await last).toBe(1);
  expect(await codeOf(() => database.write(() => {}))).toBe("CLOSED");
  expect(await codeOf(() => database.get("SELECT 1"))).toBe("CLOSED");
});
