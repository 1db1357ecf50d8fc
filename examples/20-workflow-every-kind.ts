import assert from "node:assert/strict";
import { advance, childOutcome, parentOf, parseDefinition, rerun, startRun } from "@kingly/workflow";
import type { Advance, Outcome } from "@kingly/workflow";

//#region definition
const text = `
id: order
name: Order for an event
inputs:
  guests: { type: array, required: true }
steps:
  - { id: menu, kind: model, prompt: "A menu for \${inputs.guests}", timeoutMs: 60000, retry: {} }
  - id: invite
    kind: mcp
    server: mail
    tool: send
    foreach: { in: "\${inputs.guests}", maxItems: 100, concurrency: 5, onItemFailure: continue }
    with: { to: "\${item.mail}", number: "\${index}" }
    compensate: { kind: mcp, server: mail, tool: send, with: { to: "\${item.mail}", text: "It is off: \${result.id}" } }
  - { id: answers, kind: wait, signal: all_answered, timeoutMs: 86400000, onTimeout: continue, needs: [invite] }
  - { id: may, kind: approve, message: "Order for \${steps.invite.output}?", with: { dish: "\${steps.menu.output.dish}" }, needs: [menu, answers] }
  - { id: buy, kind: workflow, workflow: purchase, needs: [may], with: "\${steps.may.output.arguments}" }
  - { id: seats, kind: task, needs: [invite], when: "inputs.guests.3 exists and not (steps.invite.output.0.id in ['', 'none'])" }
outputs:
  receipt: \${steps.buy.output.receipt}
`;
//#endregion
const parsed = parseDefinition(text, { source: "order.yaml" });
assert.ok(parsed.ok);
const definition = parsed.value;
const bought = parseDefinition(`
id: purchase
name: Purchase
inputs: { dish: { type: string } }
steps: [{ id: pay, kind: task, with: "\${inputs.dish}" }]
outputs: { receipt: "\${steps.pay.output}" }
`);
assert.ok(bought.ok);
const purchase = bought.value;

// Somebody does the work and tells how it went; here it is this list.
const tell = (from: Advance, ...outcomes: readonly Outcome[]): Advance => {
  let now = from;
  for (const outcome of outcomes) now = advance(definition, now.run, outcome);
  return now;
};
const guests = [{ mail: "ann@example.org" }, { mail: "bob@example.org" }];
const begun = startRun(definition, { runId: "run_1", inputs: { guests } });
assert.deepEqual(
  begun.start.map(({ stepId, item, input, deadlineMs }) => [stepId, item, input, deadlineMs]),
  [
    ["menu", undefined, {}, 60_000],
    ["invite", 0, { to: "ann@example.org", number: 0 }, undefined],
    ["invite", 1, { to: "bob@example.org", number: 1 }, undefined],
  ],
);
const asked = tell(
  begun,
  { kind: "completed", stepId: "menu", attempt: 1, output: { dish: "pie" } },
  { kind: "completed", stepId: "invite", attempt: 1, item: 1, output: { id: "m2" } },
  { kind: "completed", stepId: "invite", attempt: 1, item: 0, output: { id: "m1" } },
  { kind: "signalled", signal: "all_answered", value: 2 },
);
assert.equal(asked.run.steps["seats"]?.reason, "when");

//#region decide
// `may` shows a message and exact arguments; the decision must carry their hash, and what follows is given just these.
const [question] = asked.start;
assert.ok(question?.hash);
const approved = advance(definition, asked.run, {
  kind: "decided",
  stepId: "may",
  attempt: 1,
  decision: "approved",
  hash: question.hash,
  by: "Ann",
});
const [buy] = approved.start; // kind "workflow": a run of its own, one deeper
assert.ok(buy);
const childRun = startRun(purchase, {
  runId: "run_2",
  inputs: { dish: "pie" },
  depth: buy.depth ?? 0,
  parent: parentOf("run_1", buy),
});
const paid = advance(purchase, childRun.run, {
  kind: "failed",
  stepId: "pay",
  attempt: 1,
  error: { code: "declined", message: "The card was declined." },
});
const outcome = childOutcome(paid.run); // what the end of the child means for `buy`
assert.ok(outcome);
const failed = advance(definition, approved.run, outcome);
// The run is now "compensating": the invitations are taken back, the last one first, one at a time.
assert.deepEqual(failed.start[0]?.input, { to: "bob@example.org", text: "It is off: m2" });
//#endregion

assert.equal(question.message, 'Order for [{"id":"m1"},{"id":"m2"}]?');
assert.deepEqual(buy.input, { dish: "pie" });
assert.equal(failed.run.status, "compensating");
const undone = tell(
  failed,
  { kind: "completed", stepId: "invite", attempt: 1, item: 1, compensates: true, output: null },
  { kind: "completed", stepId: "invite", attempt: 1, item: 0, compensates: true, output: null },
);
assert.equal(undone.run.status, "compensated");
assert.equal(undone.run.error?.code, "declined");

// Again from the invitations: the menu stays, and attempts are counted on.
const again = rerun(definition, undone.run, { from: "buy" });
assert.ok(again.ok);
assert.deepEqual(
  again.value.start.map(({ stepId, item, attempt }) => [stepId, item, attempt]),
  [
    ["invite", 0, 2],
    ["invite", 1, 2],
  ],
);
console.log(`workflow: every kind of step, and ${undone.run.status} when it failed`);
