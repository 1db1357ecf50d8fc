import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { checkStream, collect, LlmError, toAssistantMessage, withDeadline } from "../src/index.ts";
import type { Model, ModelEvent, ModelRequest } from "../src/index.ts";

const request: ModelRequest = { messages: [{ role: "user", text: "hello" }] };
const call: ModelEvent = { kind: "tool_call", id: "c", name: "t", input: {} };

/** A model that tells these events and keeps no rule by itself. */
function looseModel(...events: readonly ModelEvent[]): Model {
  async function* tell(): AsyncGenerator<ModelEvent> {
    yield* events;
  }
  return { name: "loose", stream: tell };
}
const checked = (...events: readonly ModelEvent[]): Model => ({
  name: "checked",
  stream: (request) => checkStream("checked", request, looseModel(...events).stream(request)),
});

describe("checked streams", () => {
  test("[L1] a stream that stops without done is bad, and what follows done is not told", async () => {
    await expect(collect(checked({ kind: "text", text: "a" }), request)).rejects.toMatchObject({
      code: "bad_response",
      message: expect.stringContaining("without saying why"),
    });
    const seen: ModelEvent[] = [];
    const late = checked({ kind: "done", stopReason: "end" }, { kind: "text", text: "late" });
    for await (const event of late.stream(request)) seen.push(event);
    expect(seen).toEqual([{ kind: "done", stopReason: "end" }]);
  });

  test("[L2] tool calls and stop reason that do not agree are bad", async () => {
    for (const events of [
      [{ kind: "done", stopReason: "tool_calls" }],
      [call, { kind: "done", stopReason: "end" }],
    ] as const) {
      await expect(collect(checked(...events), request)).rejects.toMatchObject({ code: "bad_response" });
    }
    const cut = await collect(checked(call, { kind: "done", stopReason: "length" }), request);
    expect(cut).toMatchObject({ stopReason: "length", toolCalls: [{ id: "c" }] });
  });
});

describe("collect", () => {
  test("[L7] the last usage counts, none is undefined, and a stream without done is bad", async () => {
    const end: ModelEvent = { kind: "done", stopReason: "end" };
    const usage = (outputTokens: number): ModelEvent => ({ kind: "usage", inputTokens: 3, outputTokens });
    const counted = await collect(looseModel(usage(1), usage(9), end), request);
    expect(counted.usage).toEqual({ inputTokens: 3, outputTokens: 9 });
    expect(await collect(looseModel({ kind: "text", text: "a" }, call, end), request)).toEqual({
      text: "a",
      toolCalls: [{ id: "c", name: "t", input: {} }],
      usage: undefined,
      stopReason: "end",
    });
    await expect(collect(looseModel(usage(1)), request)).rejects.toMatchObject({ code: "bad_response" });
  });
});

