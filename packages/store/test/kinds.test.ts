import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { thingsOf } from "../src/hybrid/find-kinds.ts";
import { kindLexicon } from "../src/hybrid/kind-lexicon.ts";
import { readWords } from "../src/hybrid/read-words.ts";
import { createStore, migrateStore } from "../src/index.ts";
import type { HybridHit, HybridOptions, Store } from "../src/index.ts";

let database: Database;
let store: Store;
const clock = createManualClock();

beforeEach(async () => {
  database = openDatabase({ path: ":memory:" });
  await migrateStore(database);
  store = createStore({ database, clock, random: createSeededRandom(5) });
});
afterEach(() => database.close());

const tell = (told: Readonly<Record<string, string>>): Promise<void> =>
  database.write((unit) => {
    store.workspaces.ensure(unit, { id: "home" });
    for (const [key, value] of Object.entries(told))
      store.memory.remember(unit, { workspaceId: "home", key, value }, { origin: "user" });
  });
const ask = (text: string, options: HybridOptions = {}): Promise<readonly HybridHit[]> =>
  store.memory.hybrid("home", text, { explain: true, ...options });
const keys = (hits: readonly HybridHit[]): readonly string[] => hits.map(({ memory }) => memory.key);

describe("[S85] words that name a kind", () => {
  test("[S85] find memories that name a thing of it, and say so", async () => {
    await tell({ a: "Ada learns the cello", b: "Bo rides his bicycle", c: "The weekend was quiet" });
    const hits = await ask("Which instruments?");
    expect(keys(hits)).toEqual(["a"]);
    expect(hits[0]?.reasons.find(({ arm }) => arm === "near")?.about).toBe(
      "holds none of the words; “cello” is a kind of “instruments”",
    );
  });
  test("[S85] stand for their things, and no thing for its kind or another thing of it", async () => {
    await tell({ a: "Ada learns the cello", b: "She owns an instrument", c: "Bo plays the violin" });
    expect(keys(await ask("Who has a cello?"))).toEqual(["a"]);
  });
  test("[S85] count more when the memory holds the word itself", async () => {
    await tell({ b: "Our puppy sleeps", a: "Our pet sleeps", c: "Our car rusts" });
    const hits = await ask("pets", { weights: { words: 0, telling: 0, spelling: 0 } });
    expect(keys(hits)).toEqual(["a", "b"]);
  });
  test("[S85] bring nothing with preferSpeed", async () => {
    await tell({ a: "Ada learns the cello" });
    expect(await ask("Which instruments?", { preferSpeed: true })).toEqual([]);
  });
  test("[S85][S72] see what held at the moment asked for", async () => {
    await tell({ a: "Ada learns the cello" });
    const beforeMs = clock.nowMs();
    clock.advance(1000);
    await tell({ a: "Ada gave it up" });
    expect(await ask("Which instruments?")).toEqual([]);
    expect(keys(await ask("Which instruments?", { asOf: { validMs: beforeMs, systemMs: beforeMs } }))).toEqual(["a"]);
  });
  test("[S85] are looked for up to three in one question", async () => {
    await tell({ a: "the dog", b: "the cello", c: "the apple", d: "the boat" });
    expect(keys(await ask("pet, instrument, fruit, vehicle")).toSorted()).toEqual(["a", "b", "c"]);
  });
  test("[S85] are known by their stems; no word is a thing of itself, and every line has names and things", () => {
    const stem = (word: string): string => readWords(word, 64)[0]?.stem ?? "";
    expect(thingsOf(stem("hobbies")).has(stem("painting"))).toBe(true);
    expect(thingsOf(stem("xylograph")).size).toBe(0);
    for (const { names, things } of kindLexicon) {
      expect(names).toMatch(/^[a-z]+(?: [a-z]+)*$/);
      expect(things).toMatch(/^[a-z]+(?: [a-z]+)*$/);
      for (const { stem: name } of readWords(names, 1000)) expect(thingsOf(name).has(name)).toBe(false);
    }
  });
});
