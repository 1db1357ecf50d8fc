import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";
import type { Store } from "@kingly/store";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importTasks, isFileImportError, readTaskFile } from "../src/index.ts";
import type { ImportOptions, ImportReport } from "../src/index.ts";

const clock = createManualClock();
let folder: string;
let database: Database;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kingly-import-"));
  mkdirSync(join(folder, ".kingly", "tasks"), { recursive: true });
  database = openDatabase({ path: join(folder, "a.db") });
  await migrateStore(database);
  store = createStore({ database, clock, random: createSeededRandom(1) });
  await database.write((unit) => store.workspaces.ensure(unit, { id: "w" }));
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, content: unknown): void =>
  writeFileSync(
    join(folder, ".kingly", "tasks", name),
    typeof content === "string" ? content : JSON.stringify(content),
  );
const run = (options: Partial<ImportOptions> = {}): Promise<ImportReport> =>
  importTasks({ database, store, clock }, { folder: join(folder, ".kingly"), workspaceId: "w", ...options });
const head = (): number => store.events.position("w")?.head ?? 0;
const full = {
  id: "task-1718000000000-abc123xyz",
  title: "Auth",
  description: "Log in",
  project: "site",
  status: "in_progress",
  confidence: 0.85,
  context: { stack: ["web"] },
  subtasks: ["s1"],
  relationships: {
    blocked_by: ["a"],
    blocks: [],
    relates_to: [{ taskId: "b", relationship_type: "same", created: "x" }],
  },
  intent_type: "business_growth",
  intent_candidates: [{ type: "x" }],
  parent_task_id: "up",
  created: "2024-06-10T06:13:20.000Z",
  updated: "2024-06-11T06:13:20.000Z",
  odd: null,
};

test("[F2][F6] a file becomes a task, its parent and relationships, and no field is lost", () => {
  const result = readTaskFile(JSON.stringify(full), `${full.id}.json`);
  const { id, title, description, intent_type: intentType, confidence, ...rest } = full;
  expect(result).toEqual({
    ok: true,
    value: {
      task: {
        id,
        title,
        description,
        intentType,
        confidence,
        status: "ready",
        intentSource: "file",
        createdAtMs: 1_718_000_000_000,
        metadata: { importedFrom: `tasks/${id}.json`, ...rest },
      },
      parentId: "up",
      relationships: [
        { kind: "blocked_by", taskId: "a", path: "/relationships/blocked_by/0" },
        { kind: "relates_to", taskId: "b", path: "/relationships/relates_to/0" },
      ],
    },
  });
});

