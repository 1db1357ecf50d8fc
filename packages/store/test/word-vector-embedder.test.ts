import { describe, expect, test } from "vitest";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import { createWordVectorEmbedder } from "../src/embedders/index.ts";
import type { WordVectors } from "../src/embedders/index.ts";
import { createStore, migrateStore } from "../src/index.ts";

/** Three directions that words may have: flight, animals, and what every text says. */
const known: Readonly<Record<string, readonly number[]>> = {
  rocket: [1, 0, 0],
  shuttle: [1, 0, 0],
  spacecraft: [0.9, 0, 0.1],
  dog: [0, 1, 0],
  pet: [0, 0.9, 0.1],
  hello: [0, 0, 1],
};
const words = (shareOf?: WordVectors["shareOf"]): WordVectors => ({
  vectorOf: (word) => known[word],
  ...(shareOf === undefined ? {} : { shareOf }),
});
const plain = { name: "toy", dims: 3, load: () => words() };
const dot = (left: Float32Array | undefined, right: Float32Array | undefined): number =>
  [...(left ?? [])].reduce((sum, value, at) => sum + value * (right?.[at] ?? 0), 0);

describe("[S84] the embedder of word vectors", () => {
  test("[S84] words of one meaning are alike without a letter in common, and vectors have length 1 and a multiple of 32", async () => {
    const embedder = createWordVectorEmbedder(plain);
    const [rocket, question, dog] = await embedder.embed(["The ROCKET!", "which spacecraft", "dog"]);
    expect(rocket).toHaveLength(32);
    expect(embedder.dims).toBe(32);
    expect(dot(rocket, rocket)).toBeCloseTo(1, 5);
    expect(dot(rocket, question)).toBeGreaterThan(0.95);
    expect(dot(dog, question)).toBeLessThan(0.2);
  });
  test("[S84] a text without a known word gets zeros", async () => {
    const [nothing, empty] = await createWordVectorEmbedder(plain).embed(["zxq about the", ""]);
    expect([...(nothing ?? []), ...(empty ?? [])].every((value) => value === 0)).toBe(true);
  });
  test("[S84] frequent words count less: a / (a + share)", async () => {
    const shareOf = (word: string): number => (word === "dog" ? 0.003 : 0);
    const load = (): WordVectors => words(shareOf);
    const [vector] = await createWordVectorEmbedder({ ...plain, load, smoothing: 0.001 }).embed(["rocket dog"]);
    expect((vector?.[1] ?? 0) / (vector?.[0] ?? 1)).toBeCloseTo(0.25, 5);
  });
  test("[S84] what the texts of a sample have in common is taken out", async () => {
    const sample = ["rocket", "dog", "shuttle", "pet", "rocket", "dog", "shuttle", "pet"].map(
      (word) => `${word} hello hello`,
    );
    const [kept, without] = await Promise.all(
      [plain, { ...plain, sample }].map(async (options) => {
        const [rocket, dog] = await createWordVectorEmbedder(options).embed(["rocket hello hello", "dog hello hello"]);
        return dot(rocket, dog);
      }),
    );
    expect(kept).toBeCloseTo(0.8, 5);
    expect(without).toBeLessThan(0);
  });
  test("[S84] the words are loaded once, with the first text, and a failed load is tried again", async () => {
    let loads = 0;
    const load = (): WordVectors => {
      loads += 1;
      if (loads === 1) throw new Error("no such package");
      return words();
    };
    const embedder = createWordVectorEmbedder({ ...plain, load });
    expect(await embedder.embed([])).toEqual([]);
    expect(loads).toBe(0);
    await expect(embedder.embed(["dog"])).rejects.toThrow("no such package");
    await embedder.embed(["dog"]);
    await embedder.embed(["dog"]);
    expect(loads).toBe(2);
  });
  test("[S84] a vector of another length rejects with the word, and options out of range throw", async () => {
    await expect(createWordVectorEmbedder({ ...plain, dims: 4 }).embed(["dog"])).rejects.toThrow(
      "toy has a vector of 3 numbers for “dog”; expected 4.",
    );
    for (const wrong of [{ dims: 0 }, { dims: 4097 }, { dims: 1.5 }, { smoothing: 0 }, { sample: ["one"] }])
      expect(() => createWordVectorEmbedder({ ...plain, ...wrong })).toThrow(RangeError);
  });
  test("[S84] the id changes with what changes the vectors", () => {
    const sample = Array.from({ length: 8 }, (_, at) => `text ${at}`);
    const ids = [{}, { name: "b" }, { dims: 4 }, { smoothing: 0.01 }, { sample }].map(
      (other) => createWordVectorEmbedder({ ...plain, ...other }).id,
    );
    expect(new Set(ids).size).toBe(5);
    expect(createWordVectorEmbedder(plain).id).toBe(ids[0]);
  });
  test("[S84][S80] a store finds by meaning what shares no word and no thread with the question", async () => {
    const database = openDatabase({ path: ":memory:" });
    await migrateStore(database);
    const deps = { database, clock: createManualClock(), random: createSeededRandom(1) };
    const store = createStore({ ...deps, embedder: createWordVectorEmbedder(plain) });
    await database.write((unit) => {
      store.workspaces.ensure(unit, { id: "home" });
      for (const [key, value] of [
        ["a", "Ada built a rocket"],
        ["b", "Bo has a dog"],
      ] as const)
        store.memory.remember(unit, { workspaceId: "home", key, value }, { origin: "user" });
    });
    await store.memory.embedAll();
    const hits = await store.memory.hybrid("home", "Which spacecraft?", { explain: true });
    expect(hits[0]?.memory.key).toBe("a");
    expect(hits[0]?.reasons[0]?.arm).toBe("meaning");
    await database.close();
  });
});
