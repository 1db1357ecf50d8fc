import SqliteFile from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrateStore, verifyDatabase, verifyFile, verifyStore } from "../src/index.ts";
import type { VerifyReport } from "../src/index.ts";
import { openDatabase } from "@kingly/sqlite";
import { cause, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

/** A store with something of everything. */
async function fill({ store, database, clock }: OpenStore): Promise<void> {
  for (const workspaceId of ["w", "v"]) {
    await database.write((unit) => {
      store.projects.create(unit, { workspaceId, id: "p", name: "P" }, cause);
      for (const id of ["a", "b"]) store.tasks.create(unit, { workspaceId, id, title: id, projectId: "p" }, cause);
      store.relationships.relate(unit, workspaceId, { from: "a", kind: "blocks", to: "b" }, cause);
      store.runs.create(unit, { workspaceId, id: "r", workflowId: "f", title: "R", definition: {} }, cause);
      store.memory.remember(unit, { workspaceId, key: "k", value: { pet: "hamster" }, metadata: { a: 1 } }, cause);
      store.memory.remember(unit, { workspaceId, key: "gone", value: "secret" }, cause);
    });
    clock.advance(7);
    await database.write((unit) => {
      store.tasks.transition(unit, workspaceId, "a", "ready", {}, cause);
      store.memory.remember(unit, { workspaceId, key: "k", value: ["parrot"] }, cause);
      store.memory.forget(unit, workspaceId, "gone", cause);
      store.runs.update(unit, workspaceId, "r", { state: { step: 1 } }, cause);
    });
    clock.advance(7);
  }
}

test("[S102] a store that nobody harmed has no findings: in use, closed, trimmed, and after another program's change", async () => {
  await fill(opened);
  const { store, database } = opened;
  expect(await verifyStore(database)).toEqual({ ok: true, findings: [], events: 26, workspaces: 2, unsealed: 0 });
  await opened.write((unit) => {
    store.events.markProcessed(unit, "w", 9);
    store.events.retain(unit, "w", { keepFromSeq: 6 });
  });
  const other = openDatabase({ path: database.path });
  await other.write((unit) => {
    unit.run("UPDATE tasks SET title = 'theirs' WHERE id = 'a'");
    unit.run("UPDATE memory SET value = '7' WHERE key = 'k' AND workspace_id = 'v'");
    unit.run("DELETE FROM workflows WHERE workspace_id = 'v'");
  });
  await other.close();
  const seen: string[] = [];
  const found = await verifyStore(database, { onProgress: ({ check }) => void seen.push(check) });
  // What the other program wrote is not chained until our next change.
  expect(found.findings.map(({ code, workspaceId, seq }) => [code, workspaceId, seq])).toEqual([
    ["NOT_CHAINED", "w", 14],
    ["NOT_CHAINED", "v", 14],
  ]);
  expect(found.unsealed).toBeGreaterThan(0);
  expect([...new Set(seen)]).toEqual(["file", "schema", "log", "beliefs", "words", "vectors", "counts"]);
  await opened.write((unit) => {
    for (const workspaceId of ["w", "v"]) store.events.adopt(unit, workspaceId);
  });
  const again = await verifyStore(database);
  expect(again.findings).toEqual([]);
  await database.close();
  expect((await verifyFile(database.path)).findings).toEqual([]);
});

test("[S102] verifying holds no writer up: changes made meanwhile stand, and the copy is whole", async () => {
  await fill(opened);
  const verifying = verifyStore(opened.database);
  let isDone = false;
  const done = verifying.finally(() => void (isDone = true));
  let written = 0;
  while (!isDone) {
    await opened.write((unit) =>
      opened.store.memory.remember(unit, { workspaceId: "w", key: `k${written}`, value: written }, cause),
    );
    written += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await done).findings).toEqual([]);
  expect(written).toBeGreaterThan(3);
});

/** Does something that the tables forbid, and says what verify finds. */
async function after(harm: readonly string[]): Promise<VerifyReport> {
  const database = openDatabase({ path: opened.database.path });
  const triggers = database.all<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
  );
  await database.write((unit) => {
    for (const { name } of triggers) unit.run(`DROP TRIGGER ${name}`);
    for (const statement of harm) unit.run(statement);
    for (const { sql } of triggers) unit.run(sql);
  });
  const report = await verifyDatabase(database);
  await database.close();
  return report;
}

