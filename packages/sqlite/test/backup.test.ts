import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import SqliteFile from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { migrate, openDatabase, restoreBackup } from "../src/index.ts";
import type { Database, Migrations } from "../src/index.ts";
import { codeOf, count, createHandClock, insert, notes, usePlace } from "./harness.ts";

const place = usePlace();
async function fill(database: Database, from: number, to: number, text = "x".repeat(200)): Promise<void> {
  await database.write((unit) => {
    for (let id = from; id < to; id += 1) unit.run(insert, id, text);
  });
}
const idsOf = (path: string): readonly number[] => {
  const file = new SqliteFile(path, { readonly: true });
  const rows = file.prepare("SELECT id FROM notes ORDER BY id").pluck().all() as number[];
  file.close();
  return rows;
};

describe("backup", () => {
  test("[DB16] is one whole, checked file of one moment, though writes and their callers go on meanwhile", async () => {
    const database = await place.openNotes("a.db");
    await fill(database, 0, 20_000);
    let done = false;
    const steps: number[] = [];
    const backup = database.backup(place.at("b.db"), {
      pagesPerStep: 50,
      onProgress: (copied, total) => void steps.push(copied / total),
    });
    void backup.finally(() => (done = true));
    let id = 20_000;
    while (!done) {
      await Promise.all([0, 1, 2].map((n) => database.write((unit) => void unit.run(insert, id + n, "y"))));
      id += 3;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { path, pages } = await backup;
    const kept = idsOf(path);
    // A prefix of whole groups: one moment between two commits.
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => index));
    expect([kept.length >= 20_000, kept.length <= id, (kept.length - 20_000) % 3]).toEqual([true, true, 0]);
    expect([pages > 1000, steps.length > 20, steps.at(-1)]).toEqual([true, true, 1]);
    // It never began anew, whatever was written.
    expect(steps).toEqual(steps.toSorted((left, right) => left - right));
    expect(readdirSync(place.folder).filter((name) => name.startsWith("b.db"))).toEqual(["b.db"]);
  });

  test("[DB16] a backup that is given up or cannot be written leaves nothing, and an older one as it was", async () => {
    const database = await place.openNotes("a.db");
    await fill(database, 0, 5000);
    await database.backup(place.at("b.db"));
    const before = readFileSync(place.at("b.db"));
    const giveUp = new AbortController();
    const aborted = database.backup(place.at("b.db"), {
      pagesPerStep: 1,
      signal: giveUp.signal,
      onProgress: () => giveUp.abort(),
    });
    expect(await codeOf(() => aborted)).toBe("ABORTED");
    expect(await codeOf(() => database.backup(place.at("no/such/b.db")))).toBe("CANNOT_OPEN");
    expect(await codeOf(() => database.backup(place.at("a.db")))).toBe("CANNOT_OPEN");
    // The thread hears of it after its caller: the next one waits for it.
    await database.heavy("SELECT 1");
    await database.close();
    expect(readdirSync(place.folder).toSorted()).toEqual(["a.db", "b.db"]);
    expect(readFileSync(place.at("b.db")).equals(before)).toBe(true);
  });

  test("[DB16] a damaged database is not taken for a backup", async () => {
    const first = await place.openNotes("a.db");
    await fill(first, 0, 2000);
    await first.close();
    const bytes = readFileSync(place.at("a.db"));
    // A page in the middle of the table, and not its header.
    writeFileSync(place.at("a.db"), bytes.fill(0xab, 40 * 4096, 41 * 4096));
    const database = place.open("a.db");
    expect(await codeOf(() => database.backup(place.at("b.db")))).toBe("CORRUPT");
    expect(existsSync(place.at("b.db"))).toBe(false);
  });

  test("[DB16] a database in memory is backed up too", async () => {
    const database = await place.openNotes(":memory:");
    await fill(database, 0, 10);
    await database.backup(place.at("b.db"));
    expect(idsOf(place.at("b.db"))).toHaveLength(10);
  });
});

const second: Migrations = {
  ...notes,
  "002_more": { up: (db) => db.schema.alterTable("notes").addColumn("more", "text").execute() },
};
const broken: Migrations = {
  ...second,
  "003_broken": {
    async up(db) {
      await db.deleteFrom("notes" as never).execute();
      throw new Error("dies half-way");
    },
  },
};

