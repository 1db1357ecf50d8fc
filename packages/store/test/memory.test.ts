import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compactIndexes, forever } from "../src/index.ts";
import type { JsonValue, Memory, MemoryInput, VersionOptions, VersionPlace } from "../src/index.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

const remember = (key: string, value: JsonValue, more: Partial<MemoryInput> = {}): Promise<Memory> =>
  opened.write((unit) => opened.store.memory.remember(unit, { workspaceId: "w", key, value, ...more }, cause));
const forget = (key: string): Promise<boolean> =>
  opened.write((unit) => opened.store.memory.forget(unit, "w", key, cause));
const find = (text: string, limit?: number): readonly string[] =>
  opened.store.memory.search("w", text, limit).map(({ key }) => key);

test("[S20] a value is remembered with its event and provenance; the same again, in any key order, changes nothing", async () => {
  const { store } = opened;
  const first = await remember(
    "theme",
    { mode: "dark", size: 2 },
    { utteranceId: "u1", speaker: "ada", threadId: "th1", category: "ui" },
  );
  expect(first).toEqual({
    workspaceId: "w",
    key: "theme",
    value: { mode: "dark", size: 2 },
    category: "ui",
    memoryType: "semantic",
    significance: 0.5,
    metadata: {},
    version: 1,
    confidence: 1,
    semantic: true,
    supersedes: null,
    supersededBy: null,
    provenance: { speaker: "ada", utteranceId: "u1", threadId: "th1", eventSeq: 1 },
    createdAtMs: opened.clock.nowMs(),
    updatedAtMs: opened.clock.nowMs(),
    validFromMs: opened.clock.nowMs(),
    validToMs: forever,
  });
  expect(store.events.readAfter("w", 0, 10)).toMatchObject([
    {
      eventType: "memory_stored",
      entityId: "theme",
      payload: {
        key: "theme",
        value: { mode: "dark", size: 2 },
        type: "semantic",
        at: opened.clock.nowMs(),
        semantic: true,
      },
    },
  ]);
  expect(await remember("theme", { size: 2, mode: "dark" })).toEqual(first);
  opened.clock.advance(1);
  const second = await remember("theme", "light", { memoryType: "procedural" });
  expect(second).toMatchObject({
    version: 2,
    category: "ui",
    memoryType: "procedural",
    createdAtMs: first.createdAtMs,
  });
  expect(await remember("theme", "light", { significance: 0.9 })).toMatchObject({ version: 3, significance: 0.9 });
  expect(store.memory.recall("w", "theme")).toMatchObject({ value: "light", version: 3 });
  expect(store.memory.recall("v", "theme")).toBeUndefined();
  for (const bad of [Number.NaN, undefined, "x".repeat(300_000), new Date(Number.NaN).getTime()]) {
    expect(await codeOf(() => remember("bad", bad as never))).toBe("INVALID_VALUE");
  }
  expect(await codeOf(() => remember("", 1))).toBe("INVALID_VALUE");
  expect(await codeOf(() => remember("k", 1, { memoryType: "odd" as never }))).toBe("INVALID_VALUE");
});

// Without backslashes: once V8 (Node 24.21) has parsed {"a":1,"\\\"":2}, it reads the key of {"a":1,"\".":2} as that one.
const anyValue = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes("\\\\"));

test("[S20] any JSON value comes back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(anyValue, async (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as JsonValue;
      await remember("any", plain);
      expect(opened.store.memory.recall("w", "any")?.value).toEqual(plain);
    }),
    { numRuns: 200 },
  );
});

test("[S21] the history tells each version once, oldest first, with half-open intervals that meet", async () => {
  const { store, clock } = opened;
  const startedMs = clock.nowMs();
  for (const value of [1, 2, 3]) {
    await remember("n", value);
    clock.advance(10);
  }
  const history = store.memory.history("w", "n");
  expect(history.map(({ value, version }) => [value, version])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  expect(history.map(({ validFromMs, validToMs }) => [validFromMs - startedMs, validToMs])).toEqual([
    [0, startedMs + 10],
    [10, startedMs + 20],
    [20, forever],
  ]);
  expect(history.every(({ sysToMs, forgotten }) => sysToMs === forever && !forgotten)).toBe(true);
  expect(store.memory.history("v", "n")).toEqual([]);
});

test("[S21] versions of one millisecond are all kept", async () => {
  for (const value of [1, 2, 3]) await remember("n", value);
  expect(opened.store.memory.history("w", "n").map(({ value }) => value)).toEqual([1, 2, 3]);
});

/** All that stands in a table, bytes as text. */
function textOf(table: string): string {
  return opened.database
    .all(`SELECT * FROM ${table}`)
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value))
    .join();
}

