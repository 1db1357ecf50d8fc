import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { isDatabaseError, migrate, openDatabase } from "../src/index.ts";
import type { Database, DatabaseClock, DatabaseOptions, Migrations } from "../src/index.ts";

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

/** A clock that a test moves by hand. */
export interface HandClock extends DatabaseClock {
  advance(ms: number): void;
}

/** Creates it; timers fire while it is moved. */
export function createHandClock(): HandClock {
  let nowMs = 1_800_000_000_000;
  let timers: { readonly atMs: number; readonly fire: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer(afterMs, fire) {
      const timer = { atMs: nowMs + afterMs, fire };
      timers.push(timer);
      return { cancel: () => void (timers = timers.filter((other) => other !== timer)) };
    },
    advance(ms) {
      nowMs += ms;
      const due = timers.filter((timer) => timer.atMs <= nowMs);
      timers = timers.filter((timer) => timer.atMs > nowMs);
      for (const timer of due) timer.fire();
    },
  };
}

/** Waits, turn by turn, until something holds; the test's own timeout bounds it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
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
