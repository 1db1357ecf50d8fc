import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isTaskStatus, taskStates } from "../src/index.ts";
import type { Task, TaskInput, TaskStatus } from "../src/index.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

const create = (id: string, fields: Partial<TaskInput> = {}): Promise<Task> =>
  opened.write((unit) =>
    opened.store.tasks.create(unit, { workspaceId: "w", id, title: `Task ${id}`, ...fields }, cause),
  );
const move = (id: string, status: TaskStatus, progress?: number): Promise<unknown> =>
  opened.write((unit) =>
    opened.store.tasks.transition(unit, "w", id, status, progress === undefined ? {} : { progress }, cause),
  );
const events = (after = 0): readonly unknown[] =>
  opened.store.events.readAfter("w", after, 1000).map(({ eventType, payload }) => [eventType, payload]);

test("[S14] a task is created with all its fields and two events; the same id again changes nothing", async () => {
  await opened.write((unit) => opened.store.projects.create(unit, { workspaceId: "w", id: "p", name: "P" }, cause));
  await create("up");
  const input = {
    title: "Auth",
    description: "d",
    intentType: "business_growth",
    intentSource: "user",
    businessGoal: "g",
    contextAdaptations: "c",
    parentContext: "pc",
    parentId: "up",
    projectId: "p",
    confidence: 0.9,
    complexity: 0.75,
    routingDecision: "one_shot",
    metadata: { b: 1, a: [true] },
  } as const;
  const task = await create("t", input);
  const nowMs = opened.clock.nowMs();
  const rest = { status: "queued", progress: 0, version: 1, createdAtMs: nowMs, updatedAtMs: nowMs };
  expect(task).toEqual({ id: "t", workspaceId: "w", ...input, ...rest });
  const described = { task_id: "t", title: "Auth", parent_id: "up", intent_type: "business_growth", complexity: 0.75 };
  expect(events(3)).toEqual([
    ["task_described", described],
    ["status_update", { entity_id: "t", status: "queued", progress: 0 }],
  ]);
  expect(await create("t", { title: "Other" })).toEqual(task);
  expect(events()).toHaveLength(5);
  expect(opened.store.tasks.get("w", "t")).toEqual(task);
});

test("[S14] a task may begin in any state and earlier than now, under an existing parent and project only", async () => {
  const task = await create("old", { status: "completed", createdAtMs: 1000 });
  expect(task).toMatchObject({
    status: "completed",
    progress: 1,
    createdAtMs: 1000,
    updatedAtMs: opened.clock.nowMs(),
  });
  expect(await codeOf(() => create("x", { parentId: "none" }))).toBe("UNKNOWN_REFERENCE");
  expect(await codeOf(() => create("x", { projectId: "none" }))).toBe("UNKNOWN_REFERENCE");
  expect(await codeOf(() => create("x", { parentId: "x" }))).toBe("UNKNOWN_REFERENCE");
  expect(await codeOf(() => create("x", { status: "pending" as TaskStatus }))).toBe("INVALID_VALUE");
  await opened.write((unit) => {
    opened.store.tasks.create(unit, { workspaceId: "w", id: "in", title: "t" }, cause);
    expect(opened.store.tasks.get("w", "in", unit)?.id).toBe("in");
  });
});

test("[S15] every pair of states is allowed or refused as the table says", async () => {
  const states = Object.keys(taskStates).filter((word) => isTaskStatus(word));
  expect(states).toHaveLength(7);
  expect(isTaskStatus("toString")).toBe(false);
  for (const from of states) {
    for (const to of states.filter((state) => state !== from)) {
      const id = `${from}-${to}`;
      await create(id, { status: from });
      const head = opened.store.events.position("w")?.head ?? 0;
      const result = await move(id, to);
      if (taskStates[from].includes(to)) {
        expect(result).toMatchObject({ ok: true, value: { status: to, version: 2 } });
        expect(events(head)).toMatchObject([["status_update", { entity_id: id, status: to }]]);
      } else {
        expect(result).toMatchObject({ ok: false, error: { code: "bad_transition" } });
        expect(events(head)).toEqual([]);
        expect(opened.store.tasks.get("w", id)).toMatchObject({ status: from, version: 1 });
      }
    }
  }
  expect(await move("none", "ready")).toMatchObject({ ok: false, error: { code: "not_found" } });
});

