import { openDatabase, migrate } from "@kingly/sqlite";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { createStore, forever, migrateStore } from "../src/index.ts";
import { logTables } from "../src/schema/log-tables.ts";
import { memoryTables } from "../src/schema/memory-tables.ts";
import { workTables } from "../src/schema/work-tables.ts";
import { cause } from "./open-store.ts";

// What the first version of the store wrote: its tables, and a change as its two rows of history.
const tables = [...logTables, ...workTables, ...memoryTables];
const memoryHistory = "id, workspace_id, key, value, category, memory_type, significance, metadata, event_seq, version";
const rows = [
  "INSERT INTO workspaces (id, name, epoch, created_at, updated_at, valid_from, sys_from) VALUES ('v', 'V', 'e', 1, 1, 1, 1)",
  "INSERT INTO workspaces (id, name, epoch, created_at, updated_at, valid_from, sys_from) VALUES ('w', 'W', 'e', 1, 1, 1, 1)",
  ...["a", "b"].map(
    (id) => `INSERT INTO tasks (row_id, workspace_id, id, title, version, created_at, updated_at, valid_from, sys_from)
    VALUES (2 * 4294967296 + ${id === "a" ? 1 : 2}, 'w', '${id}', 'New ${id}', 2, 10, 20, 20, 20)`,
  ),
  `INSERT INTO tasks_history (workspace_id, id, title, status, progress, confidence, complexity, metadata, version, created_at,
    updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT 'w', 'a', 'Old a', 'queued', 0, 0.5, 0.5, '{}', 1, 10, 10, 10, column1, column2, column3
    FROM (VALUES (${forever}, 10, 20), (20, 20, ${forever}))`,
  `INSERT INTO task_relationships (workspace_id, from_id, kind, to_id, created_at, valid_from, sys_from)
    VALUES ('w', 'a', 'blocks', 'b', 15, 15, 15)`,
  `INSERT INTO memory (id, workspace_id, key, value, value_text, significance, event_seq, version, created_at, updated_at, valid_from,
    sys_from) VALUES (2 * 4294967296 + 3, 'w', 'city', '"Oslo"', 'Oslo', 0.2, 4, 3, 10, 30, 30, 30)`,
  // Rome, corrected to Bonn within the same ms, then Oslo.
  ...[
    ["Rome", 1, 10, 10, forever, 10, 10],
    ["Rome", 1, 10, 10, 10, 10, forever],
    ["Bonn", 2, 10, 10, forever, 10, 30],
    ["Bonn", 2, 10, 10, 30, 30, forever],
  ].map(
    ([
      city,
      version,
      updated,
      ...times
    ]) => `INSERT INTO memory_history (${memoryHistory}, created_at, updated_at, valid_from,
    valid_to, sys_from, sys_to)
    VALUES (2 * 4294967296 + 3, 'w', 'city', '{"town":"${city}"}', 'general', 'semantic', 0.5, '{}', 1, ${version}, 10, ${updated},
    ${times.join(", ")})`,
  ),
  // Forgotten by the first version: no current row, and an open row without a value.
  ...[
    [10, forever, 10, 40],
    [10, 40, 40, forever],
  ].map(
    (
      times,
    ) => `INSERT INTO memory_history (${memoryHistory}, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    VALUES (2 * 4294967296 + 5, 'w', 'secret', NULL, 'general', 'semantic', 0.5, '{}', 2, 1, 10, 10, ${times.join(", ")})`,
  ),
];

test("[S33] a file that the first migration wrote is brought up with its data and reads on, on both axes", async () => {
  const database = openDatabase({ path: ":memory:" });
  await migrate(database, "store", {
    "001_tables": {
      async up(db) {
        for (const statement of [...tables, ...rows]) await sql.raw(statement).execute(db);
      },
    },
  });
  const migrated = await migrateStore(database);
  expect(migrated[0]).toBe("002_time");
  expect(database.all("PRAGMA foreign_key_check")).toEqual([]);
  for (const table of ["memory_history_fts", "tasks_history_fts", "memory_fts", "tasks_fts"]) {
    await database.write((unit) => unit.run(`INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`));
  }
  const clock = createManualClock(50);
  const store = createStore({ database, clock, random: createSeededRandom(1) });

  expect(store.memory.recall("w", "city")).toMatchObject({ value: "Oslo", version: 3, significance: 0.2 });
  expect(store.memory.history("w", "city").map(({ value, validToMs }) => [value, validToMs])).toEqual([
    [{ town: "Rome" }, forever],
    [{ town: "Bonn" }, 30],
    ["Oslo", forever],
  ]);
  expect(store.memory.history("w", "secret")).toMatchObject([{ version: 1, forgotten: true }]);
  expect(store.tasks.get("w", "a")).toMatchObject({ title: "New a", version: 2 });
  expect(store.relationships.list("w", "b")).toEqual([{ kind: "blocked_by", taskId: "a", createdAtMs: 15 }]);
  // The words of the former values are found, and history rows lie in the range of their workspace.
  const found = database.all("SELECT rowid FROM memory_history_fts WHERE memory_history_fts MATCH 'bonn'");
  expect(found).toHaveLength(2);
  expect(database.get("SELECT min(row_id) > 2 * 4294967296 AS isInside FROM memory_history")).toEqual({ isInside: 1 });
  expect(database.get("SELECT semantic FROM memory")).toEqual({ semantic: 0 });

  await database.write((unit) => {
    store.memory.remember(unit, { workspaceId: "w", key: "city", value: "Turku" }, cause);
    store.memory.remember(unit, { workspaceId: "w", key: "secret", value: "new" }, cause);
    store.tasks.update(unit, "w", "a", { title: "Newest a" }, cause);
  });
  expect(store.memory.recall("w", "city")).toMatchObject({ value: "Turku", version: 4 });
  expect(store.memory.recall("w", "secret")).toMatchObject({ value: "new", version: 2 });
  expect(store.tasks.get("w", "a")).toMatchObject({ title: "Newest a", version: 3 });
  expect(database.all("PRAGMA foreign_key_check")).toEqual([]);
  await database.close();
});
