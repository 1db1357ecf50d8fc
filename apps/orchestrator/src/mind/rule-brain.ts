import type { BrainAnswer } from "./brains.ts";
import { cutText } from "../cut-text.ts";
import { planCalls } from "../planner/plan-calls.ts";
import type { Offer } from "./offered-tools.ts";
import type { CallStep, Step } from "./work.ts";

const maxShown = 4000;

/** Works a task without a model: one call that its title asks for word for word, then what came of it. It goes through
 * the same policy and leaves the same rows as a model's work. [O49] */
export function answerByRules(title: string, steps: readonly Step[], offer: Offer): BrainAnswer {
  const answer = (text: string, calls: BrainAnswer["toolCalls"]): BrainAnswer => ({
    brain: "rules",
    text,
    toolCalls: calls,
    stopReason: calls.length > 0 ? "tool_calls" : "end",
    tokens: 0,
    microUsd: 0,
  });
  const planned = planCalls(title);
  if (planned === undefined) return answer("", [giveUp("No rule says how to do this.")]);
  const call = steps.find((step): step is CallStep => step.kind === "call");
  if (call === undefined) {
    const { server, tool } = planned;
    const name = [...offer.byName].find(([, each]) => each.server === server && each.name === tool)?.[0];
    if (name === undefined) return answer("", [giveUp(`The tool ${server}.${tool} is not there now.`)]);
    return answer("", [{ id: "rule_1", name, input: planned.args }]);
  }
  if (call.state !== "answered") return answer("", [giveUp(call.result ?? "The tool did not answer.")]);
  return answer(`${planned.say}:\n${cutText(call.result ?? "", maxShown)}`, []);
}

function giveUp(reason: string): BrainAnswer["toolCalls"][number] {
  return { id: "rule_2", name: "give_up", input: { reason: cutText(reason, 1000) || "It failed." } };
}
