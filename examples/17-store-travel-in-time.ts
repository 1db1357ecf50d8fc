// Travel in time: what we believed then, what we know today about then, what changed, and what took the place of what.
import assert from "node:assert/strict";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";

const database = openDatabase({ path: ":memory:" });
await migrateStore(database);
const clock = createManualClock(Date.parse("2026-03-01T09:00:00Z"));
const store = createStore({ database, clock, random: createSeededRandom(1) });
const cause = { origin: "user" } as const;
const day = 86_400_000;

//#region use
const monday = clock.nowMs();
const tell = (value: string, validFromMs: number) =>
  database.write((unit) => {
    store.workspaces.ensure(unit, { id: "home" });
    return store.memory.remember(unit, { workspaceId: "home", key: "office", value, validFromMs }, cause);
  });
await tell("Rome", monday);
clock.advance(7 * day);
// A week later we learn that the move was on Wednesday already.
await tell("Oslo", monday + 2 * day);

const officeAsOf = (asOf: { validMs?: number; systemMs?: number }) =>
  store.memory.recall("home", "office", { asOf })?.value;
const thursday = monday + 3 * day;
officeAsOf({ validMs: thursday }); // "Oslo": what we know today about Thursday
officeAsOf({ validMs: thursday, systemMs: thursday }); // "Rome": what we believed on Thursday
const changes = store.diff("home", "memory", {
  from: { validMs: thursday, systemMs: thursday },
  to: { validMs: thursday },
}); // one change: what we have learned since about Thursday
//#endregion

assert.equal(officeAsOf({}), "Oslo");
assert.equal(officeAsOf({ validMs: thursday }), "Oslo");
assert.equal(officeAsOf({ validMs: thursday, systemMs: thursday }), "Rome");
assert.deepEqual(
  changes.items.map(({ change, id, before, after }) => [change, id, before?.value, after?.value]),
  [["changed", "office", "Rome", "Oslo"]],
);
const found = store.memory.search("home", "Rome", 5, { validMs: monday + day });
assert.equal(found[0]?.value, "Rome");
assert.equal(store.memory.search("home", "Rome").length, 0);
assert.equal(store.memory.beliefs("home", "office").length, 3);

await database.write((unit) => {
  const input = { workspaceId: "home", key: "headquarters", value: "Bergen", speaker: "Ada" };
  store.memory.supersede(unit, "office", input, cause);
});
assert.equal(store.memory.recall("home", "office"), undefined);
assert.equal(store.memory.recall("home", "headquarters")?.supersedes, "office");

await database.close();
console.log("On Thursday we believed in Rome; today we know that it was Oslo.");
