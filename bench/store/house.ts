import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";
import type { Cause, Store } from "@kingly/store";
import SqliteFile from "better-sqlite3";

export const cause: Cause = { origin: "system" };
export const workspaceId = "w";

/** A store over a file of its own, a bare connection to the same file, and one that writes bare rows beside it. */
export interface House {
  readonly folder: string;
  readonly database: Database;
  readonly store: Store;
  /** Reads the store's own file by cached statements of better-sqlite3, and nothing else: the limit. */
  readonly bare: SqliteFile.Database;
  /** Inserts one row into a table of another file, WAL and synchronous FULL: the limit of the disk. */
  readonly bareInsert: (key: string, value: string) => void;
  /** Sets what the store takes for now, in ms; left out, the machine's clock. */
  readonly setNow: (ms?: number) => void;
  /** True when it was opened from what an earlier run has kept. */
  readonly isFilled: boolean;
  /** Keeps what it holds now for later runs, when it was opened with a place for that. */
  keep(): void;
  close(): Promise<void>;
}

/** Opens a house with one empty workspace, or over a copy of what is kept at `kept`. */
export async function openHouse(kept?: string): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-bench-store-"));
  const isFilled = kept !== undefined && existsSync(kept);
  if (isFilled) copyFileSync(kept, join(folder, "kingly.db"));
  const database = openDatabase({ path: join(folder, "kingly.db") });
  await migrateStore(database);
  const clock = createSystemClock();
  let fixedMs: number | undefined;
  const store = createStore(
    {
      database,
      clock: { ...clock, nowMs: () => fixedMs ?? clock.nowMs() },
      random: createSystemRandom(),
      // An answer that is given again would measure the cache.
    },
    { queryCacheMs: 0 },
  );
  await database.write((unit) => store.workspaces.ensure(unit, { id: workspaceId }));
  const bare = new SqliteFile(join(folder, "kingly.db"), { readonly: true });
  const written = new SqliteFile(join(folder, "bare.db"));
  written.pragma("journal_mode = WAL");
  written.pragma("synchronous = FULL");
  written.exec("CREATE TABLE memory (id INTEGER PRIMARY KEY, key TEXT UNIQUE, value TEXT)");
  const insert = written.prepare("INSERT OR REPLACE INTO memory (key, value) VALUES (?, ?)");
  return {
    folder,
    database,
    store,
    bare,
    bareInsert: (key, value) => void insert.run(key, value),
    setNow: (ms) => void (fixedMs = ms),
    isFilled,
    keep() {
      if (kept === undefined || isFilled) return;
      mkdirSync(dirname(kept), { recursive: true });
      database.pragma("wal_checkpoint(TRUNCATE)");
      copyFileSync(join(folder, "kingly.db"), kept);
    },
    async close() {
      bare.close();
      written.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
