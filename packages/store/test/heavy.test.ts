import { afterEach, expect, test } from "vitest";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { isDatabaseError } from "@kingly/sqlite";
import { createStore } from "../src/index.ts";
import type { Embedder, Store } from "../src/index.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore | undefined;
afterEach(async () => {
  await opened?.end();
  opened = undefined;
});

/** A small house: a conversation, tasks, and a graph, told over three moments. */
async function furnish(house: OpenStore): Promise<{ readonly before: number; readonly ann: string }> {
  const { store, clock } = house;
  const said = [
    ["Bo", "Which instrument did your daughter choose?"],
    ["Ann", "The cello, after long thought."],
    ["Bo", "Mine would rather play football in Oslo."],
    ["Ann", "We bought the violoncello yesterday."],
  ] as const;
  for (const [at, [speaker, value]] of said.entries()) {
    const input = { workspaceId: "w", key: `said-${at}`, value, speaker, threadId: "tuesday" };
    await house.write((unit) => store.memory.remember(unit, input, cause));
    clock.advance(1000);
  }
  const before = clock.nowMs();
  clock.advance(1000);
  const ann = await house.write((unit) => {
    store.memory.remember(unit, { workspaceId: "w", key: "said-1", value: "The harp, in the end." }, cause);
    store.tasks.create(unit, { workspaceId: "w", id: "t1", title: "Tune the cello" }, cause);
    const person = (name: string) => ({ workspaceId: "w", name, entityType: "person" });
    store.entities.describe(unit, { ...person("Ann"), observations: ["plays the cello"] }, cause);
    const fact = { workspaceId: "w", from: { name: "Ann", entityType: "person" }, relationType: "knows" };
    store.relations.state(unit, { ...fact, to: { name: "Bo", entityType: "person" } }, cause);
    return store.entities.open("w", ["Ann"], { reader: unit })[0]?.id ?? "";
  });
  return { before, ann };
}

for (const inMemory of [false, true]) {
  test(`[S107] each heavy read gives what the read of the same name gives (${inMemory ? "in memory" : "a file"})`, async () => {
    opened = await openTestStore({ inMemory, queryCacheMs: 0 });
    const { before, ann } = await furnish(opened);
    const { store } = opened;
    const { heavy } = store;
    const asOf = { validMs: before, systemMs: before };
    for (const text of ["Which instrument did Ann's daughter choose?", "cello", "violonchelo", "nothing of it", ""]) {
      for (const options of [{ explain: true }, { asOf, explain: true, limit: 2 }, { preferSpeed: true, lambda: 1 }]) {
        expect(await heavy.memory.hybrid("w", text, options)).toEqual(await store.memory.hybrid("w", text, options));
      }
      expect(await heavy.memory.search("w", text)).toEqual(store.memory.search("w", text));
      expect(await heavy.memory.search("w", text, 2, asOf)).toEqual(store.memory.search("w", text, 2, asOf));
      expect(await heavy.tasks.search("w", text)).toEqual(store.tasks.search("w", text));
      expect(await heavy.entities.search("w", text)).toEqual(store.entities.search("w", text));
    }
    expect((await heavy.memory.hybrid("w", "cello")).length).toBeGreaterThan(0);
    expect(await heavy.graph.neighbours("w", ann, { depth: 3 })).toEqual(
      store.graph.neighbours("w", ann, { depth: 3 }),
    );
    expect((await heavy.graph.neighbours("w", ann)).items).toHaveLength(1);
    expect(await heavy.graph.path("w", ann, ann)).toEqual([]);
    expect(await heavy.graph.subgraph("w", [ann])).toEqual(store.graph.subgraph("w", [ann]));
    expect(await heavy.graph.around("w", [ann])).toEqual(store.graph.around("w", [ann]));
    expect(await heavy.graph.read("w")).toEqual(store.graph.read("w"));
    const between = { from: asOf };
    const changes = await heavy.diff("w", "memory", between);
    expect(changes).toEqual(store.diff("w", "memory", between));
    expect(changes.items.map(({ id }) => id)).toEqual(["said-1"]);
    expect(await heavy.memory.hybrid("v", "cello")).toEqual([]);
  });
}

