import { afterEach, beforeEach, expect, test } from "vitest";
import { forever } from "../src/index.ts";
import type { Memory, MemoryInput } from "../src/index.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

const remember = (key: string, value: string, more: Partial<MemoryInput> = {}): Promise<Memory> =>
  opened.write((unit) => opened.store.memory.remember(unit, { workspaceId: "w", key, value, ...more }, cause));
const valueAt = (key: string, validMs?: number, systemMs?: number): unknown =>
  opened.store.memory.recall("w", key, {
    asOf: { ...(validMs === undefined ? {} : { validMs }), ...(systemMs === undefined ? {} : { systemMs }) },
  })?.value;
const eventsAfter = (seq: number): readonly unknown[] =>
  opened.store.events.readAfter("w", seq, 100).map(({ eventType, payload }) => [eventType, payload]);
const head = (): number => opened.store.events.position("w")?.head ?? 0;

test("[S31][S34] a retroactive fact, a bounded one and one to come hold in their intervals, and only since they were told", async () => {
  const { clock, store } = opened;
  const start = clock.nowMs();
  await remember("city", "Rome");
  clock.advance(100);
  await remember("city", "Oslo", { validFromMs: start + 50 });
  await remember("city", "Bonn", { validFromMs: start + 20, validToMs: start + 30 });
  await remember("city", "Turku", { validFromMs: start + 1000 });
  const now = [10, 20, 29, 30, 50, 999, 1000].map((at) => valueAt("city", start + at));
  expect(now).toEqual(["Rome", "Bonn", "Bonn", "Rome", "Oslo", "Oslo", "Turku"]);
  // What we believed before the correction was told.
  expect([10, 25, 60, 1000].map((at) => valueAt("city", start + at, start + 99))).toEqual(Array(4).fill("Rome"));
  expect(valueAt("city", start - 1)).toBeUndefined();
  expect(valueAt("city", start + 60, start - 1)).toBeUndefined();
  expect(store.memory.recall("w", "city")).toMatchObject({ value: "Oslo", version: 2, validToMs: start + 1000 });
  // The fact to come begins by itself.
  clock.advance(900);
  expect(store.memory.recall("w", "city")).toMatchObject({ value: "Turku", version: 4 });
  expect(await codeOf(() => remember("x", "1", { validFromMs: 5, validToMs: 5 }))).toBe("INVALID_VALUE");
  expect(await codeOf(() => remember("x", "1", { validFromMs: 1.5 }))).toBe("INVALID_VALUE");
  expect(await codeOf(() => valueAt("city", 1.5))).toBe("INVALID_VALUE");
});

test("[S31] an update of an interval keeps what the task said beside it, in each part", async () => {
  const { clock, store } = opened;
  const start = clock.nowMs();
  await opened.write((unit) => store.tasks.create(unit, { workspaceId: "w", id: "t", title: "One" }, cause));
  clock.advance(10);
  await opened.write((unit) => store.tasks.transition(unit, "w", "t", "running", {}, cause));
  clock.advance(10);
  await opened.write((unit) => store.tasks.update(unit, "w", "t", { title: "Two", validFromMs: start + 5 }, cause));
  const at = (ms: number): unknown => {
    const task = store.tasks.get("w", "t", { asOf: { validMs: start + ms } });
    return task === undefined ? undefined : [task.title, task.status, task.version];
  };
  expect([-1, 4, 5, 10, 30].map(at)).toEqual([
    undefined,
    ["One", "queued", 1],
    ["Two", "queued", 3],
    ["Two", "running", 3],
    ["Two", "running", 3],
  ]);
  const before = { title: "X", validFromMs: start - 9, validToMs: start };
  expect(await opened.write((unit) => store.tasks.update(unit, "w", "t", before, cause))).toMatchObject({ ok: false });
});

