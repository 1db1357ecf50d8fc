import type { ManualClock } from "@kingly/runtime/testing";
import { createScriptedModel, LlmError } from "../src/index.ts";
import type { LlmErrorCode, Model, ModelEvent, ModelRequest, ScriptedModel, ScriptEntry } from "../src/index.ts";

export const ask = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  messages: [{ role: "user", text: "hello" }],
  ...more,
});

export const failure = (code: LlmErrorCode, retryAfterMs?: number): LlmError =>
  new LlmError(code, `It failed with ${code}.`, { retryAfterMs });

/** A scripted model that answers in order. */
export const scripted = (
  clock: ManualClock,
  name: string,
  ...replies: readonly ScriptEntry["reply"][]
): ScriptedModel =>
  createScriptedModel(
    { clock },
    replies.map((reply) => ({ reply })),
    { name },
  );

/** A scripted model that always gives the same answer. */
export const always = (clock: ManualClock, name: string, reply: ScriptEntry["reply"], delayMs = 0): ScriptedModel =>
  createScriptedModel({ clock }, [{ reply, delayMs, times: Infinity }], { name });

export const textAndThen = (text: string, error: LlmError): ScriptEntry["reply"] => [{ kind: "text", text }, error];

export const forever: ScriptEntry["reply"] = [{ kind: "wait", waitMs: 1e12 }];

export async function read(model: Model, request: ModelRequest): Promise<readonly ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream(request)) events.push(event);
  return events;
}

/** The code of what is thrown; "none" when nothing is. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (thrown) {
    return thrown instanceof LlmError ? thrown.code : String(thrown);
  }
}

/** Lets time pass in small steps: what is begun within it begins at its time. */
export async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= 10) await clock.advanceAsync(Math.min(10, leftMs));
}