test("[S107] a heavy read sees what was committed before it, by the caller's clock", async () => {
  opened = await openTestStore({ queryCacheMs: 0 });
  const { store, clock } = opened;
  const house = opened;
  const told = { workspaceId: "w", key: "k", value: "a cello", validToMs: clock.nowMs() + 1000 };
  await house.write((unit) => store.memory.remember(unit, told, cause));
  expect(await store.heavy.memory.hybrid("w", "cello")).toHaveLength(1);
  expect(await store.heavy.memory.search("w", "cello")).toHaveLength(1);
  clock.advance(2000);
  expect(await store.heavy.memory.hybrid("w", "cello")).toEqual([]);
  await house.write((unit) => store.memory.remember(unit, { workspaceId: "w", key: "k2", value: "two cellos" }, cause));
  expect((await store.heavy.memory.hybrid("w", "cello")).map(({ memory }) => memory.key)).toEqual(["k2"]);
  await house.write((unit) => store.memory.forget(unit, "w", "k2", cause));
  expect(await store.heavy.memory.hybrid("w", "cello")).toEqual([]);
});

test("[S107] it runs in a thread of the read pool, and its refusals are those of the store", async () => {
  opened = await openTestStore({ queryCacheMs: 0 });
  const { store, database } = opened;
  const search = store.heavy.memory.search("w", "cello");
  expect(database.readPool.stats().running).toBe(1);
  expect(await search).toEqual([]);
  expect(await codeOf(() => store.heavy.memory.hybrid("w", "cello", { limit: 0 }))).toBe("INVALID_VALUE");
  expect(await codeOf(() => store.heavy.graph.neighbours("w", "e", { depth: 9 }))).toBe("INVALID_VALUE");
  expect(await codeOf(() => store.heavy.entities.search("w", "a", { reader: database }))).toBe("INVALID_VALUE");
  await database.close();
  const closed = await store.heavy.memory.search("w", "cello").catch((thrown: unknown) => thrown);
  expect(isDatabaseError(closed) && closed.code).toBe("CLOSED");
});

test("[S80][S107] the embedder is asked by the caller, and its vectors are looked at in the thread", async () => {
  opened = await openTestStore();
  const embedder: Embedder = {
    id: "sea",
    dims: 32,
    embed: async (texts) =>
      texts.map((text) => Float32Array.from({ length: 32 }, (_, at) => (/ocean|boat/.test(text) ? at : 32 - at) - 8)),
  };
  const deps = { database: opened.database, clock: createManualClock(), random: createSeededRandom(1), embedder };
  const store: Store = createStore(deps, { queryCacheMs: 0 });
  await opened.write((unit) => {
    store.memory.remember(unit, { workspaceId: "w", key: "k", value: "the ocean" }, cause);
    store.memory.remember(unit, { workspaceId: "w", key: "other", value: "a coin" }, cause);
  });
  await store.memory.embedAll();
  const found = await store.heavy.memory.hybrid("w", "boats", { explain: true });
  expect(found).toEqual(await store.memory.hybrid("w", "boats", { explain: true }));
  expect(found[0]?.memory.key).toBe("k");
  expect(found[0]?.reasons[0]?.arm).toBe("meaning");
});

test("[S100][S107] an answer is given again while nothing was written", async () => {
  opened = await openTestStore();
  const { store } = opened;
  const house = opened;
  const remember = (key: string): Promise<unknown> =>
    house.write((unit) => store.memory.remember(unit, { workspaceId: "w", key, value: "a cello" }, cause));
  await remember("k");
  const first = await store.heavy.memory.hybrid("w", "cello");
  expect(await store.heavy.memory.hybrid("w", "cello")).toBe(first);
  await remember("k2");
  expect(await store.heavy.memory.hybrid("w", "cello")).toHaveLength(2);
});
