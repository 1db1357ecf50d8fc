import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import type { ManualClock, MemoryLog } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import type { Database, Unit } from "@kingly/sqlite";
import { createStore, isStoreError, migrateStore } from "../src/index.ts";
import type { Cause, Store, StoreOptions } from "../src/index.ts";

/** A store over a real file in a folder of its own, with workspace `w` and a second one, `v`. */
export interface OpenStore {
  readonly store: Store;
  readonly database: Database;
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  write<T>(work: (unit: Unit) => T | Promise<T>): Promise<T>;
  end(): Promise<void>;
}

export const cause: Cause = { cid: "c1", origin: "user", turnId: "u-1" };

export async function openTestStore(options: StoreOptions & { readonly inMemory?: boolean } = {}): Promise<OpenStore> {
  const { inMemory = false, ...storeOptions } = options;
  const folder = mkdtempSync(join(tmpdir(), "kingly-store-"));
  const database = openDatabase({ path: inMemory ? ":memory:" : join(folder, "a.db") });
  await migrateStore(database);
  const clock = createManualClock();
  const log = createMemoryLog();
  const store = createStore({ database, clock, random: createSeededRandom(7), log }, storeOptions);
  await database.write((unit) => {
    store.workspaces.ensure(unit, { id: "w", name: "Work", path: "/w" });
    store.workspaces.ensure(unit, { id: "v" });
  });
  return {
    store,
    database,
    clock,
    log,
    write: (work) => database.write(work),
    async end() {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the code of the StoreError (or the text of another error) that `work` ends with. */
export async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
  } catch (thrown) {
    return isStoreError(thrown) ? thrown.code : String(thrown);
  }
  return undefined;
}