const harms: readonly (readonly [string, string, readonly (readonly [string, number | string | undefined])[]])[] = [
  [
    "a payload",
    "UPDATE events SET payload = '{\"x\":1}' WHERE workspace_id = 'w' AND seq = 3",
    [["PAYLOAD_CHANGED", 3]],
  ],
  [
    "a payload that only says it was forgotten",
    `UPDATE events SET payload = '{"forgotten":true,"value":null}' WHERE workspace_id = 'w' AND seq = 8`,
    [["PAYLOAD_CHANGED", 8]],
  ],
  ["a cause", "UPDATE events SET origin = 'system' WHERE workspace_id = 'v' AND seq = 2", [["CHAIN_BROKEN", 2]]],
  [
    "a time",
    "UPDATE events SET created_at = created_at - 5000 WHERE workspace_id = 'v' AND seq = 2",
    [
      ["TIME_WRONG", 2],
      ["CHAIN_BROKEN", 2],
    ],
  ],
  ["a mark", "UPDATE events SET processed_at = 5 WHERE workspace_id = 'v' AND seq = 2", [["TIME_WRONG", 2]]],
  [
    "an event taken out",
    "DELETE FROM events WHERE workspace_id = 'w' AND seq = 5",
    [
      ["SEQ_WRONG", 6],
      ["CHAIN_BROKEN", 6],
    ],
  ],
  [
    "the last event taken out",
    "DELETE FROM events WHERE workspace_id = 'w' AND seq = 13",
    [
      ["PAYLOAD_CHANGED", 10],
      ["HEAD_WRONG", 12],
      ["HEAD_WRONG", 12],
    ],
  ],
  [
    "a hash taken out",
    "UPDATE events SET chain_hash = NULL WHERE workspace_id = 'w' AND seq = 5",
    [["CHAIN_BROKEN", 5]],
  ],
  ["the head's hash", "UPDATE workspaces SET head_hash = zeroblob(32) WHERE id = 'w'", [["HEAD_WRONG", 13]]],
  [
    "low",
    "UPDATE workspaces SET low_seq = 2 WHERE id = 'w'",
    [
      ["HEAD_WRONG", 2],
      ["CHAIN_BROKEN", 2],
    ],
  ],
  [
    "a column of a task",
    "UPDATE tasks SET confidence = 0.25 WHERE id = 'b' AND workspace_id = 'w'",
    [["SEAL_BROKEN", "tasks"]],
  ],
  [
    "metadata of a memory",
    "UPDATE memory SET metadata = '{}' WHERE key = 'k' AND workspace_id = 'w'",
    [["SEAL_BROKEN", "memory"]],
  ],
  [
    "a former version",
    "UPDATE memory_history SET significance = 0.9 WHERE key = 'k' AND workspace_id = 'w' AND sys_to < 9007199254740991",
    [["SEAL_BROKEN", "memory_history"]],
  ],
  [
    "the end of a belief",
    "UPDATE memory_history SET sys_to = sys_to + 1 WHERE key = 'k' AND workspace_id = 'w' AND sys_to < 9007199254740991",
    [["TIME_WRONG", "memory_history"]],
  ],
  [
    "words",
    "INSERT INTO memory_fts (rowid, key, value_text, category) VALUES (12345, 'x', 'y', 'z')",
    [["WORDS_WRONG", "memory_fts"]],
  ],
  [
    "a count",
    "UPDATE row_counts SET rows = rows + 1 WHERE counted = 'tasks' AND workspace_id = 'w' AND state = 'ready'",
    [["COUNT_WRONG", "row_counts"]],
  ],
];

test.each(harms)("[S102] verify finds %s that was changed behind the tables' back", async (_what, harm, expected) => {
  await fill(opened);
  const { findings } = await after([harm.replace("; ", "")]);
  const places = findings.map(({ code, seq, table }) => [code, typeof expected[0]?.[1] === "number" ? seq : table]);
  expect(places.filter(([code]) => code !== "COUNT_WRONG" || harm.includes("row_counts"))).toEqual(expected);
  expect(findings.every(({ message, hint }) => message.length > 10 && hint.length > 10)).toBe(true);
});

test("[S102] a trigger that was taken away, a broken reference and an unreadable file are findings", async () => {
  await fill(opened);
  const database = openDatabase({ path: opened.database.path });
  await database.write((unit) => void unit.run("DROP TRIGGER events_stay"));
  await database.exclusive(async () => {
    database.pragma("foreign_keys = OFF");
  });
  await database.write((unit) => void unit.run("DELETE FROM projects WHERE workspace_id = 'w'"));
  const { findings } = await verifyDatabase(database);
  expect(findings).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ code: "SCHEMA_CHANGED", table: "events_stay" }),
      expect.objectContaining({ code: "REFERENCE_BROKEN", table: "tasks" }),
    ]),
  );
  await database.close();
  const { writeFileSync } = await import("node:fs");
  const broken = `${opened.database.path}.broken`;
  writeFileSync(broken, "this is no database, and it is long enough to be read as one ".repeat(40));
  expect((await verifyFile(broken)).findings).toMatchObject([{ code: "FILE_DAMAGED" }]);
  expect(await migrateStore(opened.database)).toEqual([]);
});

