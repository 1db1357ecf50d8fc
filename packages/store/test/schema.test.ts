import { afterEach, beforeEach, expect, test } from "vitest";
import { forever, migrateStore } from "../src/index.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

test("[S1] the migrations make exactly the schema that is under review, and run once", async () => {
  const rows = opened.database.all<{ sql: string; name: string }>(
    "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid",
  );
  // The migrations' bookkeeping, sqlite's own tables and the inside of FTS5 are not ours.
  const ours = rows.filter(({ name }) => !/^store_migrations|^sqlite_|_fts_(data|idx|docsize|config)$/.test(name));
  await expect(ours.map(({ sql }) => `${sql};\n`).join("\n")).toMatchFileSnapshot("../schema.sql");
  expect(await migrateStore(opened.database)).toEqual([]);
});

test("[S2] tables are strict and bound to their workspace by foreign keys; no row refers into another workspace", async () => {
  const tables = opened.database.all<{ name: string; strict: number; type: string }>("PRAGMA table_list");
  const ours = tables.filter(({ name, type }) => type === "table" && !/^sqlite_|^store_migrations/.test(name));
  expect(ours.length).toBeGreaterThan(12);
  expect(ours.filter(({ strict }) => strict === 0)).toEqual([]);
  for (const { name } of ours.filter(({ name }) => name !== "workspaces")) {
    const keys = opened.database.all<{ from: string }>(`PRAGMA foreign_key_list(${name})`).map((key) => key.from);
    expect([name, keys.includes(name === "workspaces_history" ? "id" : "workspace_id")]).toEqual([name, true]);
  }
  const insertTask =
    "INSERT INTO tasks (workspace_id, id, title, parent_id, created_at, updated_at, valid_from, sys_from)";
  await opened.write((unit) => opened.store.tasks.create(unit, { workspaceId: "v", id: "far", title: "t" }, cause));
  // A parent in another workspace is no parent.
  expect(await codeOf(() => opened.write((u) => u.run(`${insertTask} VALUES ('w','x','t','far',1,1,1,1)`)))).toContain(
    "FOREIGN KEY",
  );
});

test("[S3] statuses, shares, intervals and JSON are checked by the tables themselves", async () => {
  await opened.write((unit) => opened.store.tasks.create(unit, { workspaceId: "w", id: "t", title: "t" }, cause));
  const changes = [
    "status = 'pending'",
    "confidence = 1.5",
    "progress = -0.1",
    "metadata = '[]'",
    "metadata = 'no json'",
    "title = ''",
    "valid_to = valid_from - 1",
    "sys_to = 5",
    "created_at = 'now'",
    "parent_id = id",
  ];
  for (const change of changes) {
    const ended = await codeOf(() => opened.write((unit) => unit.run(`UPDATE tasks SET ${change} WHERE id = 't'`)));
    expect([change, String(ended).includes("DatabaseError")]).toEqual([change, true]);
  }
});

test("[S4] each pair of valid and system time finds exactly one version, and what was believed then", async () => {
  const { store, clock, database } = opened;
  const key = "city";
  const started = clock.nowMs();
  expect(opened.database.all("SELECT * FROM memory_history")).toEqual([]);
  for (const value of ["Rome", "Oslo", "Bonn"]) {
    await opened.write((unit) => store.memory.remember(unit, { workspaceId: "w", key, value }, cause));
    clock.advance(10);
  }
  const columns = "value, version, valid_from, valid_to, sys_from, sys_to";
  const asOf = (valid: number, system: number): readonly string[] =>
    database
      .all<{ value: string }>(
        `SELECT value FROM (SELECT ${columns} FROM memory UNION ALL SELECT ${columns} FROM memory_history)
         WHERE valid_from <= ? AND ? < valid_to AND sys_from <= ? AND ? < sys_to`,
        valid,
        valid,
        system,
        system,
      )
      .map(({ value }) => value);
  for (let valid = 0; valid < 30; valid += 1) {
    for (let system = 0; system < 30; system += 1) {
      // Today we know what was true then; then we believed that it would last.
      const version = Math.floor(Math.min(valid, system) / 10);
      expect(asOf(started + valid, started + system)).toEqual([JSON.stringify(["Rome", "Oslo", "Bonn"][version])]);
    }
  }
  expect(asOf(started + 15, forever - 1)).toEqual(['"Oslo"']);
});

test("[S4] histories are append-only for every writer", async () => {
  const { store } = opened;
  await opened.write((unit) => {
    store.tasks.create(unit, { workspaceId: "w", id: "t", title: "t" }, cause);
    store.memory.remember(unit, { workspaceId: "w", key: "k", value: 1 }, cause);
  });
  opened.clock.advance(5);
  await opened.write((unit) => {
    store.tasks.transition(unit, "w", "t", "ready", {}, cause);
    store.memory.remember(unit, { workspaceId: "w", key: "k", value: 2 }, cause);
    store.workspaces.ensure(unit, { id: "w", name: "New" });
  });
  for (const statement of [
    "UPDATE tasks_history SET title = 'x'",
    "DELETE FROM tasks_history",
    "UPDATE memory_history SET value = '3'",
    "UPDATE memory_history SET version = 9",
    "DELETE FROM memory_history",
    "UPDATE workspaces_history SET name = 'x'",
    "DELETE FROM workspaces_history",
    // Closed rows stay closed; an open one is not moved, only closed.
    "UPDATE tasks_history SET sys_to = sys_to + 1 WHERE sys_to < 9007199254740991",
    "UPDATE tasks_history SET sys_to = 9007199254740991",
    "UPDATE tasks_history SET sys_to = 1 WHERE sys_to = 9007199254740991",
    "UPDATE memory_history SET metadata = '{\"a\":1}'",
    "UPDATE memory_history SET value_text = 'x'",
  ]) {
    const ended = await codeOf(() => opened.write((unit) => unit.run(statement)));
    expect([statement, /history|CHECK/.test(String(ended))]).toEqual([statement, true]);
  }
});
