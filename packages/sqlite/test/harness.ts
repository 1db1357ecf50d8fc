import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { isDatabaseError, migrate, openDatabase } from "../src/index.ts";
import type { Database, DatabaseOptions, Migrations } from "../src/index.ts";

/** One table of notes. */
export const notes: Migrations = {
  "001_notes": {
    up: (db) =>
      db.schema
        .createTable("notes")
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("text", "text", (column) => column.notNull())
        .execute(),
  },
};

/** The statement that adds one. */
export const insert = "INSERT INTO notes (id, text) VALUES (?, ?)";

/** How many notes are there. */
export const count = (database: Database): number =>
  Number(database.get<{ n: number }>("SELECT count(*) n FROM notes")?.n);

/** The code of the DatabaseError that `work` ends with, or what else it threw; undefined when it ends well. */
export async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
  } catch (thrown) {
    return isDatabaseError(thrown) ? thrown.code : String(thrown);
  }
  return undefined;
}

/** What a test works in: a folder of its own, and databases that are closed after it. */
export interface Place {
  readonly folder: string;
  at(name: string): string;
  open(name: string, options?: Omit<DatabaseOptions, "path">): Database;
  /** Opens with the table of notes. */
  openNotes(name: string, options?: Omit<DatabaseOptions, "path">): Promise<Database>;
}

/** Gives each test a new folder and cleans up after it. */
export function usePlace(): Place {
  let folder = "";
  let opened: Database[] = [];
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "kingly-sqlite-"))));
  afterEach(async () => {
    await Promise.all(opened.map((database) => database.close()));
    opened = [];
    rmSync(folder, { recursive: true, force: true });
  });
  const place: Place = {
    get folder() {
      return folder;
    },
    at: (name) => join(folder, name),
    open(name, options = {}) {
      const database = openDatabase({ ...options, path: name === ":memory:" ? name : join(folder, name) });
      opened.push(database);
      return database;
    },
    async openNotes(name, options) {
      const database = place.open(name, options);
      await migrate(database, "notes", notes);
      return database;
    },
  };
  return place;
}