test("[S32] a retraction ends the belief and keeps the history; forgetting takes it away; a task can come again", async () => {
  const { clock, store } = opened;
  const start = clock.nowMs();
  await remember("city", "Rome");
  clock.advance(10);
  const first = head();
  const retract = (validity = {}): Promise<boolean> =>
    opened.write((unit) => store.memory.retract(unit, "w", "city", validity, cause));
  expect(await retract({ validFromMs: start + 2, validToMs: start + 4 })).toBe(true);
  expect(store.memory.recall("w", "city")?.value).toBe("Rome");
  expect(await retract()).toBe(true);
  expect(await retract()).toBe(false);
  expect(eventsAfter(first)).toEqual([
    ["memory_retracted", { key: "city", at: start + 10, ended: false, valid_from: start + 2, valid_to: start + 4 }],
    ["memory_retracted", { key: "city", at: start + 10, ended: true }],
  ]);
  expect(store.memory.recall("w", "city")).toBeUndefined();
  expect(store.memory.search("w", "Rome")).toEqual([]);
  expect((await store.memory.list("w")).items).toEqual([]);
  expect([1, 2, 4, 10].map((at) => valueAt("city", start + at))).toEqual(["Rome", undefined, "Rome", undefined]);
  expect(valueAt("city", start + 50, start + 9)).toBe("Rome");
  expect(await remember("city", "Oslo")).toMatchObject({ version: 2, createdAtMs: start });
  await retract();
  expect(await opened.write((unit) => store.memory.forget(unit, "w", "city", cause))).toBe(true);
  expect([valueAt("city", start + 1), valueAt("city", start + 1, start + 5)]).toEqual([undefined, undefined]);
  expect(store.memory.search("w", "Rome Oslo", 10, { validMs: start + 1 })).toEqual([]);

  await opened.write((unit) => {
    store.tasks.create(unit, { workspaceId: "w", id: "t", title: "One" }, cause);
    store.tasks.create(unit, { workspaceId: "w", id: "child", title: "Child", parentId: "t" }, cause);
  });
  expect(await opened.write((unit) => store.tasks.retract(unit, "w", "t", { validFromMs: 0 }, cause))).toBe(true);
  expect(store.tasks.get("w", "t")).toBeUndefined();
  expect((await store.tasks.list("w")).items.map(({ id }) => id)).toEqual(["child"]);
  expect(await opened.write((u) => store.tasks.transition(u, "w", "t", "ready", {}, cause))).toMatchObject({
    ok: false,
  });
  const again = await opened.write((u) => store.tasks.create(u, { workspaceId: "w", id: "t", title: "Two" }, cause));
  expect(again).toMatchObject({ title: "Two", version: 2 });
  expect(opened.database.all("PRAGMA foreign_key_check")).toEqual([]);
});

test("[S34] now is never earlier than the last change, also when the clock went back", async () => {
  const { store } = opened;
  await opened.write((unit) => unit.run("UPDATE workspaces SET head_at = head_at + 5000"));
  await remember("city", "Rome");
  await opened.write((unit) => {
    store.runs.create(unit, { workspaceId: "w", id: "r", workflowId: "f", title: "R", definition: 1 }, cause);
    store.tasks.create(unit, { workspaceId: "w", id: "t", title: "Task" }, cause);
  });
  expect([store.memory.recall("w", "city")?.value, valueAt("city")]).toEqual(["Rome", "Rome"]);
  expect((await store.memory.list("w")).items).toHaveLength(1);
  expect(store.memory.search("w", "rome")).toHaveLength(1);
  expect((await store.runs.list("w")).items).toHaveLength(1);
  expect((await store.tasks.list("w", { asOf: {} })).items).toHaveLength(1);
});

