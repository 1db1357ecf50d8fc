import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import SqliteFile from "better-sqlite3";
import { createSystemClock } from "@kingly/runtime";
import { createSeededRandom } from "@kingly/runtime/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createStore, verifyDatabase } from "../src/index.ts";
import type { StoredEvent } from "../src/index.ts";
import { watchedTables } from "../src/watched-tables.ts";
import { cause, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

const run = promisify(execFile);
const fixture = join(import.meta.dirname, "fixtures/other-program.ts");

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

/** Runs statements in a process of its own, in one transaction. */
const elsewhere = (...statements: string[]): Promise<unknown> =>
  run(process.execPath, [fixture, opened.database.path, ...statements]);
const told = (after = 0, workspaceId = "w"): readonly StoredEvent[] =>
  opened.store.events.readAfter(workspaceId, after, 1000);
const unchained = (): number =>
  opened.database.all("SELECT 1 FROM events WHERE chain_hash IS NULL OR payload_hash IS NULL").length;
const checkIndexes = (): Promise<void> =>
  opened.write((unit) => {
    for (const table of ["memory_fts", "tasks_fts", "memory_history_fts", "tasks_history_fts"]) {
      unit.run(`INSERT INTO ${table}(${table}, rank) VALUES('integrity-check', 1)`);
    }
  });
const insertTask = (workspaceId: string, id: string, title: string): string =>
  `INSERT INTO tasks (workspace_id, id, title, created_at, updated_at, valid_from, sys_from)
   VALUES ('${workspaceId}', '${id}', '${title}', 1, 1, 1, 1)`;

test("[S94][S95] what another process changes is told in its own transaction, kept as a version, found by its words, and chained", async () => {
  const { store, database } = opened;
  await opened.write((unit) => {
    store.tasks.create(unit, { workspaceId: "w", id: "t", title: "Old title" }, cause);
    store.memory.remember(unit, { workspaceId: "w", key: "k", value: { pet: "hamster" } }, cause);
    store.projects.create(unit, { workspaceId: "v", id: "p", name: "P" }, cause);
  });
  const { head = 0 } = store.events.position("w") ?? {};
  await elsewhere(
    "UPDATE tasks SET title = 'New title' WHERE id = 't'",
    `UPDATE memory SET value = '{"pet":["parrot",true,null,7]}' WHERE key = 'k'`,
    insertTask("w", "own", "Inserted elsewhere"),
    insertTask("v", "own", "Inserted elsewhere too"),
    "DELETE FROM projects WHERE id = 'p'",
  );

  const told = (workspaceId: string, after: number): unknown =>
    store.events
      .readAfter(workspaceId, after, 100)
      .map(({ seq, eventType, origin, entityType, payload }) => [seq, eventType, origin, entityType, payload]);
  const changed = (seq: number, type: string, table: string, id: string, operation: string): unknown => [
    seq,
    "changed_outside",
    "system",
    type,
    { table, id, operation },
  ];
  expect(told("w", head)).toEqual([
    changed(head + 1, "task", "tasks", "t", "update"),
    changed(head + 2, "memory", "memory", "k", "update"),
    changed(head + 3, "task", "tasks", "own", "insert"),
  ]);
  expect(told("v", 1)).toEqual([
    changed(2, "task", "tasks", "own", "insert"),
    changed(3, "project", "projects", "p", "delete"),
  ]);
  expect(database.all("SELECT * FROM outside_changes")).toEqual([]);

  // Versions and words follow, and nothing of the other workspace is met.
  expect(store.tasks.get("w", "t")).toMatchObject({ title: "New title", version: 2 });
  expect(database.all("SELECT title, version, sys_to < 9007199254740991 AS closed FROM tasks_history")).toEqual([
    { title: "Old title", version: 1, closed: 1 },
    { title: "Old title", version: 1, closed: 0 },
  ]);
  expect(store.memory.history("w", "k").map(({ value, version }) => [value, version])).toEqual([
    [{ pet: "hamster" }, 1],
    [{ pet: ["parrot", true, null, 7] }, 2],
  ]);
  expect(store.memory.recall("w", "k")?.provenance.eventSeq).toBe(head + 2);
  expect(store.memory.search("w", "hamster")).toEqual([]);
  expect(store.memory.search("w", "parrot").map(({ key }) => key)).toEqual(["k"]);
  expect(store.tasks.search("w", "inserted").map(({ title }) => title)).toEqual(["Inserted elsewhere"]);
  expect(store.tasks.search("v", "inserted").map(({ title }) => title)).toEqual(["Inserted elsewhere too"]);
  expect(store.projects.get("v", "p")).toBeUndefined();
  await checkIndexes();

  // The rows that follow ours, and those that follow theirs, have numbers of their own; the next append chains.
  expect(unchained()).toBe(5);
  await opened.write((unit) => {
    for (const workspaceId of ["w", "v"]) store.tasks.create(unit, { workspaceId, id: "next", title: "Next" }, cause);
  });
  expect(unchained()).toBe(0);
  const again = await opened.write((unit) =>
    store.memory.remember(unit, { workspaceId: "w", key: "k", value: "mine" }, cause),
  );
  expect(again.version).toBe(3);
});

test("[S94] every watched table tells an update by another process", async () => {
  const { store, database } = opened;
  await opened.write((unit) => {
    store.projects.create(unit, { workspaceId: "w", id: "p", name: "P" }, cause);
    for (const id of ["a", "b"]) store.tasks.create(unit, { workspaceId: "w", id, title: id }, cause);
    store.relationships.relate(unit, "w", { from: "a", kind: "blocks", to: "b" }, cause);
    store.runs.create(unit, { workspaceId: "w", id: "r", workflowId: "f", title: "R", definition: {} }, cause);
    store.memory.remember(unit, { workspaceId: "w", key: "k", value: 1 }, cause);
  });
  for (const { table } of watchedTables) {
    if (database.all(`SELECT 1 FROM ${table.name}`).length === 0) continue;
    const before = store.events.position("w")?.head ?? 0;
    const column = table.columns.includes("metadata") ? "metadata = '{\"x\":1}'" : "updated_at = 5";
    await elsewhere(`UPDATE ${table.name} SET ${column} WHERE ${table.thing[0]} = 'w'`);
    const rows = database.all(`SELECT 1 FROM ${table.name} WHERE ${table.thing[0]} = 'w'`).length;
    expect([table.name, told(before).map(({ payload }) => payload["table"])]).toEqual([
      table.name,
      Array.from({ length: rows }, () => table.name),
    ]);
  }
});

test("[S94] what this process writes is never told as another's, and writes nothing into the note", async () => {
  const { store } = opened;
  await opened.write((unit) => {
    store.tasks.create(unit, { workspaceId: "w", id: "t", title: "t" }, cause);
    store.tasks.transition(unit, "w", "t", "ready", {}, cause);
    store.memory.remember(unit, { workspaceId: "w", key: "k", value: 1 }, cause);
    store.memory.forget(unit, "w", "k", cause);
    store.workspaces.ensure(unit, { id: "w", name: "New" });
  });
  expect(told().filter(({ eventType }) => eventType === "changed_outside")).toEqual([]);
  expect(unchained()).toBe(0);
});

test("[S95] a row cannot be replaced, moved or renumbered, by any program", async () => {
  const { store } = opened;
  await opened.write((unit) => store.tasks.create(unit, { workspaceId: "w", id: "t", title: "t" }, cause));
  for (const statement of [
    insertTask("w", "t", "other").replace("INSERT", "INSERT OR REPLACE"),
    insertTask("w", "t", "other").replace("INSERT", "INSERT OR IGNORE"),
    "UPDATE tasks SET id = 'u'",
    "UPDATE tasks SET workspace_id = 'v'",
    "UPDATE tasks SET row_id = row_id + 1",
  ]) {
    await expect(elsewhere(statement)).rejects.toThrow(/this row of tasks is there|keeps its workspace/);
  }
  expect(told()).toHaveLength(2);
  expect(store.tasks.get("w", "t")).toMatchObject({ title: "t", version: 1 });
});

test("[S92] events that another process appends by itself are chained with the next write and told", async () => {
  const { store } = opened;
  await opened.write((unit) => store.projects.create(unit, { workspaceId: "w", id: "p", name: "P" }, cause));
  const insert = (seq: number): string =>
    `INSERT INTO events (workspace_id, seq, event_type, entity_type, entity_id, payload, origin, created_at)
     VALUES ('w', ${seq}, 'odd', 'x', 'x', '{ "not" :  "canonical" }', 'user', 9000000000000)`;
  await elsewhere(insert(2), insert(3));
  expect(store.events.witness("w")).toBeUndefined();
  await opened.write((unit) => store.events.adopt(unit, "w"));
  expect(unchained()).toBe(0);
  expect(told(3).map(({ eventType, payload }) => [eventType, payload])).toEqual([
    ["changed_outside", { table: "events", id: "2-3", operation: "insert" }],
  ]);
  expect(store.events.witness("w")).toMatchObject({ seq: 4 });
  // Once chained, nothing is told again.
  await opened.write((unit) => store.events.adopt(unit, "w"));
  expect(told()).toHaveLength(4);
});

test("[S98] a commit of another process wakes the listeners of its workspace, without any call of ours", async () => {
  const { database } = opened;
  const clock = createSystemClock();
  const store = createStore({ database, clock, random: createSeededRandom(8) });
  await opened.write((unit) => store.tasks.create(unit, { workspaceId: "w", id: "t", title: "t" }, cause));
  const stop = store.outside.watch();
  const woken = new Promise<void>((resolve) => {
    store.events.subscribe("w", resolve);
  });
  await elsewhere("UPDATE tasks SET title = 'woken'");
  await woken;
  stop();
  expect(store.tasks.get("w", "t")?.title).toBe("woken");
  // What was noticed is chained at once, not with the next change.
  await expect.poll(unchained).toBe(0);
});

test("[S98] a look finds another process's commit once, and none of our own", async () => {
  const { store } = opened;
  await opened.write((unit) => store.projects.create(unit, { workspaceId: "w", id: "p", name: "P" }, cause));
  expect(store.outside.check()).toBe(false);
  await elsewhere("UPDATE projects SET name = 'Q'");
  expect(store.outside.check()).toBe(true);
  expect(store.outside.check()).toBe(false);
  let heard = 0;
  store.events.subscribe("w", () => void (heard += 1));
  await elsewhere("UPDATE projects SET name = 'R'");
  // Our own commit, to another workspace, is the moment at which the other process's is noticed.
  await opened.write((unit) => store.projects.create(unit, { workspaceId: "v", id: "p", name: "P" }, cause));
  await expect.poll(() => heard).toBeGreaterThan(0);
});

const insertMemory = (key: string, value: string): string =>
  `INSERT INTO memory (workspace_id, key, value, value_text, event_seq, created_at, updated_at, valid_from, sys_from)
   VALUES ('w', '${key}', '${JSON.stringify(value)}', '', 1, 1, 1, 1, 1)`;

test("[S95] what another program writes gets its local vectors and its words in the graph when its event is chained", async () => {
  const { store, database } = opened;
  await opened.write((unit) => {
    store.memory.remember(unit, { workspaceId: "w", key: "ours", value: "The gardener waters tulips" }, cause);
    store.entities.describe(unit, { workspaceId: "w", name: "Ann", entityType: "person" }, cause);
  });
  const entity = `INSERT INTO entities (workspace_id, id, name, name_key, entity_type, type_key, summary, metadata,
      confidence, significance, event_seq, version, created_at, updated_at, valid_from, sys_from)
    VALUES ('w', 'zoe', 'Zoë Quill', 'any', 'person', 'any', 'restores harpsichords', '{}', 1, 0.5, 1, 1, 1, 1, 1, 1)`;
  const observation = `INSERT INTO observations (workspace_id, id, entity_id, text, text_key, event_seq, version, created_at,
      updated_at, valid_from, sys_from) VALUES ('w', 'o9', 'zoe', 'Owns a velocipede', 'k9', 1, 1, 1, 1, 1, 1)`;
  const raw = new SqliteFile(database.path);
  for (const statement of [
    insertMemory("theirs", "Marzipan recipes from Lübeck"),
    "UPDATE memory SET value = '\"The gardener prunes roses\"' WHERE key = 'ours'",
    "UPDATE memory SET value = '\"The gardener prunes dahlias\"' WHERE key = 'ours'",
    entity,
    observation,
  ])
    raw.exec(statement);
  raw.close();
  const vectors = (): readonly unknown[] =>
    database.all("SELECT key, version FROM memory_vectors ORDER BY key, version").map((row) => Object.values(row));
  expect(vectors()).toEqual([["ours", 1]]);
  await opened.write((unit) => expect(store.events.adopt(unit, "w")).toBe(false));

  // Each version, the one that was replaced in between too.
  expect(vectors()).toEqual([
    ["ours", 1],
    ["ours", 2],
    ["ours", 3],
    ["theirs", 1],
  ]);
  // A word with slips of the finger shares no stem: only the vector finds it.
  const found = await store.memory.hybrid("w", "marzipann recipies", { explain: true });
  expect(found[0]?.memory.key).toBe("theirs");
  expect(found[0]?.reasons.map(({ arm }) => arm)).toContain("spelling");
  for (const words of ["Quill", "harpsichords", "velocipede", "Qill"])
    expect([words, store.entities.search("w", words).map(({ id }) => id)]).toEqual([words, ["zoe"]]);
  expect((await verifyDatabase(database)).findings).toEqual([]);
});

test("[S95] words that another program sets itself stay as it set them, and the indexes are those of the rows", async () => {
  const { store, database } = opened;
  await opened.write((unit) =>
    store.memory.remember(unit, { workspaceId: "w", key: "k", value: "green apples" }, cause),
  );
  const raw = new SqliteFile(database.path);
  raw.exec("UPDATE memory SET value = '\"blue plums\"', value_text = 'violet damsons' WHERE key = 'k'");
  raw.exec(insertMemory("new", "yellow pears"));
  raw.exec("UPDATE memory SET value = '\"red cherries\"' WHERE key = 'new'");
  raw.close();
  await opened.write((unit) => void store.events.adopt(unit, "w"));
  const found = (words: string): unknown => store.memory.search("w", words).map(({ key }) => key);
  expect(["damsons", "plums", "apples", "pears", "cherries"].map(found)).toEqual([["k"], [], [], [], ["new"]]);
  await checkIndexes();
  expect((await verifyDatabase(database)).findings).toEqual([]);
});

test("[S95][S98] much that another program wrote is chained and indexed a few rows at a time", async () => {
  const { store, database } = opened;
  const raw = new SqliteFile(database.path);
  raw.transaction(() => {
    for (let n = 0; n < 700; n += 1) raw.exec(insertMemory(`k${n}`, `Thing number ${n}`));
  })();
  raw.close();
  const steps: number[] = [];
  const end = store.events.subscribe("w", () => void steps.push(unchained()));
  expect(store.outside.check()).toBe(true);
  await expect.poll(unchained, { timeout: 20_000 }).toBe(0);
  end();
  expect(steps.filter((left, at) => at === 0 || left !== steps[at - 1])).toEqual([700, 500, 300, 100, 0]);
  expect(database.get("SELECT count(*) AS n FROM memory_vectors")).toEqual({ n: 700 });
  expect(store.events.witness("w")).toMatchObject({ seq: 700 });
});
