import assert from "node:assert/strict";
//#region use
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";

const database = openDatabase({ path: ":memory:" });
await migrateStore(database);
const store = createStore({ database, clock: createSystemClock(), random: createSystemRandom() });

const said = [
  ["Bo", "Which instrument did your daughter choose?"],
  ["Ada", "The cello, after long thought."],
  ["Bo", "Mine would rather play football."],
] as const;
await database.write((unit) => {
  store.workspaces.ensure(unit, { id: "home" });
  for (const [at, [speaker, value]] of said.entries()) {
    const input = { workspaceId: "home", key: `said-${at}`, value, speaker, threadId: "tuesday" };
    store.memory.remember(unit, input, { origin: "user" });
  }
});

const hits = await store.memory.hybrid("home", "Which instrument did Ada's daughter choose?", { explain: true });
for (const { memory, score, reasons } of hits) {
  console.log(score.toFixed(2), memory.value);
  for (const { arm, rank, points, about } of reasons) console.log(`  ${arm} (${rank}) ${points.toFixed(2)}: ${about}`);
}
// The answer shares no word with the question: what stands before it in the thread, and who says it, finds it.
//#endregion

const [first] = hits;
assert.equal(first?.memory.value, "The cello, after long thought.");
assert.ok(first.reasons.some(({ about }) => about === "said by Ada, whom the question names"));
assert.ok(first.reasons.some(({ about }) => about.startsWith("follows a question that holds “instrument”")));
await database.close();
console.log("store: found by the question before it, with reasons");
