import { LlmError, withDeadline } from "@kingly/llm";
import type { Json, Model, ModelEvent, ModelRequest } from "@kingly/llm";
import type { Clock } from "@kingly/runtime";
import type { Purpose } from "./purpose.ts";

/** One thing that a scripted model of the settings does. */
export type ScriptStep =
  | { readonly kind: "text" | "thinking"; readonly text: string }
  | { readonly kind: "tool_call"; readonly name: string; readonly input?: Json; readonly id?: string }
  | { readonly kind: "usage"; readonly inputTokens: number; readonly outputTokens: number }
  | { readonly kind: "wait"; readonly waitMs: number }
  | { readonly kind: "error"; readonly message?: string };

/** One answer of the script, and the requests that it is for. */
export interface ScriptLine {
  /** A pattern for the last text of the person, without regard to case. @default any */
  readonly when?: string;
  /** The answer of the conversation that it is: 1 is the first. @default any */
  readonly round?: number;
  readonly purpose?: Purpose;
  readonly reply: string | readonly ScriptStep[];
}

/** Creates a model that answers by the first line of its script that fits, as often as it fits: the same conversation
 * always goes on in the same way, also after a restart. What no line fits is an error; nothing is made up. [O41] */
export function createScriptedBrain(
  deps: { readonly clock: Clock },
  name: string,
  script: readonly ScriptLine[],
): Model {
  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    const text = request.messages.findLast(({ role }) => role === "user")?.text ?? "";
    const round = request.messages.filter(({ role }) => role === "assistant").length + 1;
    const line = script.find(
      (each) =>
        (each.when === undefined || new RegExp(each.when, "i").test(text)) &&
        (each.round === undefined || each.round === round) &&
        (each.purpose === undefined || each.purpose === request.purpose),
    );
    if (line === undefined) {
      throw new LlmError("script_exhausted", `The script of ${name} has no answer for this. Add a line that fits.`);
    }
    const steps: readonly ScriptStep[] =
      typeof line.reply === "string" ? [{ kind: "text", text: line.reply }] : line.reply;
    let calls = 0;
    for (const step of steps) {
      if (request.signal?.aborted === true) return;
      if (step.kind === "error") throw new LlmError("model_unavailable", step.message ?? `${name} is away.`);
      if (step.kind === "wait") {
        await pause(deps.clock, step.waitMs, request.signal);
        continue;
      }
      if (step.kind === "tool_call") calls += 1;
      yield step.kind === "tool_call"
        ? { kind: "tool_call", id: step.id ?? `call_${round}_${calls}`, name: step.name, input: step.input ?? {} }
        : step;
    }
    yield { kind: "done", stopReason: calls > 0 ? "tool_calls" : "end" };
  }
  return withDeadline({ name, stream }, deps);
}

async function pause(clock: Clock, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (waitMs <= 0 || signal?.aborted === true) return;
  const over = Promise.withResolvers<void>();
  const timer = clock.setTimer(waitMs, over.resolve);
  signal?.addEventListener("abort", () => over.resolve(), { once: true });
  await over.promise;
  timer.cancel();
}
