import assert from "node:assert/strict";
//#region use
import { collect, createScriptedModel } from "@kingly/llm";
import { createSystemClock } from "@kingly/runtime";

const model = createScriptedModel({ clock: createSystemClock() }, [
  {
    when: /weather/i,
    reply: [{ kind: "tool_call", id: "call_1", name: "forecast", input: { city: "Oslo" } }],
  },
  { reply: "Long live the king." },
]);

// Every model is read the same way: as it speaks...
const said: string[] = [];
for await (const event of model.stream({ messages: [{ role: "user", text: "Hail!" }], deadlineMs: 4000 })) {
  if (event.kind === "text") said.push(event.text);
}
// ...or as a whole answer.
const answer = await collect(model, { messages: [{ role: "user", text: "How is the weather in Oslo?" }] });
//#endregion

assert.deepEqual(said, ["Long live the king."]);
assert.equal(answer.stopReason, "tool_calls");
assert.deepEqual(answer.toolCalls, [{ id: "call_1", name: "forecast", input: { city: "Oslo" } }]);
// Nothing is made up: what the script does not know is an error.
await assert.rejects(collect(model, { messages: [{ role: "user", text: "And tomorrow?" }] }), {
  code: "script_exhausted",
});
console.log("llm: two replies from the script, and nothing made up");
