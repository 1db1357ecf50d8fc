import assert from "node:assert/strict";
//#region ten
import { formatCommand, parseCommand } from "@kingly/codec";
import { answer } from "@kingly/reflex";

const heard = answer("Create auth system"); // at once, offline, deterministic
console.log(heard.reply.text); //       I'll create the task “Auth system”.
const [command] = heard.commands;
const line = command === undefined ? "" : formatCommand({ ...command, cid: "a1" });
console.log(line); //                   tc#a1:Auth system|business_growth|high
const back = parseCommand(line); //     the same command, on the other side of any wire
//#endregion

assert.match(heard.reply.text, /Auth system/);
assert.equal(line, "tc#a1:Auth system|business_growth|high");
assert.deepEqual(back, { ok: true, value: { ...command, cid: "a1" } });