describe("before migrations", () => {
  test("[DB17] a file that was there is backed up, a new one is not, and the log tells where", async () => {
    const said: [string, unknown][] = [];
    const log = {
      info: (message: string, fields?: object) => void said.push([message, fields]),
      warn: () => {},
    };
    const first = await place.openNotes("a.db", { log });
    await fill(first, 0, 3);
    expect(await migrate(first, "other", { "001_a": notes["001_notes"]! }).catch(() => "as is")).toBe("as is");
    await first.close();
    expect([readdirSync(place.folder), said]).toEqual([["a.db"], []]);

    const clock = createHandClock();
    const again = place.open("a.db", { log, clock });
    expect(await migrate(again, "notes", notes)).toEqual([]);
    expect(said).toEqual([]);
    expect(await migrate(again, "notes", second)).toEqual(["002_more"]);
    const path = place.at("a.db.before-notes-002_more-20270115T080000000Z");
    expect(said).toEqual([["the database was backed up before a migration", expect.objectContaining({ path })]]);
    expect(idsOf(path)).toEqual([0, 1, 2]);
  });

  test("[DB17] a migration that fails keeps nothing and names the backup, which can be put back", async () => {
    const first = await place.openNotes("a.db");
    await fill(first, 0, 3);
    await first.close();
    const again = place.open("a.db");
    const error = await migrate(again, "notes", broken).catch((thrown: unknown) => thrown);
    const name = readdirSync(place.folder).find((file) => file.includes(".before-notes-002_more-")) ?? "none";
    expect(error).toMatchObject({ code: "SCHEMA", message: expect.stringContaining(`${place.at(name)}.`) });
    expect([count(again), again.all("PRAGMA table_info(notes)").length]).toEqual([3, 2]);
    await again.write((unit) => void unit.run("DELETE FROM notes"));

    expect(await codeOf(() => restoreBackup(place.at(name), place.at("a.db")))).toBe("BUSY");
    await again.close();
    restoreBackup(place.at(name), place.at("a.db"));
    const restored = await place.openNotes("a.db");
    expect(count(restored)).toBe(3);
    // What stood there is kept beside.
    expect(idsOf(place.at("a.db.replaced"))).toEqual([]);
  });

  test("[DB17] the newest three are kept, whatever room they were made for", async () => {
    const clock = createHandClock();
    await (await place.openNotes("a.db")).close();
    for (let round = 0; round < 5; round += 1) {
      const database = place.open("a.db", { clock });
      await migrate(database, `room${round}`, { "001_a": { up: async () => {} } });
      await database.close();
      clock.advance(60_000);
    }
    const rooms = readdirSync(place.folder).flatMap((name) => /before-(room\d)/.exec(name)?.[1] ?? []);
    expect(rooms.toSorted()).toEqual(["room2", "room3", "room4"]);
  });

  test("[DB17] a file that a newer program wrote is refused, untouched and without a backup", async () => {
    const first = await place.openNotes("a.db");
    await migrate(first, "notes", second);
    await first.close();
    const again = place.open("a.db");
    const error = await migrate(again, "notes", notes).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "SCHEMA", message: expect.stringContaining("002_more of notes") });
    expect(readdirSync(place.folder).filter((name) => name.includes("before"))).toEqual([]);
  });
});

describe("restore", () => {
  test("[DB17] a damaged or missing backup is refused, and what stands there stays", async () => {
    const database = await place.openNotes("a.db");
    await fill(database, 0, 2000);
    await database.backup(place.at("b.db"));
    await database.close();
    const before = readFileSync(place.at("a.db"));
    const bytes = readFileSync(place.at("b.db"));
    writeFileSync(place.at("damaged.db"), bytes.fill(0xab, 40 * 4096, 41 * 4096));
    const codes = ["damaged.db", "none.db"].map((name) =>
      codeOf(() => restoreBackup(place.at(name), place.at("a.db"))),
    );
    expect(await Promise.all(codes)).toEqual(["CORRUPT", "CANNOT_OPEN"]);
    expect(readFileSync(place.at("a.db")).equals(before)).toBe(true);
    expect(readdirSync(place.folder).toSorted()).toEqual(["a.db", "b.db", "damaged.db"]);
  });

  test("[DB17] the WAL of a database that died is not played into the restored one", async () => {
    const database = await place.openNotes("a.db");
    await fill(database, 0, 10);
    await database.backup(place.at("b.db"));
    await fill(database, 10, 500);
    // What a killed process leaves: the file with its WAL.
    mkdirSync(place.at("dead"));
    for (const suffix of ["", "-wal"]) copyFileSync(place.at(`a.db${suffix}`), place.at(`dead/a.db${suffix}`));
    restoreBackup(place.at("b.db"), place.at("dead/a.db"));
    expect(idsOf(place.at("dead/a.db"))).toHaveLength(10);
    expect(idsOf(place.at("dead/a.db.replaced"))).toHaveLength(500);
    const restored = openDatabase({ path: place.at("dead/a.db") });
    expect(restored.pragma("integrity_check")).toBe("ok");
    await restored.close();

    // And of one whose file is damaged from its header on.
    database.pragma("wal_checkpoint(TRUNCATE)");
    await database.write((unit) => void unit.run("UPDATE notes SET text = 'later' WHERE id = 1"));
    writeFileSync(place.at("dead/b.db"), readFileSync(place.at("a.db")).fill(0xab, 0, 4096));
    copyFileSync(place.at("a.db-wal"), place.at("dead/b.db-wal"));
    restoreBackup(place.at("b.db"), place.at("dead/b.db"));
    const other = openDatabase({ path: place.at("dead/b.db") });
    expect(other.get("SELECT count(*) AS n FROM notes WHERE text = 'later'")).toEqual({ n: 0 });
    await other.close();
  });
});
