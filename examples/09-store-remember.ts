import assert from "node:assert/strict";
//#region use
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";

const database = openDatabase({ path: ":memory:" });
await migrateStore(database);
const store = createStore({ database, clock: createSystemClock(), random: createSystemRandom() });
const cause = { cid: "k7", origin: "user" } as const;

await database.write((unit) => {
  store.workspaces.ensure(unit, { id: "home" });
  store.memory.remember(unit, { workspaceId: "home", key: "theme", value: { mode: "light" } }, cause);
  store.memory.remember(unit, { workspaceId: "home", key: "theme", value: { mode: "dark" } }, cause);
});

const [found] = store.memory.search("home", "Which theme do I like?"); // { mode: "dark" }, version 2
const versions = store.memory.history("home", "theme"); // both, each with the time it held
const events = store.events.readAfter("home", 0, 10); // seq 1 and 2, without a gap, with cid k7
//#endregion

assert.deepEqual([found?.value, found?.version], [{ mode: "dark" }, 2]);
assert.deepEqual(
  versions.map(({ value }) => value),
  [{ mode: "light" }, { mode: "dark" }],
);
assert.deepEqual(
  events.map(({ seq, cid }) => [seq, cid]),
  [
    [1, "k7"],
    [2, "k7"],
  ],
);
await database.close();
console.log("store: remembered twice, found once, nothing forgotten");