test("[S34] a row that holds without end is read by one statement", async () => {
  const { store, database } = opened;
  await remember("city", "Rome");
  const asked: string[] = [];
  const listening = {
    get: (...[sql, ...values]: Parameters<typeof database.get>) => (asked.push(sql), database.get(sql, ...values)),
  };
  store.memory.recall("w", "city", { reader: { ...database, get: listening.get as typeof database.get } });
  expect(asked).toHaveLength(1);
  const plan = database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${asked[0] ?? ""}`, "w", "city");
  expect(plan.map(({ detail }) => detail).join()).toMatch(/^SEARCH c USING INDEX \S+ \(workspace_id=\? AND key=\?\)$/);
});

test("[S35] pages of a list as of a moment stay those of the first page while others write", async () => {
  const { store, clock } = opened;
  for (let n = 0; n < 6; n += 1) {
    await remember(`k${n}`, "old");
    clock.advance(1);
  }
  const options = { limit: 2, asOf: { validMs: clock.nowMs() } };
  const first = await store.memory.list("w", options);
  clock.advance(10);
  await remember("k0", "new", { validFromMs: 0 });
  await opened.write((unit) => store.memory.retract(unit, "w", "k3", { validFromMs: 0 }, cause));
  const second = await store.memory.list("w", { ...options, cursor: first.next ?? "" });
  const third = await store.memory.list("w", { ...options, cursor: second.next ?? "" });
  const shown = [first, second, third].flatMap(({ items }) =>
    items.map(({ key, value }) => `${key} ${JSON.stringify(value)}`),
  );
  expect(shown).toEqual([5, 4, 3, 2, 1, 0].map((n) => `k${n} "old"`));
  expect(third.next).toBeNull();
  expect(await codeOf(() => store.memory.list("w", { ...options, cursor: "eA" }))).toBe("BAD_CURSOR");
});

test("[S35] workspaces are read and listed as of a moment", async () => {
  const { store, clock } = opened;
  const start = clock.nowMs();
  clock.advance(5);
  await opened.write((unit) => {
    store.workspaces.ensure(unit, { id: "w", name: "New" });
    store.workspaces.ensure(unit, { id: "x" });
  });
  const names = (systemMs: number): readonly string[] =>
    store.workspaces.list({ asOf: { systemMs, validMs: systemMs } }).map(({ name }) => name);
  expect([names(start - 1), names(start), names(start + 5)]).toEqual([[], ["Work", "v"], ["New", "v", "x"]]);
  expect(store.workspaces.get("w", { asOf: { validMs: start + 1 } })?.name).toBe("Work");
});

test("[S35] a list as of a moment walks an index from that moment on and sorts nothing", async () => {
  const { database } = opened;
  const asked: (readonly [string, readonly unknown[]])[] = [];
  const listening = {
    ...database,
    all: ((sql: string, ...values: never[]) => (
      asked.push([sql, values]),
      database.all(sql, ...values)
    )) as typeof database.all,
  };
  const { createStore } = await import("../src/index.ts");
  const { createSeededRandom } = await import("@kingly/runtime/testing");
  const store = createStore({ database: listening, clock: opened.clock, random: createSeededRandom(1) });
  await store.tasks.list("w", { asOf: { validMs: 5, systemMs: 5 } });
  await store.memory.list("w");
  for (const [sql, values] of asked) {
    const plan = database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...(values as never[]));
    const text = plan.map(({ detail }) => detail).join("; ");
    expect(text).not.toMatch(/SCAN/);
    if (sql.includes("tasks")) expect(text).toMatch(/tasks_history_newest.*/);
    else expect(text).toMatch(/memory_history_open/);
  }
  expect(asked).toHaveLength(2);
});

test("[S36] a search as of a moment finds the words of then, and what did not hold takes no place from what did", async () => {
  const small = await openTestStore({ maxSearchCandidates: 10 });
  const { store, clock } = small;
  const start = clock.nowMs();
  const tell = (key: string, value: string): Promise<unknown> =>
    small.write((unit) => store.memory.remember(unit, { workspaceId: "w", key, value }, cause));
  await tell("pet", "a hamster");
  clock.advance(10);
  await tell("pet", "a parrot");
  for (let n = 0; n < 40; n += 1) await tell(`k${n}`, "hamster hamster");
  await small.write((unit) => {
    for (let n = 0; n < 40; n += 1) store.memory.retract(unit, "w", `k${n}`, { validFromMs: 0 }, cause);
  });
  const find = (text: string, validMs: number, systemMs: number): readonly string[] =>
    store.memory
      .search("w", text, 20, { validMs, systemMs })
      .map(({ key, value }) => `${key} ${JSON.stringify(value)}`);
  expect(find("hamster", start + 5, start + 5)).toEqual(['pet "a hamster"']);
  expect(find("hamster", start + 5, start + 20)).toEqual(['pet "a hamster"']);
  expect(find("parrot", start + 5, start + 20)).toEqual([]);
  expect(store.memory.search("w", "hamster")).toEqual([]);
  expect(store.memory.search("w", "parrot")).toHaveLength(1);
  expect(await codeOf(() => store.memory.search("w", "parrot", 5, { validMs: -1 }))).toBe("INVALID_VALUE");
  await small.end();
});

test("[S39][S46] beliefs tells every belief ever held, with both intervals and where it came from", async () => {
  const { clock, store } = opened;
  const start = clock.nowMs();
  await remember("city", "Rome", { speaker: "ada", utteranceId: "u1", threadId: "th", confidence: 0.4 });
  clock.advance(10);
  await remember("city", "Oslo");
  const shown = store.memory
    .beliefs("w", "city")
    .map((one) => [
      one.value,
      one.validFromMs,
      one.validToMs,
      one.sysFromMs,
      one.sysToMs,
      one.provenance.speaker,
      one.confidence,
    ]);
  const ada = ["ada", 0.4];
  expect(shown).toEqual([
    ["Rome", start, forever, start, start + 10, ...ada],
    ["Rome", start, start + 10, start + 10, forever, ...ada],
    // Who said it belongs to a telling; how sure it is stays until it is told anew.
    ["Oslo", start + 10, forever, start + 10, forever, null, 0.4],
  ]);
  expect(store.memory.beliefs("v", "city")).toEqual([]);
  for (const bad of [{ confidence: 1.1 }, { speaker: "" }, { threadId: "x".repeat(129) }, { utteranceId: "" }]) {
    expect(await codeOf(() => remember("bad", "x", bad))).toBe("INVALID_VALUE");
  }
});

test("[S40] a key that is superseded ends where its successor begins, names it, and never outranks it", async () => {
  const { clock, store } = opened;
  const start = clock.nowMs();
  await remember("theme", "dark dark dark theme", { significance: 1 });
  clock.advance(10);
  const before = head();
  const supersede = (oldKey: string, key: string, more = {}): Promise<unknown> =>
    opened.write((unit) =>
      store.memory.supersede(unit, oldKey, { workspaceId: "w", key, value: "a light theme", ...more }, cause),
    );
  expect(await supersede("theme", "look")).toMatchObject({ ok: true, value: { supersedes: "theme", version: 1 } });
  expect(eventsAfter(before)).toMatchObject([
    ["memory_stored", { key: "look", supersedes: "theme" }],
    ["memory_superseded", { key: "theme", by: "look", ended: true }],
  ]);
  expect(store.memory.recall("w", "theme")).toBeUndefined();
  expect(store.memory.search("w", "dark theme").map(({ key }) => key)).toEqual(["look"]);
  expect(store.memory.recall("w", "theme", { asOf: { validMs: start + 5 } })?.supersededBy).toBe("look");
  expect(
    store.memory.recall("w", "theme", { asOf: { validMs: start + 5, systemMs: start + 5 } })?.supersededBy,
  ).toBeNull();
  expect(await supersede("theme", "other")).toMatchObject({ ok: false, error: { code: "not_found" } });
  expect(store.memory.recall("w", "other")).toBeUndefined();
  expect(await codeOf(() => supersede("look", "look"))).toBe("INVALID_VALUE");
  // Told late: the old key was already over five ms ago.
  await remember("mood", "sad");
  clock.advance(10);
  await supersede("mood", "temper", { validFromMs: start + 15 });
  expect([12, 15].map((at) => [valueAt("mood", start + at), valueAt("temper", start + at)])).toEqual([
    ["sad", undefined],
    [undefined, "a light theme"],
  ]);
});

test("[S41] working memory ends with its lifetime without a timer, and the oldest go when more come than may", async () => {
  const { clock, store } = opened;
  const small = await openTestStore({ maxWorkingMemories: 3, workingMemoryMs: 1000 });
  const keep = (key: string, more: Partial<MemoryInput> = {}, workspaceId = "w"): Promise<Memory> =>
    small.write((unit) =>
      small.store.memory.remember(unit, { workspaceId, key, value: key, memoryType: "working", ...more }, cause),
    );
  const held = async (): Promise<readonly string[]> =>
    (await small.store.memory.list("w", { memoryType: "working" })).items.map(({ key }) => key).toSorted();
  for (const key of ["a", "b", "c", "d"]) await keep(key);
  await keep("other", {}, "v");
  expect(await held()).toEqual(["b", "c", "d"]);
  await keep("b", { significance: 0.9 });
  await keep("e");
  expect(await held()).toEqual(["b", "d", "e"]);
  expect(small.store.memory.recall("w", "a")).toBeUndefined();
  expect(small.store.memory.history("w", "a")).toHaveLength(1);
  small.clock.advance(999);
  expect(await held()).toEqual(["b", "d", "e"]);
  await keep("long", { validToMs: small.clock.nowMs() + 5000 });
  small.clock.advance(1);
  expect(await held()).toEqual(["long"]);
  expect(small.store.memory.search("w", "b d e")).toEqual([]);
  // The same again is news once its time is nearly over: it holds for a lifetime from now on.
  await keep("long2");
  small.clock.advance(600);
  await keep("long2");
  small.clock.advance(600);
  expect(await held()).toEqual(["long", "long2"]);
  expect(small.clock.pendingTimers()).toBe(0);
  await small.end();
  await remember("w1", "x", { memoryType: "working" });
  clock.advance(1_799_999);
  expect(store.memory.recall("w", "w1")).toBeDefined();
  clock.advance(1);
  expect(store.memory.recall("w", "w1")).toBeUndefined();
});

test("[S42] what is significant enough is marked for the layers that look at meaning", async () => {
  const { store } = opened;
  const keep = (key: string, significance: number): Promise<unknown> =>
    opened.write((unit) =>
      store.memory.intelligentStore(unit, { workspaceId: "w", key, value: key, significance }, cause),
    );
  expect(await keep("low", 0.3)).toMatchObject({ memory: { semantic: false }, layers: ["local"] });
  expect(await keep("high", 0.31)).toMatchObject({ memory: { semantic: true }, layers: ["local", "semantic"] });
  expect(store.memory.recall("w", "low")?.value).toBe("low");
  expect(eventsAfter(0).map((event) => (event as [string, object])[1])).toMatchObject([
    { key: "low" },
    { semantic: true },
  ]);
  expect(await codeOf(() => openTestStore({ semanticAbove: 2 }))).toContain("semanticAbove");
});