test("[S101] every row is sealed, and what changes it by hand takes the seal away", async () => {
  await fill(opened);
  const { database } = opened;
  const seals = (where: string): readonly unknown[] =>
    database.all<{ n: number }>(`SELECT length(seal) AS n FROM ${where}`).map(({ n }) => n);
  for (const name of ["workspaces", "projects", "tasks", "tasks_history", "workflows", "memory"]) {
    expect([name, [...new Set(seals(name))]]).toEqual([name, [8]]);
  }
  // What was forgotten is sealed as it stands without its value.
  expect(seals("memory_history WHERE value IS NULL")).toEqual([8, 8]);
  await opened.write((unit) => void unit.run("UPDATE tasks SET confidence = 0.1 WHERE id = 'b'"));
  expect(seals("tasks WHERE id = 'b'")).toEqual([null, null]);
  expect((await verifyDatabase(database)).unsealed).toBe(2);
  // The next change seals it again.
  await opened.write((unit) => opened.store.tasks.update(unit, "w", "b", { title: "x" }, cause));
  expect(seals("tasks WHERE id = 'b' ORDER BY seal IS NULL")).toEqual([8, null]);
});

const ofMemory = "workspace_id = 'w' AND key = 'k' AND version = 2";

test.each([
  [
    "a bit of a local vector",
    `UPDATE memory_vectors SET signature = CAST(x'01' || substr(signature, 2) AS BLOB) WHERE ${ofMemory}`,
    "VECTOR_WRONG",
  ],
  ["the version that a vector is of", `UPDATE memory_vectors SET version = 9 WHERE ${ofMemory}`, "VECTOR_WRONG"],
  [
    "the vector of what was forgotten",
    `INSERT INTO memory_vectors (workspace_id, embedder, key, version, signature)
     SELECT 'w', embedder, 'gone', 1, signature FROM memory_vectors WHERE ${ofMemory}`,
    "VECTOR_WRONG",
  ],
  [
    "a model's vector without values",
    `INSERT INTO memory_vectors (workspace_id, embedder, key, version, signature) VALUES ('w', 'model', 'k', 2, x'00000000')`,
    "VECTOR_WRONG",
  ],
  [
    "a bit of a model's vector",
    // Four directions, each one half: of length 1. The last one begins to point the other way.
    `INSERT INTO memory_vectors (workspace_id, embedder, key, version, signature, vector)
     VALUES ('w', 'model', 'k', 2, x'0F000000', x'0000003F0000003F0000003F000000BF${"00".repeat(112)}')`,
    "VECTOR_WRONG",
  ],
  [
    "a word in the trigram index",
    `INSERT INTO memory_trigrams (memory_trigrams, rowid, key, value_text)
     SELECT 'delete', id, key, value_text FROM memory WHERE ${ofMemory}`,
    "WORDS_WRONG",
  ],
  [
    "a word in the trigram index of the history",
    `INSERT INTO memory_history_trigrams (memory_history_trigrams, rowid, key, value_text)
     SELECT 'delete', row_id, key, value_text FROM memory_history WHERE workspace_id = 'w' AND key = 'k'`,
    "WORDS_WRONG",
  ],
  [
    "a name in the graph's index",
    `INSERT INTO graph_names_fts (graph_names_fts, rowid, text) SELECT 'delete', id, text FROM graph_texts`,
    "WORDS_WRONG",
  ],
] as const)("[S102] verify finds a change of %s", async (_what, statement, code) => {
  await fill(opened);
  await opened.write((unit) =>
    opened.store.entities.describe(unit, { workspaceId: "w", name: "Ann", entityType: "person" }, cause),
  );
  expect((await verifyDatabase(opened.database)).findings).toEqual([]);
  const report = await after([statement]);
  expect(report.findings.map((finding) => finding.code)).toEqual([code]);
});

test("[S102][S105] a bit that flips in a block of the trigram index is found", async () => {
  await fill(opened);
  const { database } = opened;
  const blocks = database.all<{ id: number; bytes: number }>(
    "SELECT id, length(block) AS bytes FROM memory_trigrams_data WHERE id > 10",
  );
  expect(blocks.length).toBeGreaterThan(0);
  for (const { id, bytes } of blocks) {
    for (const place of [0, Math.floor(bytes / 2), bytes - 1]) {
      const [row] = database.all<{ block: Uint8Array }>("SELECT block FROM memory_trigrams_data WHERE id = ?", id);
      if (row === undefined) throw new Error("no block");
      const harmed = Uint8Array.from(row.block, (byte, at) => (at === place ? byte ^ 4 : byte));
      const put = (block: Uint8Array): void => {
        const raw = new SqliteFile(database.path).unsafeMode(true);
        raw.prepare("UPDATE memory_trigrams_data SET block = ? WHERE id = ?").run(block, id);
        raw.close();
      };
      put(harmed);
      const { findings } = await verifyStore(database);
      expect([id, place, JSON.stringify(findings).includes("memory_trigrams")]).toEqual([id, place, true]);
      put(row.block);
    }
  }
  expect((await verifyStore(database)).findings).toEqual([]);
});
