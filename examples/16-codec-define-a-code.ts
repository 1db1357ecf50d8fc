import assert from "node:assert/strict";
//#region use
import { createLanguage, defineCode, errorLine } from "@kingly/codec";

// A code is one template; its types come from it: amount is a number and required, note may be absent.
const invoice = defineCode("command", "invoice", "iv:{customer_id}|{amount:number!}|{note}");
const paid = defineCode("event", "paid", "pd:{customer_id}|{share:unit}");

invoice.format({ op: "invoice", customer_id: "c_9", amount: 12.5, note: "May | June" }); // iv:c_9|12.5|May \| June

// Beside the codes of the house it is one more member of the union.
const { parseCommand, formatEvent } = createLanguage({ commands: [invoice], events: [paid] });

function answer(line: string): string {
  const parsed = parseCommand(line);
  // A refusal is a line too: it says where it went wrong, so that a model can write the command again.
  if (!parsed.ok) return errorLine(parsed.error, "7");
  const command = parsed.value;
  if (command.op === "invoice") return formatEvent({ op: "paid", customer_id: command.customer_id, share: 1 });
  return formatEvent({ op: "status_update", entity_id: "task_1", status: "queued" });
}
//#endregion

assert.equal(answer("iv:c_9|12.5|May"), "pd:c_9|1");
assert.equal(answer("tc:Send the reminders"), "su:task_1|queued");
assert.equal(answer("iv:c_9|much"), "er#7:wrong_kind|amount col 7: expected a number got text");

import { digest } from "@kingly/codec";

// What a model is told about the work: the newest status of each entity, within a budget.
const status = digest(
  [
    { op: "status_update", entity_id: "task_1", status: "in_progress", progress: 0.2 },
    { op: "status_update", entity_id: "task_2", status: "done" },
    { op: "status_update", entity_id: "task_1", status: "in_progress", progress: 0.8 },
  ],
  { maxTokens: 300 },
);

assert.equal(status.text, "su:task_2|done\nsu:task_1|in_progress|0.8");
console.log("codec: codes of one's own were spoken beside those of the house");
