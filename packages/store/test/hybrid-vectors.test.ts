import { afterEach, beforeEach, expect, test } from "vitest";
import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import { createStore } from "../src/index.ts";
import type { Embedder, Store } from "../src/index.ts";
import { cause, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

/** An embedder that knows two meanings: sea and money. */
function createTestEmbedder(
  id = "test-1",
): Embedder & { calls: string[][]; fails: boolean; hangs: boolean; waitFor: Promise<void> } {
  const sea = /sea|ocean|boat|sail/gi;
  const money = /money|coin|bank|salary/gi;
  const embedder = {
    id,
    dims: 32,
    calls: [] as string[][],
    fails: false,
    hangs: false,
    waitFor: Promise.resolve(),
    embed: async (texts: readonly string[]): Promise<readonly Float32Array[]> => {
      embedder.calls.push([...texts]);
      await embedder.waitFor;
      if (embedder.hangs) await new Promise(() => {});
      if (embedder.fails) throw new Error("the endpoint is away");
      return texts.map((text) => {
        const vector = new Float32Array(32);
        vector[0] = (text.match(sea) ?? []).length;
        vector[1] = (text.match(money) ?? []).length;
        vector[2] = 0.1;
        return vector;
      });
    },
  };
  return embedder;
}
const storeWith = (embedder: Embedder, log = createMemoryLog(), clock = createManualClock()): Store =>
  createStore(
    { database: opened.database, clock, random: createSeededRandom(3), log, embedder },
    { embedTimeoutMs: 50 },
  );
const remember = (store: Store, key: string, value: string): Promise<unknown> =>
  opened.write((unit) => store.memory.remember(unit, { workspaceId: "w", key, value }, cause));
const vectorRows = (): readonly { key: string; version: number; embedder: string; kept: number }[] =>
  opened.database.all("SELECT key, version, embedder, vector IS NOT NULL AS kept FROM memory_vectors ORDER BY row_id");

test("[S79] a change writes its local vector in its own unit; units that fail leave none; forgetting takes all out", async () => {
  const { store } = opened;
  await remember(store, "k", "first");
  opened.clock.advance(1);
  await remember(store, "k", "second");
  await opened
    .write((unit) => {
      store.memory.remember(unit, { workspaceId: "w", key: "lost", value: "never" }, cause);
      throw new Error("taken back");
    })
    .catch(() => {});
  expect(vectorRows()).toEqual([
    { key: "k", version: 1, embedder: "local-hash-256", kept: 0 },
    { key: "k", version: 2, embedder: "local-hash-256", kept: 0 },
  ]);
  await store.memory.hybrid("w", "second");
  await opened.write((unit) => store.memory.forget(unit, "w", "k", cause));
  expect(vectorRows()).toEqual([]);
  expect(await store.memory.hybrid("w", "second")).toEqual([]);
});

test("[S79] vectors of former versions are found only as of their time", async () => {
  const store = storeWith(createTestEmbedder(), createMemoryLog(), opened.clock);
  const startMs = opened.clock.nowMs();
  await remember(store, "k", "the ocean");
  await store.memory.embedAll();
  opened.clock.advance(100);
  await remember(store, "k", "the bank");
  await store.memory.embedAll();
  const asked = async (text: string, asOf?: object): Promise<readonly unknown[]> =>
    (await store.memory.hybrid("w", text, { explain: true, ...(asOf === undefined ? {} : { asOf }) }))
      .filter(({ reasons }) => reasons.some(({ arm, rank }) => arm === "meaning" && rank === 1))
      .map(({ memory }) => memory.value);
  expect(await asked("sailing boats")).toEqual([]);
  expect(await asked("salary")).toEqual(["the bank"]);
  expect(await asked("sailing boats", { validMs: startMs + 50, systemMs: startMs + 50 })).toEqual(["the ocean"]);
});

test("[S80] an embedder is asked after the commit, finds by meaning, and another id embeds everything again", async () => {
  const first = createTestEmbedder();
  const store = storeWith(first);
  await remember(store, "before", "a coin");
  await remember(store, "k", "waves of the ocean");
  expect(await store.memory.embedAll()).toEqual({ embedder: "test-1", waiting: 0, failure: undefined });
  expect(first.calls.flat().toSorted()).toEqual(["before\na coin", "k\nwaves of the ocean"]);
  const found = await store.memory.hybrid("w", "sailing", { explain: true });
  expect(found[0]?.memory.key).toBe("k");
  expect(found[0]?.reasons[0]).toMatchObject({ arm: "meaning", rank: 1, about: "means alike (1.00 by the embedder)" });

  const second = createTestEmbedder("test-2");
  expect(await storeWith(second).memory.embedAll()).toEqual({ embedder: "test-2", waiting: 0, failure: undefined });
  expect(second.calls.flat()).toHaveLength(2);
  expect(vectorRows().filter(({ embedder }) => embedder === "test-2")).toHaveLength(2);
  // Nothing waits any more: starting again embeds nothing.
  const again = createTestEmbedder("test-2");
  await storeWith(again).memory.embedAll();
  expect(again.calls).toEqual([]);
});

test("[S80] a failure keeps what waits for the next try; a wrong answer counts as one", async () => {
  const embedder = createTestEmbedder();
  const log = createMemoryLog();
  const store = storeWith(embedder, log);
  embedder.fails = true;
  await remember(store, "k", "the ocean");
  expect(await store.memory.embedAll()).toMatchObject({ failure: "the endpoint is away" });
  expect(vectorRows().filter(({ kept }) => kept === 1)).toEqual([]);
  expect(await store.memory.hybrid("w", "ocean")).toHaveLength(1);
  embedder.fails = false;
  await remember(store, "other", "a coin");
  expect(await store.memory.embedAll()).toEqual({ embedder: "test-1", waiting: 0, failure: undefined });
  expect(vectorRows().filter(({ kept }) => kept === 1)).toHaveLength(2);
  const wrong: Embedder = { id: "wrong", dims: 64, embed: async (texts) => texts.map(() => new Float32Array(3)) };
  expect((await storeWith(wrong).memory.embedAll()).failure).toBe(
    "Embedder wrong gave a vector of 3 values for 2 texts; expected 64 finite numbers for each.",
  );
});

test("[S80] what is forgotten while the embedder works does not come back", async () => {
  const embedder = createTestEmbedder();
  const store = storeWith(embedder);
  let goOn: () => void = () => {};
  const held = new Promise<void>((resolve) => void (goOn = resolve));
  embedder.waitFor = held;
  await remember(store, "k", "the ocean");
  const all = store.memory.embedAll();
  await opened.write((unit) => store.memory.forget(unit, "w", "k", cause));
  goOn();
  await all;
  expect(vectorRows()).toEqual([]);
});

test("[S80] a search does not wait longer for the embedder than it may", async () => {
  const embedder = createTestEmbedder();
  const clock = createManualClock();
  const log = createMemoryLog();
  const store = storeWith(embedder, log, clock);
  await remember(store, "k", "the ocean");
  await store.memory.embedAll();
  embedder.hangs = true;
  const search = store.memory.hybrid("w", "ocean");
  while (embedder.calls.length < 2) await new Promise((resolve) => void setImmediate(resolve));
  await clock.advanceAsync(50);
  expect(await search).toHaveLength(1);
  expect(clock.pendingTimers()).toBe(0);
  expect(log.entries.map(({ message }) => message)).toContain("the embedder is late; the search goes on without it");
});