test("[S22] a forgotten value is nowhere in the tables, the index and the log; the key goes on counting", async () => {
  const { store } = opened;
  await remember("secret", "canaryone", { metadata: { from: "canarythree" } });
  await remember("secret", { deep: "canarytwo" });
  await remember("kept", "canarykept");
  const head = store.events.position("w")?.head ?? 0;
  expect(await forget("secret")).toBe(true);
  expect(await forget("secret")).toBe(false);
  expect(store.memory.recall("w", "secret")).toBeUndefined();
  expect(find("canaryone canarytwo canarythree")).toEqual([]);
  expect(find("canarykept")).toEqual(["kept"]);
  for (const table of ["memory", "memory_history", "events", "memory_history_fts_data", "memory_history_fts_idx"]) {
    expect([table, /canary(on|tw|thre)|ryon/.test(textOf(table))]).toEqual([table, false]);
  }
  const told = store.events.readAfter("w", 0, 10);
  expect(told.map(({ seq, eventType }) => [seq, eventType])).toEqual([
    [1, "memory_stored"],
    [2, "memory_stored"],
    [3, "memory_stored"],
    [head + 1, "memory_forgotten"],
  ]);
  expect(told[0]?.payload).toMatchObject({ key: "secret", value: null, forgotten: true });
  expect(store.memory.history("w", "secret")).toMatchObject([
    { version: 1, value: null, forgotten: true },
    { version: 2, value: null, forgotten: true },
  ]);
  expect(await remember("secret", "again")).toMatchObject({ version: 3 });
  expect(
    await codeOf(() => opened.write((u) => u.run("INSERT INTO memory_fts(memory_fts) VALUES('integrity-check')"))),
  ).toBe(undefined);
});

test("[S37] words of what was replaced or forgotten leave the indexes of current rows when these are compacted", async () => {
  const { database } = opened;
  for (let version = 0; version < 40; version += 1) await remember("secret", `canaryone ${version}`);
  await remember("kept", "canarykept");
  await forget("secret");
  expect(textOf("memory_fts_data")).toMatch(/canaryon|ryon/);
  // Of one page each, many units are needed.
  expect(await compactIndexes(database, { pagesPerStep: 1 })).toBeGreaterThan(3);
  expect(textOf("memory_fts_data")).not.toMatch(/canaryon|ryon/);
  expect(find("canarykept")).toEqual(["kept"]);
  for (const index of ["memory_fts", "memory_trigrams", "tasks_fts"]) {
    expect(
      await codeOf(() => opened.write((u) => u.run(`INSERT INTO ${index} (${index}) VALUES ('integrity-check')`))),
    ).toBe(undefined);
  }
  await expect(compactIndexes(database, { pagesPerStep: 0 })).rejects.toThrow("pagesPerStep got 0");
});

test("[S13] memories are listed last changed first, in pages, by category and type", async () => {
  const { store, clock } = opened;
  for (const key of ["a", "b", "c", "d"]) {
    await remember(key, key, key === "c" ? { memoryType: "working", category: "x" } : {});
    clock.advance(1);
  }
  await remember("a", "changed");
  const first = await store.memory.list("w", { limit: 3 });
  expect(first.items.map(({ key }) => key)).toEqual(["a", "d", "c"]);
  const second = await store.memory.list("w", { limit: 3, cursor: first.next ?? "" });
  expect([second.items.map(({ key }) => key), second.next]).toEqual([["b"], null]);
  expect((await store.memory.list("w", { memoryType: "working" })).items.map(({ key }) => key)).toEqual(["c"]);
  expect((await store.memory.list("w", { category: "general" })).items).toHaveLength(3);
});

test("[S24] the index follows every change: old words leave, new words come, none are left behind", async () => {
  const { store } = opened;
  await remember("pet", "a hamster named Otto");
  await remember("pet", "a parrot named Otto");
  expect([find("hamster"), find("parrot"), find("otto")]).toEqual([[], ["pet"], ["pet"]]);
  await opened.write((unit) => {
    store.tasks.create(unit, { workspaceId: "w", id: "t", title: "Buy seeds", businessGoal: "happiness" }, cause);
    store.tasks.update(unit, "w", "t", { title: "Buy grain" }, cause);
    store.tasks.transition(unit, "w", "t", "ready", {}, cause);
  });
  const ids = (text: string): readonly string[] => store.tasks.search("w", text).map(({ id }) => id);
  expect([ids("seeds"), ids("grain"), ids("happiness")]).toEqual([[], ["t"], ["t"]]);
  for (const table of ["memory_fts", "tasks_fts"]) {
    await opened.write((unit) => unit.run(`INSERT INTO ${table}(${table}, rank) VALUES('integrity-check', 1)`));
  }
});

test("[S25] questions in plain words find what shares a word with them, best first", async () => {
  await remember("favourite_theme", { theme: "dark" });
  await remember("city", "We live in Lisbon since spring\nand like it");
  await remember("car", "The old car is dark blue");
  expect(find("What theme do I prefer?")).toEqual(["favourite_theme"]);
  expect(find("Where do we live?")).toEqual(["city"]);
  expect(find("is there anything dark about the theme?")[0]).toBe("favourite_theme");
  expect(find("LIKING lisbon's springs")).toEqual(["city"]);
  expect(find("dark", 1)).toHaveLength(1);
  // Nothing but grammar words: they are looked for, and "and" stands in one memory.
  expect(find("what do you and I")).toEqual(["city"]);
  expect(find("")).toEqual([]);
});