describe("deadline of a model that keeps no rule", () => {
  /** Never answers, never listens, and counts how often it is told to stop. */
  function deafModel(): { readonly model: Model; readonly signals: AbortSignal[] } {
    const signals: AbortSignal[] = [];
    async function* tell(asked: ModelRequest): AsyncGenerator<ModelEvent> {
      if (asked.signal) signals.push(asked.signal);
      yield { kind: "text", text: "So" };
      await new Promise<never>(() => {});
    }
    return { model: { name: "deaf", stream: tell }, signals };
  }

  test("[L3][L5] a cancel does not wait for it, and tells it to stop", async () => {
    const clock = createManualClock();
    const { model, signals } = deafModel();
    const controller = new AbortController();
    const guarded = withDeadline(model, { clock, deadlineMs: 4000 });
    const answer = collect(guarded, { ...request, signal: controller.signal });
    await clock.advanceAsync(10);
    controller.abort();
    expect(await answer).toMatchObject({ text: "So", stopReason: "cancelled" });
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[L4] a model that throws before it streams leaves no timer", async () => {
    const clock = createManualClock();
    const broken: Model = {
      name: "broken",
      stream: () => {
        throw new Error("no stream");
      },
    };
    await expect(collect(withDeadline(broken, { clock, deadlineMs: 4000 }), request)).rejects.toThrow("no stream");
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[L4][L5] its own deadline throws with the time and tells it to stop", async () => {
    const clock = createManualClock();
    const { model, signals } = deafModel();
    const answer = collect(withDeadline(model, { clock, deadlineMs: 4000 }), request);
    await Promise.all([
      expect(answer).rejects.toMatchObject({ code: "deadline", message: expect.stringContaining("within 4000 ms") }),
      clock.advanceAsync(4000),
    ]);
    expect(signals[0]?.aborted).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[L3][L4] an end that came while the reader was busy wins over one more event", async () => {
    const clock = createManualClock();
    // Its events are ready before they are asked for, so that both race from the same line.
    const ready = Promise.resolve({ done: false as const, value: { kind: "text" as const, text: "a" } });
    const texts: Model = { name: "ready", stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => ready }) }) };
    const late = withDeadline(texts, { clock, deadlineMs: 5 }).stream(request)[Symbol.asyncIterator]();
    await late.next();
    await clock.advanceAsync(5);
    await expect(late.next()).rejects.toMatchObject({ code: "deadline" });

    const controller = new AbortController();
    const asked = { ...request, signal: controller.signal };
    const stopped = withDeadline(texts, { clock }).stream(asked)[Symbol.asyncIterator]();
    await stopped.next();
    controller.abort();
    expect((await stopped.next()).value).toEqual({ kind: "done", stopReason: "cancelled" });
    expect(await stopped.next()).toEqual({ done: true, value: undefined });
  });

  test("[L5] the signal of the caller keeps no listener", async () => {
    const clock = createManualClock();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners += 1;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...given);
    };
    await collect(withDeadline(looseModel({ kind: "done", stopReason: "end" }), { clock }), { ...request, signal });
    expect(listeners).toBe(0);
  });
});

describe("what is not the answer", () => {
  const vendor = { by: "adapter/model", content: [{ signed: "yes" }] };
  const thoughtful = looseModel(
    { kind: "thinking", text: "Let me see. " },
    { kind: "text", text: "Salt" },
    { kind: "thinking", text: "One more." },
    { kind: "text", text: "." },
    { kind: "done", stopReason: "end", vendor },
  );

  test("[L13] thinking is told as it comes and is no part of the text, also not of a JSON text", async () => {
    expect(await collect(thoughtful, request)).toMatchObject({ text: "Salt.", stopReason: "end" });
    const json = checked(
      { kind: "thinking", text: "Hm." },
      { kind: "text", text: "1" },
      { kind: "done", stopReason: "end" },
    );
    expect(await collect(json, { ...request, json: {} })).toMatchObject({ text: "1" });
  });

  test("[L14] what the vendor wants back goes into the message of the answer, and nothing where nothing came", async () => {
    expect(toAssistantMessage(await collect(thoughtful, request))).toEqual({
      role: "assistant",
      text: "Salt.",
      vendor,
    });
    const plain = await collect(looseModel(call, { kind: "done", stopReason: "tool_calls" }), request);
    const { kind: _, ...toolCall } = call;
    expect(toAssistantMessage(plain)).toEqual({ role: "assistant", text: "", toolCalls: [toolCall] });
  });

  test("[L12] an error says when to ask again, where it is known", () => {
    expect(new LlmError("rate_limited", "Wait.", { retryAfterMs: 2000 })).toMatchObject({ retryAfterMs: 2000 });
    expect(new LlmError("rate_limited", "Wait.").retryAfterMs).toBeUndefined();
    const cause = new Error("socket");
    expect(new LlmError("model_unavailable", "Away.", { cause }).cause).toBe(cause);
  });

  test("[L7] cached and written tokens are counted where they were told", async () => {
    const usage = { inputTokens: 100, outputTokens: 7, cachedInputTokens: 90, cacheWriteTokens: 5 };
    const told = looseModel({ kind: "usage", ...usage }, { kind: "done", stopReason: "end" });
    expect((await collect(told, request)).usage).toEqual(usage);
  });
});