test("[S15] the table in SPEC.md is the table of the code", () => {
  const spec = readFileSync(new URL("../SPEC.md", import.meta.url), "utf8");
  const rows = [...spec.matchAll(/^\| (\w+) \| ([\w, ]+|-) \|$/gm)].map(([, from, to]) => [from, to]);
  expect(rows.slice(1)).toEqual(Object.entries(taskStates).map(([from, to]) => [from, to.join(", ") || "-"]));
});

test("[S16] progress is reported while a task is not at its end, and the same again is silent", async () => {
  await create("t");
  await move("t", "running");
  expect(await move("t", "running", 0.45)).toMatchObject({ ok: true, value: { progress: 0.45, version: 3 } });
  const before = events();
  expect(await move("t", "running", 0.45)).toMatchObject({ ok: true, value: { version: 3 } });
  expect(await move("t", "running")).toMatchObject({ ok: true, value: { progress: 0.45, version: 3 } });
  expect(events()).toEqual(before);
  expect(await move("t", "failed")).toMatchObject({ value: { progress: 0.45 } });
  expect(await move("t", "failed", 0.5)).toMatchObject({ error: { code: "bad_transition" } });
  expect(await move("t", "queued")).toMatchObject({ value: { progress: 0 } });
  await move("t", "running");
  expect(await move("t", "completed")).toMatchObject({ value: { progress: 1 } });
  expect(await move("t", "completed")).toMatchObject({ ok: true });
  expect(await codeOf(() => move("t", "completed", 2))).toBe("INVALID_VALUE");
});

test("[S17] an update changes what it names, writes a version and task_described; equal values change nothing", async () => {
  const { store } = opened;
  await create("t", { description: "d", metadata: { a: 1, b: 2 } });
  const update = (patch: Parameters<typeof store.tasks.update>[3], id = "t"): Promise<unknown> =>
    opened.write((unit) => store.tasks.update(unit, "w", id, patch, cause));
  opened.clock.advance(3);
  expect(await update({ title: "New", description: null, confidence: 0.9 })).toMatchObject({
    ok: true,
    value: { title: "New", description: null, confidence: 0.9, version: 2, updatedAtMs: opened.clock.nowMs() },
  });
  const head = store.events.position("w")?.head ?? 0;
  expect(await update({ title: "New", metadata: { b: 2, a: 1 } })).toMatchObject({ ok: true, value: { version: 2 } });
  expect(events(head)).toEqual([]);
  expect(await update({ title: "x" }, "none")).toMatchObject({ ok: false, error: { code: "not_found" } });
  await create("child", { parentId: "t" });
  await create("grandchild", { parentId: "child" });
  expect(await codeOf(() => update({ parentId: "grandchild" }))).toBe("INVALID_VALUE");
  expect(await codeOf(() => update({ parentId: "t" }))).toBe("INVALID_VALUE");
  expect(await codeOf(() => update({ parentId: "none" }))).toBe("UNKNOWN_REFERENCE");
  expect(await update({ parentId: null }, "grandchild")).toMatchObject({ ok: true, value: { parentId: null } });
});

test("[S18] a relationship is said once, reads from both sides, and writes its event", async () => {
  const { store } = opened;
  for (const id of ["a", "b", "c"]) await create(id);
  const head = store.events.position("w")?.head ?? 0;
  const add = (fromId: string, kind: "blocks" | "blocked_by" | "relates_to", toId: string): Promise<boolean> =>
    opened.write((unit) => store.relationships.relate(unit, "w", { from: fromId, kind, to: toId }, cause));
  expect(await add("a", "blocks", "b")).toBe(true);
  expect(await add("b", "blocked_by", "a")).toBe(false);
  expect(await add("c", "relates_to", "a")).toBe(true);
  expect(await add("a", "relates_to", "c")).toBe(false);
  const at = { createdAtMs: opened.clock.nowMs() };
  expect(store.relationships.list("w", "a")).toEqual([
    { kind: "blocks", taskId: "b", ...at },
    { kind: "relates_to", taskId: "c", ...at },
  ]);
  expect(store.relationships.list("w", "b")).toEqual([{ kind: "blocked_by", taskId: "a", ...at }]);
  expect(store.relationships.list("w", "c")).toEqual([{ kind: "relates_to", taskId: "a", ...at }]);
  expect(store.relationships.list("v", "a")).toEqual([]);
  expect(events(head)).toEqual([
    ["task_related", { task_id: "a", kind: "blocks", other_id: "b" }],
    ["task_related", { task_id: "a", kind: "relates_to", other_id: "c" }],
  ]);
  expect(await codeOf(() => add("a", "blocks", "none"))).toBe("UNKNOWN_REFERENCE");
  expect(await codeOf(() => add("a", "blocks", "a"))).toBe("INVALID_VALUE");
});

