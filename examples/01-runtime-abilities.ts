import assert from "node:assert/strict";
//#region use
import { createIds, createSystemRandom } from "@kingly/runtime";
import { createManualClock } from "@kingly/runtime/testing";

const clock = createManualClock();
const ids = createIds({ clock, random: createSystemRandom() });
const id = ids.next("task"); // task_ and seventeen signs that sort by time

let rang = false;
clock.setTimer(60_000, () => (rang = true));
clock.advance(60_000); // a minute passes at once
//#endregion

assert.match(id, /^task_[0-9a-z]{17}$/);
assert.equal(rang, true);
console.log("runtime: a minute passed at once");
