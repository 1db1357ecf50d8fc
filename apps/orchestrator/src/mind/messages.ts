import type { ModelMessage } from "@kingly/llm";
import { asData } from "./as-data.ts";
import type { CallStep, Prompt, Step } from "./work.ts";

/** Makes the conversation out of what was said and done: the same steps always make the same one, so that a restart goes
 * on where it was. Results are data. [O43][O44] */
export function toMessages(prompt: Prompt, steps: readonly Step[], maxResultChars: number): readonly ModelMessage[] {
  const messages: ModelMessage[] = [{ role: "user", text: prompt.text }];
  const used = new Set<string>();
  for (const [place, step] of steps.entries()) {
    if (step.kind !== "answer") continue;
    const calls = callsOf(steps, place).map((call) => {
      // A model may give one id twice; each answer must belong to one call.
      const id = call.id === "" || used.has(call.id) ? `call_${call.seq}` : call.id;
      used.add(id);
      return { id, call };
    });
    const toolCalls = calls.map(({ id, call: { name, args } }) => ({ id, name: safeName(name), input: args }));
    messages.push({
      role: "assistant",
      text: step.text,
      ...(toolCalls.length === 0 ? {} : { toolCalls }),
      ...(step.vendor === undefined ? {} : { vendor: step.vendor }),
    });
    for (const { id, call } of calls) {
      messages.push({
        role: "tool",
        toolCallId: id,
        text: wordsOf(call, maxResultChars),
        ...(call.state === "answered" ? {} : { isError: true }),
      });
    }
  }
  return messages;
}

/** The calls that belong to the answer at `place`. */
export function callsOf(steps: readonly Step[], place: number): readonly CallStep[] {
  const calls: CallStep[] = [];
  for (const step of steps.slice(place + 1)) {
    if (step.kind === "answer") break;
    calls.push(step);
  }
  return calls;
}

function wordsOf({ state, server, tool, name, result = "" }: CallStep, maxResultChars: number): string {
  const source = server === undefined ? name : `${server}.${tool ?? ""}`;
  if (state === "answered") return asData(source, result, maxResultChars);
  return state === "failed" ? `It failed. ${asData(source, result, maxResultChars)}` : result;
}

function safeName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "unnamed";
}
