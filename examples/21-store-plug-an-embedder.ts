import assert from "node:assert/strict";
//#region use
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";
import { createWordVectorEmbedder } from "@kingly/store/embedders";

// Any package or file of word vectors will do; these four words stand for one.
const vectors = new Map([
  ["spacecraft", [1, 0]],
  ["rocket", [0.9, 0.1]],
  ["pet", [0, 1]],
  ["dog", [0, 1]],
]);
const load = () => ({ vectorOf: (word: string) => vectors.get(word) });
const embedder = createWordVectorEmbedder({ name: "four-words", dims: 2, load });

const database = openDatabase({ path: ":memory:" });
await migrateStore(database);
const store = createStore({ database, clock: createSystemClock(), random: createSystemRandom(), embedder });
await database.write((unit) => {
  store.workspaces.ensure(unit, { id: "home" });
  for (const value of ["Ada built a rocket", "Bo has a dog"])
    store.memory.remember(unit, { workspaceId: "home", key: value, value }, { origin: "user" });
});
await store.memory.embedAll(); // once after start; later changes are embedded after their commit

const [hit] = await store.memory.hybrid("home", "Which spacecraft?", { explain: true }); // Ada built a rocket
//#endregion

assert.equal(hit?.memory.value, "Ada built a rocket");
assert.equal(hit.reasons[0]?.arm, "meaning");
await database.close();
console.log("store: found by what words mean, with vectors of one's own");
