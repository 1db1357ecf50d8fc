import assert from "node:assert/strict";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";

const database = openDatabase({ path: ":memory:" });
await migrateStore(database);
const relationTypes = { lives_in: { functional: true } };
const clock = createSystemClock();
const store = createStore({ database, clock, random: createSystemRandom() }, { relationTypes });
const cause = { origin: "user" } as const;
const ann = { name: "Ann", entityType: "person" };
const city = (name: string): { name: string; entityType: string } => ({ name, entityType: "city" });

//#region use
// The store was made with { relationTypes: { lives_in: { functional: true } } }: one home at a time.
const moved = await database.write((unit) => {
  store.workspaces.ensure(unit, { id: "home" });
  const lives = { workspaceId: "home", from: ann, relationType: "lives_in" };
  const since = (year: number): { validFromMs: number } => ({ validFromMs: Date.UTC(year) });
  store.relations.state(unit, { ...lives, to: city("Rome"), ...since(2015) }, cause);
  store.relations.state(
    unit,
    { workspaceId: "home", from: ann, relationType: "knows", to: { ...ann, name: "Bob" } },
    cause,
  );
  return store.relations.state(unit, { ...lives, to: city("Oslo"), ...since(2021) }, cause); // Rome ends here
});

const [annNow] = store.entities.open("home", ["ann"]);
const homeIn = (year: number): string | undefined => {
  const asOf = { validMs: Date.UTC(year) };
  const [home] = store.relations.list("home", { asOf, relationTypes: ["lives_in"] }).items;
  return home && store.entities.get("home", home.toId, { asOf })?.name;
};
//#endregion

assert.equal(moved.ended.length, 1);
assert.deepEqual([homeIn(2014), homeIn(2018), homeIn(2025)], [undefined, "Rome", "Oslo"]);
const near = store.graph.neighbours("home", annNow?.id ?? "", { depth: 2 }).items;
assert.deepEqual(near.map(({ edge }) => edge.relationType).toSorted(), ["knows", "lives_in"]);
await database.close();
console.log("store: a new fact ended the one that it contradicts, and no other");
