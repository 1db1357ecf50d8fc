import assert from "node:assert/strict";
//#region use
import { formatEvent, parseCommand } from "@kingly/codec";

function answer(line: string): string {
  const parsed = parseCommand(line);
  if (!parsed.ok) {
    const { code, at, hint } = parsed.error;
    return formatEvent({ op: "error", code, message: `at ${at}: ${hint}` });
  }
  const command = parsed.value;
  const cid = command.cid === undefined ? {} : { cid: command.cid };
  if (command.op !== "task_create") return formatEvent({ op: "error", ...cid, code: "not_here" });
  // `command` is a task_create now: title is a string, complexity a level or absent.
  return formatEvent({ op: "status_update", ...cid, entity_id: "task_1", status: "queued", progress: 0 });
}

answer("tc#7:User Authentication System|business_growth|high"); // su#7:task_1|queued|0
answer("tc:{title}|growth|high"); // er:unfilled_placeholder|at 3: Write the value in place of {title}.
//#endregion

assert.equal(answer("tc#7:User Authentication System|business_growth|high"), "su#7:task_1|queued|0");
assert.equal(answer("tc:{title}|growth|high"), "er:unfilled_placeholder|at 3: Write the value in place of {title}.");

//#region define
import { defineCode } from "@kingly/codec";

const invoice = defineCode("command", "invoice", "iv:{customer_id}|{amount:number!}|{note}");

const line = invoice.format({ op: "invoice", customer_id: "c_9", amount: 12.5, note: "May | June" });
const read = invoice.parse(line); // typed by the template: amount is a number, note may be absent
//#endregion

assert.equal(line, "iv:c_9|12.5|May \\| June");
assert.ok(read.ok && read.value.amount === 12.5 && read.value.note === "May | June");
console.log("codec: a command was read and answered");
