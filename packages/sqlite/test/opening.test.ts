import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import SqliteFile from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../src/index.ts";
import { codeOf, insert, usePlace } from "./harness.ts";

const place = usePlace();
const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    return String(thrown);
  }
  return "";
};

describe("what is refused", () => {
  test("[DB18] another program's database is refused before a byte of it is changed", async () => {
    for (const [name, make] of [
      ["tables.db", "CREATE TABLE bookmarks (id INTEGER PRIMARY KEY); CREATE TABLE visits (id INTEGER PRIMARY KEY)"],
      ["mark.db", "PRAGMA application_id = 1179665477; CREATE TABLE a (b)"],
    ] as const) {
      const path = place.at(name);
      const other = new SqliteFile(path);
      other.exec(make);
      other.close();
      const before = readFileSync(path);
      expect(await codeOf(() => openDatabase({ path }))).toBe("FOREIGN_FILE");
      expect(readFileSync(path).equals(before)).toBe(true);
    }
    expect(messageOf(() => openDatabase({ path: place.at("tables.db") }))).toContain("bookmarks, visits");
    const accepted = place.open("tables.db", { acceptForeign: true });
    expect(accepted.all("SELECT * FROM bookmarks")).toEqual([]);
    expect(accepted.pragma("application_id")).toBe(0);
  });

  test("[DB18] ours are marked, those from before the mark too, and any tool reads them", async () => {
    const first = await place.openNotes("a.db");
    await first.write((unit) => void unit.run(insert, 1, "a"));
    expect(first.isNew).toBe(true);
    await first.close();
    const plain = new SqliteFile(place.at("a.db"));
    expect(plain.prepare("SELECT * FROM notes").all()).toEqual([{ id: 1, text: "a" }]);
    expect(plain.pragma("application_id", { simple: true })).toBe(0x4b474c59);
    plain.pragma("application_id = 0");
    plain.close();
    const again = await place.openNotes("a.db");
    expect([again.isNew, again.pragma("application_id")]).toEqual([false, 0x4b474c59]);
  });

  test("[DB2] a folder, a missing folder and a file that is no database are refused with what to do", async () => {
    mkdirSync(place.at("folder.db"));
    writeFileSync(place.at("text.db"), "this is a text file and certainly not a database ".repeat(50));
    const tries = ["folder.db", "no/such/a.db", "text.db"].map((name) => () => openDatabase({ path: place.at(name) }));
    expect(await Promise.all(tries.map(codeOf))).toEqual(["CANNOT_OPEN", "CANNOT_OPEN", "CORRUPT"]);
    expect(tries.map(messageOf)).toEqual([
      expect.stringContaining("it is a folder. Give the path of a file in it."),
      expect.stringContaining("Create the folder first."),
      expect.stringContaining("move it away or restore it from a backup."),
    ]);
  });

  test("[DB2] a damaged header is refused as such", async () => {
    const database = await place.openNotes("a.db");
    await database.close();
    const bytes = readFileSync(place.at("a.db"));
    writeFileSync(place.at("cut.db"), bytes.fill(255, 100, 4096));
    expect(await codeOf(() => openDatabase({ path: place.at("cut.db") }))).toBe("CORRUPT");
  });

  test("[DB2] a file or folder without the right to write is refused as read-only", async () => {
    for (const name of ["a", "b"]) {
      mkdirSync(place.at(name));
      await (await place.openNotes(`${name}/a.db`)).close();
    }
    chmodSync(place.folder, 0o755);
    chmodSync(place.at("a/a.db"), 0o444);
    chmodSync(place.at("a"), 0o777);
    chmodSync(place.at("b/a.db"), 0o666);
    chmodSync(place.at("b"), 0o555);
    // Root may write anything, so a child gives its rights up.
    const fixture = join(import.meta.dirname, "fixtures/open-as-nobody.ts");
    const paths = ["a/a.db", "b/a.db", "b/new.db"].map((name) => place.at(name));
    const child = spawnSync(process.execPath, [fixture, ...paths], { encoding: "utf8" });
    chmodSync(place.at("b"), 0o777);
    expect(child.stderr).toBe("");
    expect(JSON.parse(child.stdout)).toEqual(["READ_ONLY", "READ_ONLY", "CANNOT_OPEN"]);
  });
});