test("[S25] no text throws, and no sign of the query language has a meaning", async () => {
  await remember("key", "alpha beta");
  const hostile = [
    '"',
    '""',
    "'",
    "*",
    "^alpha",
    "alpha*",
    "NOT alpha",
    "alpha AND",
    "OR",
    "NEAR(alpha beta)",
    "key:alpha",
    "{key value}:x",
    "- alpha",
    "(((",
    ")",
    "alpha\0beta",
    "\ud800",
    "𐀀",
    "+",
    "workspace_id:v",
    "' OR 1=1 --",
    "é́́",
    "'\\",
  ];
  for (const text of hostile) expect([text, Array.isArray(find(text))]).toEqual([text, true]);
  expect(find("NOT alpha")).toEqual(["key"]);
  expect(find("zzz*")).toEqual([]);
  expect(opened.store.memory.search("none", "alpha")).toEqual([]);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 60 }), fc.string({ maxLength: 60 })), (text) => {
      expect(Array.isArray(find(text))).toBe(true);
      expect(Array.isArray(opened.store.tasks.search("w", text))).toBe(true);
    }),
    { numRuns: 1500 },
  );
  expect(find("x".repeat(1_000_000))).toEqual([]);
  expect(find(Array.from({ length: 5000 }, (_, n) => `w${n}`).join(" "))).toEqual([]);
});

test("[S26] when more rows match than are ranked, the rarest words choose and the newest of one word are taken", async () => {
  const small = await openTestStore({ maxSearchCandidates: 10 });
  await small.write((unit) => {
    const { memory } = small.store;
    memory.remember(unit, { workspaceId: "w", key: "oldest", value: "common zebra" }, cause);
    for (let n = 0; n < 40; n += 1) {
      memory.remember(unit, { workspaceId: "w", key: `k${n}`, value: `common ${n % 2 === 0 ? "even" : "odd"}` }, cause);
    }
  });
  const keys = (text: string, limit = 200): readonly string[] =>
    small.store.memory.search("w", text, limit).map(({ key }) => key);
  expect(keys("common zebra")).toEqual(["oldest"]);
  expect(keys("common even zebra")).toEqual(["oldest"]);
  expect(keys("common unknownword").toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => `k${30 + n}`).toSorted());
  expect(keys("unknownword otherword")).toEqual([]);
  await small.end();
});

test("[S115] histories come in pages of up to 1,000, which together are the whole one, also while the key changes", async () => {
  const { store } = opened;
  const told = 1207;
  await opened.write((unit) => {
    for (let n = 0; n < told; n += 1) {
      // Some within one millisecond, some forward, some back in time.
      if (n % 3 === 0) opened.clock.advance(5);
      const from = n % 7 === 0 ? { validFromMs: opened.clock.nowMs() - n } : {};
      store.memory.remember(unit, { workspaceId: "w", key: "k", value: n, ...from }, cause);
      store.entities.describe(
        unit,
        { workspaceId: "w", id: "e", name: "Ann", entityType: "p", summary: `${n}` },
        cause,
      );
    }
  });
  const change = (n: number): Promise<unknown> =>
    opened.write((unit) => store.memory.remember(unit, { workspaceId: "w", key: "other", value: n }, cause));
  const pages = async <V extends VersionPlace>(
    read: (options: VersionOptions) => readonly V[],
    limit: number | undefined,
  ): Promise<readonly V[]> => {
    const all: V[] = [];
    for (;;) {
      const last = all.at(-1);
      const page = read({ ...(limit === undefined ? {} : { limit }), ...(last === undefined ? {} : { after: last }) });
      expect(page.length).toBeLessThanOrEqual(limit ?? 1000);
      all.push(...page);
      await change(all.length);
      if (page.length < (limit ?? 1000)) return all;
    }
  };
  for (const read of [
    (options: VersionOptions) => store.memory.history("w", "k", options),
    (options: VersionOptions) => store.memory.beliefs("w", "k", options),
    (options: VersionOptions) => store.entities.history("w", "e", options),
  ] as readonly ((options: VersionOptions) => readonly VersionPlace[])[]) {
    const whole = await pages(read, undefined);
    // Of what holds at some time, those that were told later for an earlier time have covered some.
    expect(whole.length).toBeGreaterThan(900);
    expect(read({})).toEqual(whole.slice(0, 1000));
    expect(await pages(read, 97)).toEqual(whole);
    const places = whole.map(
      ({ version, validFromMs, sysFromMs, sysToMs }) => `${version} ${validFromMs} ${sysFromMs} ${sysToMs}`,
    );
    expect(new Set(places).size).toBe(whole.length);
  }
  for (const limit of [0, 1001, 1.5, Number.NaN]) {
    expect(await codeOf(() => store.memory.history("w", "k", { limit }))).toBe("INVALID_VALUE");
    expect(await codeOf(() => store.entities.history("w", "e", { limit }))).toBe("INVALID_VALUE");
  }
});
