import assert from "node:assert/strict";
//#region use
import { createReflex, emptyView, loadEnglishClassifier } from "@kingly/reflex";

const reflex = createReflex({ classifier: await loadEnglishClassifier() });
const view = {
  ...emptyView,
  nowMs: 20_000,
  tasks: [{ id: "task_1", title: "Auth system", status: "running", progress: 0.4, updatedAtMs: 0 }],
};
const status = reflex.answer("catch me up on the auth task", view); // “Auth system”: running, 40 %.
const proposed = reflex.answer("get rid of the auth task", view); // Is this what you mean? … no command
const agreed = reflex.answer("yes", { ...view, dialogue: { offers: proposed.offers } }); // ca:task_1
const both = reflex.answer("Create a wiki. Also, what is running?", view); // tc:Wiki, and the status

// Ten seconds long, "undo" gives the commands that take the last one back; the front knows which they are.
const lastCommand = { atMs: 15_000, title: "Wiki", undo: [{ op: "cancel", target_id: "task_2" }] } as const;
const undone = reflex.answer("no, not that", { ...view, dialogue: { lastCommand } }); // ca:task_2
//#endregion

assert.equal(status.reply.text, "“Auth system”: running, 40 %.");
assert.deepEqual([proposed.route, proposed.commands.length], ["front", 0]);
assert.deepEqual(agreed.commands, [{ op: "cancel", target_id: "task_1" }]);
assert.deepEqual([both.commands.length, both.reply.text.includes("running, 40 %")], [1, true]);
assert.deepEqual(undone.commands, [{ op: "cancel", target_id: "task_2" }]);
console.log(`reflex: ${agreed.reply.text}`);
