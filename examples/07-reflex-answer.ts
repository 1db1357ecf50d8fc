import assert from "node:assert/strict";
//#region use
import { formatCommand } from "@kingly/codec";
import { answer, createReflex, emptyView } from "@kingly/reflex";

const first = answer("Create auth system"); // reply.text: I'll create the task “Auth system”.
const lines = first.commands.map(formatCommand); // tc:Auth system|business_growth|high

// A view is what the front knows; with it, questions are answered and things are found by their names.
const reflex = createReflex({ threshold: 0.9 });
const view = {
  ...emptyView,
  nowMs: Date.UTC(2025, 10, 22, 15, 0),
  tasks: [{ id: "task_1", title: "Auth system", status: "running", progress: 0.4, updatedAtMs: 0 }],
  memories: [
    { key: "user_preference_tea", value: "I prefer tea", type: "semantic", atMs: Date.UTC(2025, 10, 21, 14, 2) },
  ],
};
const status = reflex.answer("How is the auth task going?", view); // “Auth system”: running, 40 %.
const recall = reflex.answer("What do I prefer?", view); // You told me yesterday at 14:02: I prefer tea.
const cancel = reflex.answer("Please cancel the auth task", view); // ca:task_1
const unsure = reflex.answer("Create a report every Monday", view); // route: back, no command
//#endregion

assert.equal(first.reply.text, "I'll create the task “Auth system”.");
assert.deepEqual(lines, ["tc:Auth system|business_growth|high"]);
assert.equal(status.reply.text, "“Auth system”: running, 40 %.");
assert.equal(recall.reply.text, "You told me yesterday at 14:02: I prefer tea.");
assert.deepEqual(cancel.commands.map(formatCommand), ["ca:task_1"]);
assert.deepEqual([unsure.route, unsure.commands.length], ["back", 0]);
console.log(`reflex: ${first.reply.text}`);