test("[S13] lists come newest first in pages that neither skip nor repeat, with filters", async () => {
  const { store, clock } = opened;
  await create("up");
  for (let n = 0; n < 25; n += 1) {
    if (n % 4 === 0) clock.advance(1);
    await create(`t${String(n).padStart(2, "0")}`, n % 2 === 0 ? { parentId: "up" } : { status: "ready" });
  }
  const read = async (options: { status?: TaskStatus; parentId?: string | null }): Promise<readonly string[]> => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await store.tasks.list("w", { ...options, limit: 4, ...(cursor === null ? {} : { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(4);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== null);
    return ids;
  };
  const all = [...Array.from({ length: 25 }, (_, n) => `t${String(n).padStart(2, "0")}`).toReversed(), "up"];
  expect(await read({})).toEqual(all);
  expect(await read({ status: "ready" })).toEqual(all.filter((id) => /[13579]$/.test(id)));
  expect(await read({ parentId: "up" })).toEqual(all.filter((id) => /[02468]$/.test(id)));
  expect(await read({ parentId: null })).toEqual(all.filter((id) => /[13579]$|up/.test(id)));
  expect((await store.tasks.list("w", { limit: 1000 })).items).toHaveLength(26);
  for (const cursor of ["", "nonsense", "!!!", "a".repeat(5000)]) {
    expect(await codeOf(() => store.tasks.list("w", { cursor }))).toBe("BAD_CURSOR");
  }
});

test("[S19] a run keeps its definition, versions its state, and tells status and progress only when they change", async () => {
  const { store } = opened;
  const input = {
    workspaceId: "w",
    id: "r",
    workflowId: "plan",
    title: "Plan it",
    definition: { steps: [{ id: "a" }] },
    steps: ["a"],
    context: { name: "MyApp" },
  };
  const run = await opened.write((unit) => store.runs.create(unit, input, cause));
  expect(run).toMatchObject({ ...input, state: null, status: "queued", progress: 0, version: 1 });
  expect(await opened.write((unit) => store.runs.create(unit, { ...input, title: "Other" }, cause))).toEqual(run);
  const update = (patch: Parameters<typeof store.runs.update>[3], id = "r"): Promise<unknown> =>
    opened.write((unit) => store.runs.update(unit, "w", id, patch, cause));
  expect(await update({ state: { at: "a" } })).toMatchObject({ ok: true, value: { version: 2, state: { at: "a" } } });
  expect(await update({ state: { at: "a" } })).toMatchObject({ ok: true, value: { version: 2 } });
  expect(await update({ status: "running", progress: 0.5 })).toMatchObject({ ok: true, value: { version: 3 } });
  expect(await update({}, "none")).toMatchObject({ ok: false, error: { code: "not_found" } });
  expect(events()).toEqual([
    ["run_described", { run_id: "r", workflow_id: "plan", title: "Plan it", steps: ["a"] }],
    ["status_update", { entity_id: "r", status: "queued", progress: 0 }],
    ["status_update", { entity_id: "r", status: "running", progress: 0.5 }],
  ]);
  expect(store.runs.get("w", "r")).toMatchObject({ definition: input.definition, status: "running" });
  expect(store.runs.get("v", "r")).toBeUndefined();
  expect((await store.runs.list("w", { status: "running" })).items).toHaveLength(1);
  expect((await store.runs.list("w", { status: "queued" })).items).toEqual([]);
  const states = opened.database.all("SELECT DISTINCT version, state FROM workflows_history ORDER BY version");
  expect(states).toEqual([
    { version: 1, state: "null" },
    { version: 2, state: '{"at":"a"}' },
  ]);
});
