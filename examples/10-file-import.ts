import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importTasks } from "@kingly/file-import";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";

const folder = mkdtempSync(join(tmpdir(), "kingly-example-"));
mkdirSync(join(folder, "tasks"));
const write = (name: string, content: unknown): void =>
  writeFileSync(join(folder, "tasks", name), JSON.stringify(content));
write("task_1.json", { id: "task_1", title: "Build the app", status: "in_progress", created: "2025-06-01T08:00:00Z" });
write("task_2.json", { id: "task_2", title: "Login page", parent_task_id: "task_1", context: { stack: "web" } });
write("task_3.json", { id: "task_3", title: "Tests", confidence: 7 });

const database = openDatabase({ path: ":memory:" });
await migrateStore(database);
const clock = createSystemClock();
const store = createStore({ database, clock, random: createSystemRandom() });
await database.write((unit) => store.workspaces.ensure(unit, { id: "home" }));
const bar: string[] = [];

//#region use
const report = await importTasks(
  { database, store, clock },
  { folder, workspaceId: "home", onProgress: ({ done, total }) => bar.push(`${done}/${total}`) },
);
//#endregion

assert.deepEqual([report.read, report.imported, report.unchanged], [3, 2, 0]);
assert.deepEqual(
  report.refused.map(({ file, problems }) => [file, problems[0]?.path]),
  [["tasks/task_3.json", "/confidence"]],
);
assert.deepEqual(bar, ["1/3", "2/3", "3/3"]);
assert.equal(store.tasks.get("home", "task_2")?.parentId, "task_1");
await database.close();
rmSync(folder, { recursive: true });
console.log("file-import: two tasks taken, one refused with its reason");