test("[F3][F4] each problem is named with its place and what to do", () => {
  const read = (content: unknown, name = "t.json"): readonly string[] => {
    const result = readTaskFile(typeof content === "string" ? content : JSON.stringify(content), name);
    if (result.ok) return [];
    expect(result.problems.every(({ message, hint }) => message.length > 5 && hint.length > 5)).toBe(true);
    return result.problems.map(({ path }) => path);
  };
  const task = { id: "t", title: "T" };
  expect(read(task)).toEqual([]);
  expect(read("{")).toEqual([""]);
  expect(read("[]")).toEqual([""]);
  expect(read({})).toEqual(["/id", "/title"]);
  expect(read({ ...task, confidence: 7, status: "later" })).toEqual(["/status", "/confidence"]);
  expect(read({ ...task, title: "" })).toEqual(["/title"]);
  expect(read({ ...task, id: "../t" }, "../t.json")).toEqual(["/id"]);
  expect(read(task, "other.json")).toEqual(["/id"]);
  expect(read({ ...task, created: "yesterday", updated: "2024-13-45T00:00:00Z" })).toEqual(["/created", "/updated"]);
  expect(read({ ...task, created: -1 })).toEqual(["/created"]);
  expect(read(`{"id":"t","title":"T","a":{"__proto__":{"x":1}}}`)).toEqual(["/a/__proto__"]);
  expect(read({ ...task, big: "x".repeat(1_048_576) })).toEqual([""]);
  expect(read(`{"id":"t","title":"T","deep":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toHaveLength(1);
  expect(read(`{"id":"t","title":"T","deep":${"[".repeat(28)}1${"]".repeat(28)}}`)).toEqual([]);
  expect(read({ ...task, relationships: { blocks: Array.from({ length: 30 }, () => 1) } })).toHaveLength(20);
});

test("[F2][F3] any text gives a task or problems and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (text) => {
      const result = readTaskFile(text, "t.json");
      expect(result.ok || result.problems.length > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("[F1][F5] the id forms of all ages are read, and statuses are mapped to what is true here", async () => {
  put("task-1718000000000-abc123xyz.json", { id: "task-1718000000000-abc123xyz", title: "a", status: "pending" });
  put("task_1718000000000.json", { id: "task_1718000000000", title: "b", status: "in_progress" });
  put("task_123.json", { id: "task_123", title: "c", status: "completed" });
  put("task_4.json", { id: "task_4", title: "d", status: "failed" });
  put("task_5.json", { id: "task_5", title: "e" });
  put(".hidden.json", "{");
  expect(await run()).toEqual({ read: 5, imported: 5, unchanged: 0, refused: [], unresolved: [] });
  const tasks = (await store.tasks.list("w")).items.map(({ id, status, progress }) => `${id} ${status} ${progress}`);
  expect(tasks.toSorted()).toEqual([
    "task-1718000000000-abc123xyz ready 0",
    "task_123 completed 1",
    "task_1718000000000 ready 0",
    "task_4 failed 0",
    "task_5 ready 0",
  ]);
  expect(store.tasks.get("w", "task_1718000000000")?.metadata["status"]).toBe("in_progress");
});

test("[F6] the time of creation is the file's, and one in the future becomes now", async () => {
  put("old.json", { id: "old", title: "o", created: "2020-09-13T12:26:40Z" });
  put("new.json", { id: "new", title: "n", created: "2999-01-01T00:00:00Z" });
  await run();
  expect(store.tasks.get("w", "old")?.createdAtMs).toBe(1_600_000_000_000);
  expect(store.tasks.get("w", "new")?.createdAtMs).toBe(clock.nowMs());
});

test("[F7] one bad file stops no other, also one that only the store refuses", async () => {
  put("a.json", { id: "a", title: "A" });
  put("b.json", "{ not json");
  put("c.json", { id: "c", title: "C", big: "x".repeat(400_000) });
  put("d.json", { id: "d", title: "half \ud800 pair" });
  writeFileSync(join(folder, ".kingly", "tasks", "e.json"), Buffer.from([0x7b, 0xff, 0x7d]));
  put("f.json", { id: "f", title: "F" });
  const report = await run();
  expect([report.read, report.imported]).toEqual([6, 2]);
  expect(report.refused.map(({ file }) => file).toSorted()).toEqual(
    ["b", "c", "d", "e"].map((id) => `tasks/${id}.json`),
  );
  expect(report.refused.every(({ problems }) => problems.length > 0)).toBe(true);
  // Two events a task: nothing of the refused ones was written.
  expect(head()).toBe(4);
});

test("[F8] parents come first, relationships follow, and what leads nowhere is listed", async () => {
  put("a-child.json", { id: "a-child", title: "c", parent_task_id: "b-parent" });
  put("b-parent.json", { id: "b-parent", title: "p", parent_task_id: "z-root" });
  put("z-root.json", { id: "z-root", title: "r", relationships: { blocks: ["a-child", "ghost", "z-root"] } });
  put("m.json", { id: "m", title: "m", parent_task_id: "n", relationships: { relates_to: [{ taskId: "z-root" }] } });
  put("n.json", { id: "n", title: "n", parent_task_id: "m" });
  put("o.json", { id: "o", title: "o", parent_task_id: "ghost" });
  const report = await run();
  expect(report).toMatchObject({ imported: 6, refused: [] });
  expect(store.tasks.get("w", "a-child")?.parentId).toBe("b-parent");
  expect(store.tasks.get("w", "b-parent")?.parentId).toBe("z-root");
  // Of a circle one link is left out.
  expect([store.tasks.get("w", "m")?.parentId, store.tasks.get("w", "n")?.parentId]).toEqual([null, "m"]);
  expect(
    store.relationships
      .list("w", "z-root")
      .map(({ kind, taskId }) => `${kind} ${taskId}`)
      .toSorted(),
  ).toEqual(["blocks a-child", "relates_to m"]);
  const places = report.unresolved.flatMap(({ file, problems }) => problems.map(({ path }) => `${file} ${path}`));
  expect(places.toSorted()).toEqual([
    "tasks/m.json /parent_task_id",
    "tasks/o.json /parent_task_id",
    "tasks/z-root.json /relationships/blocks/1",
    "tasks/z-root.json /relationships/blocks/2",
  ]);
});

test("[F8] of tasks that block each other in a circle, the relationship that closes it is listed as unresolved", async () => {
  put("a.json", { id: "a", title: "a", relationships: { blocks: ["b"] } });
  put("b.json", { id: "b", title: "b", relationships: { blocks: ["c"] } });
  put("c.json", { id: "c", title: "c", relationships: { blocks: ["a"] } });
  const report = await run();
  expect(report).toMatchObject({ imported: 3, refused: [] });
  expect(report.unresolved).toMatchObject([{ file: "tasks/c.json", problems: [{ path: "/relationships/blocks/0" }] }]);
  expect(store.relationships.list("w", "c").map(({ kind, taskId }) => `${kind} ${taskId}`)).toEqual(["blocked_by b"]);
});

test("[F9] a second import changes nothing, whatever the files say by now; a cut-off one goes on", async () => {
  put("a.json", { id: "a", title: "A", relationships: { blocks: ["b"] } });
  put("b.json", { id: "b", title: "B", parent_task_id: "a" });
  // Cut off after the first file.
  await expect(
    run({
      onProgress: () => {
        throw new RangeError("cut off");
      },
    }),
  ).rejects.toThrow("cut off");
  expect(head()).toBe(2);
  expect(await run()).toMatchObject({ imported: 1, unchanged: 1 });
  expect(store.tasks.get("w", "b")?.parentId).toBe("a");
  expect(store.relationships.list("w", "a")).toMatchObject([{ kind: "blocks", taskId: "b" }]);
  const before = head();
  put("a.json", { id: "a", title: "Changed later" });
  expect(await run()).toMatchObject({ read: 2, imported: 0, unchanged: 2, refused: [] });
  expect([head(), store.tasks.get("w", "a")?.title]).toEqual([before, "A"]);
});

test("[F10] links and what is no task file are refused by name, and no original changes", async () => {
  const tasks = join(folder, ".kingly", "tasks");
  writeFileSync(join(folder, "outside.json"), JSON.stringify({ id: "link", title: "secret outside" }));
  symlinkSync(join(folder, "outside.json"), join(tasks, "link.json"));
  mkdirSync(join(tasks, "task-9"));
  put("notes.txt", "hello");
  put("a.json", { id: "a", title: "A" });
  const hash = (): string => {
    const sum = createHash("sha256");
    for (const entry of readdirSync(tasks).toSorted()) {
      sum.update(entry);
      if (entry.includes(".")) sum.update(readFileSync(join(tasks, entry)));
    }
    return sum.digest("hex");
  };
  const before = hash();
  const report = await run();
  expect(report).toMatchObject({ read: 1, imported: 1 });
  expect(report.refused.map(({ file, problems }) => [file, problems[0]?.message.split(/[:,(]/)[0]])).toEqual([
    ["tasks/link.json", "This is a symbolic link"],
    ["tasks/notes.txt", "This is not a .json file."],
    ["tasks/task-9", "This is a folder"],
  ]);
  expect(store.tasks.get("w", "link")).toBeUndefined();
  expect(hash()).toBe(before);
});

test("[F10] a file that becomes a link after the listing, and a linked tasks folder, are not followed", async () => {
  const { readListedFile } = await import("../src/list-task-files.ts");
  writeFileSync(join(folder, "outside.json"), "{}");
  symlinkSync(join(folder, "outside.json"), join(folder, "late.json"));
  expect(await readListedFile(folder, "late.json")).toMatchObject({ ok: false });
  expect(await readListedFile(folder, "outside.json")).toEqual({ ok: true, text: "{}" });
  mkdirSync(join(folder, "other"));
  symlinkSync(join(folder, ".kingly", "tasks"), join(folder, "other", "tasks"));
  put("a.json", { id: "a", title: "A" });
  expect(await run({ folder: join(folder, "other") })).toMatchObject({ read: 0, refused: [{ file: "tasks" }] });
});

test("[F11] a dry run reports what the import then does, and keeps nothing", async () => {
  put("a.json", { id: "a", title: "A", relationships: { blocks: ["b", "ghost"] } });
  put("b.json", { id: "b", title: "B", parent_task_id: "a" });
  put("c.json", { id: "c", title: "C", big: "x".repeat(400_000) });
  put("d.json", "{");
  const dry = await run({ dryRun: true });
  expect(head()).toBe(0);
  expect((await store.tasks.list("w")).items).toEqual([]);
  expect(await run()).toEqual(dry);
  expect(dry).toMatchObject({ read: 4, imported: 2 });
});

test("[F12] progress is told once per file, and the log hears the sum", async () => {
  for (const id of ["a", "b", "c"]) put(`${id}.json`, id === "b" ? "{" : { id, title: id });
  const told: number[] = [];
  const files = new Set<string>();
  const log = createMemoryLog();
  const options = { folder: join(folder, ".kingly"), workspaceId: "w" };
  await importTasks(
    { database, store, clock, log },
    {
      ...options,
      onProgress: ({ done, total, file }) => {
        told.push(done, total);
        files.add(file);
      },
    },
  );
  expect(told).toEqual([1, 3, 2, 3, 3, 3]);
  expect(files.size).toBe(3);
  expect(log.entries).toMatchObject([{ level: "info", fields: { imported: 2, refused: 1 } }]);
});

test("[F13] what keeps an import from beginning is thrown with its code; a folder without tasks is empty", async () => {
  const codeOf = async (options: Partial<ImportOptions>): Promise<unknown> =>
    run(options).then(
      () => "ok",
      (thrown: unknown) => (isFileImportError(thrown) ? thrown.code : thrown),
    );
  put("a.json", { id: "a", title: "A" });
  put("b.json", { id: "b", title: "B" });
  expect(await codeOf({ folder: join(folder, "none") })).toBe("CANNOT_READ");
  expect(await codeOf({ workspaceId: "none" })).toBe("UNKNOWN_WORKSPACE");
  expect(await codeOf({ maxFiles: 1 })).toBe("TOO_MANY");
  expect(head()).toBe(0);
  mkdirSync(join(folder, "empty"));
  expect(await run({ folder: join(folder, "empty") })).toMatchObject({ read: 0, imported: 0, refused: [] });
});
