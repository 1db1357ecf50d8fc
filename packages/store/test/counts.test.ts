import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createStore, taskStates } from "../src/index.ts";
import type { Database } from "@kingly/sqlite";
import { createSeededRandom } from "@kingly/runtime/testing";
import type { TaskStatus } from "../src/index.ts";
import { countScan, countedTables } from "../src/schema/count-tables.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

const task = (id: string, more: object = {}): Promise<unknown> =>
  opened.write((unit) => opened.store.tasks.create(unit, { workspaceId: "w", id, title: id, ...more }, cause));

test("[S99] counts tell tasks by status and project, memories by type, projects and runs", async () => {
  const { store } = opened;
  expect(store.counts("w")).toEqual({
    tasks: { all: 0, byStatus: {} },
    memory: { all: 0, byType: {} },
    projects: 0,
    runs: { all: 0, byStatus: {} },
  });
  await opened.write((unit) => {
    store.projects.create(unit, { workspaceId: "w", id: "p", name: "P" }, cause);
    store.runs.create(unit, { workspaceId: "w", id: "r", workflowId: "f", title: "R", definition: {} }, cause);
    store.memory.remember(unit, { workspaceId: "w", key: "a", value: 1 }, cause);
    store.memory.remember(unit, { workspaceId: "w", key: "b", value: 1, memoryType: "episodic" }, cause);
    store.memory.remember(unit, { workspaceId: "v", key: "b", value: 1 }, cause);
  });
  await task("t1", { projectId: "p" });
  await task("t2", { projectId: "p", status: "running" });
  await task("t3");
  await opened.write((unit) => {
    store.tasks.transition(unit, "w", "t1", "ready", {}, cause);
    store.tasks.update(unit, "w", "t3", { title: "other" }, cause);
    store.memory.forget(unit, "w", "a", cause);
    // Inside the unit its own changes are counted.
    expect(store.counts("w", {}, unit).memory.all).toBe(1);
  });
  expect(store.counts("w")).toEqual({
    tasks: { all: 3, byStatus: { ready: 1, running: 1, queued: 1 } },
    memory: { all: 1, byType: { episodic: 1 } },
    projects: 1,
    runs: { all: 1, byStatus: { queued: 1 } },
  });
  expect(store.counts("w", { projectId: "p" }).tasks).toEqual({ all: 2, byStatus: { ready: 1, running: 1 } });
  expect(store.counts("w", { projectId: null }).tasks).toEqual({ all: 1, byStatus: { queued: 1 } });
  expect(store.counts("v").memory).toEqual({ all: 1, byType: { semantic: 1 } });
  expect(store.counts("none").projects).toBe(0);
});

test("[S99] after any changes, of ours and in plain SQL, the counts equal a scan", { timeout: 60_000 }, async () => {
  const id = fc.constantFrom("a", "b", "c", "d");
  const change = fc.oneof(
    fc.record({
      kind: fc.constant("create" as const),
      id,
      status: fc.constantFrom(...(Object.keys(taskStates) as TaskStatus[])),
    }),
    fc.record({
      kind: fc.constant("remember" as const),
      id,
      type: fc.constantFrom("semantic" as const, "working" as const),
    }),
    fc.record({ kind: fc.constant("forget" as const), id }),
    fc.record({
      kind: fc.constant("sql" as const),
      sql: fc.constantFrom(
        "UPDATE tasks SET status = 'failed', project_id = 'p'",
        "UPDATE tasks SET project_id = NULL WHERE id = 'a'",
        "DELETE FROM tasks WHERE id = 'b'",
        "UPDATE memory SET memory_type = 'episodic'",
        "UPDATE tasks SET valid_to = valid_from WHERE id = 'c'",
        "DELETE FROM memory WHERE key = 'a'",
      ),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 15 }), async (changes) => {
      const one = await openTestStore({ inMemory: true });
      const { store } = one;
      await one.write((unit) => store.projects.create(unit, { workspaceId: "w", id: "p", name: "P" }, cause));
      for (const step of changes) {
        await one.write((unit) => {
          if (step.kind === "create")
            store.tasks.create(unit, { workspaceId: "w", id: step.id, title: "t", status: step.status }, cause);
          if (step.kind === "remember") {
            store.memory.remember(unit, { workspaceId: "w", key: step.id, value: 1, memoryType: step.type }, cause);
          }
          if (step.kind === "forget") store.memory.forget(unit, "w", step.id, cause);
          if (step.kind === "sql") unit.run(step.sql);
        });
      }
      for (const table of countedTables) {
        const kept = one.database.all(
          "SELECT workspace_id, scope, state, rows FROM row_counts WHERE counted = ? AND rows > 0 ORDER BY 1, 2, 3",
          table.counted,
        );
        expect(kept).toEqual(one.database.all(`${countScan(table)} ORDER BY 1, 2, 3`));
      }
      await one.end();
    }),
    { numRuns: 30 },
  );
});

/** A store whose reads are counted. */
function counting(options: { queryCacheMs?: number; maxCachedQueries?: number } = {}): {
  readonly store: ReturnType<typeof createStore>;
  readonly reads: () => number;
} {
  let reads = 0;
  const database: Database = {
    ...opened.database,
    all: (sql, ...parameters) => {
      reads += 1;
      return opened.database.all(sql, ...parameters);
    },
  };
  const store = createStore({ database, clock: opened.clock, random: createSeededRandom(3) }, options);
  return {
    store,
    reads() {
      const now = reads;
      reads = 0;
      return now;
    },
  };
}

test("[S100] the same list or search is answered once in 10 s, until something is written in its workspace", async () => {
  const { store, reads } = counting();
  const remember = (workspaceId: string, key: string): Promise<unknown> =>
    opened.write((unit) => opened.store.memory.remember(unit, { workspaceId, key, value: "word" }, cause));
  const find = (workspaceId = "w", limit?: number): readonly string[] =>
    store.memory.search(workspaceId, "word", limit).map(({ key }) => key);
  await remember("w", "a");
  await remember("v", "b");
  expect([find(), find(), reads()]).toEqual([["a"], ["a"], 1]);
  // Another workspace, other arguments, another room: other answers.
  expect([find("v"), find("w", 1), store.tasks.search("w", "word"), reads()]).toEqual([["b"], ["a"], [], 3]);
  await remember("v", "c");
  expect([find(), reads()]).toEqual([["a"], 0]);
  expect([find("v").toSorted(), reads()]).toEqual([["b", "c"], 1]);
  await remember("w", "d");
  expect(find().toSorted()).toEqual(["a", "d"]);
  opened.clock.advance(9_999);
  reads();
  find();
  expect(reads()).toBe(0);
  opened.clock.advance(1);
  find();
  expect(reads()).toBe(1);
  expect(await store.memory.list("w")).toBe(await store.memory.list("w"));
  expect(await codeOf(() => store.memory.list("w", { cursor: "bad" }))).toBe("BAD_CURSOR");
  expect(await codeOf(() => store.memory.list("w", { cursor: "bad" }))).toBe("BAD_CURSOR");
});

test("[S100] the cache is bounded, the answer unused for longest goes first, and it can be turned off", async () => {
  const { store, reads } = counting({ maxCachedQueries: 2 });
  await opened.write((unit) =>
    opened.store.memory.remember(unit, { workspaceId: "w", key: "k", value: "x y z" }, cause),
  );
  for (const word of ["x", "y", "x", "z", "x"]) store.memory.search("w", word);
  expect(reads()).toBe(3);
  store.memory.search("w", "y");
  expect(reads()).toBe(1);
  const long = `x ${"y".repeat(5000)}`;
  store.memory.search("w", long);
  store.memory.search("w", long);
  expect(reads()).toBe(2);
  const off = counting({ queryCacheMs: 0 });
  off.store.memory.search("w", "x");
  off.store.memory.search("w", "x");
  expect(off.reads()).toBe(2);
});
