import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { collect, createScriptedModel, LlmError } from "../src/index.ts";
import type { ModelEvent, ModelRequest, ScriptEntry, ScriptedModel } from "../src/index.ts";
import { describeModelContract } from "./contract/model-contract.ts";

describeModelContract("scripted model", async ({ clock }, reply) => {
  const rest = reply.hangs ? ([{ kind: "wait", waitMs: 1e12 }] as const) : [];
  const model = createScriptedModel({ clock }, [{ reply: [...reply.events, ...rest] }]);
  return { model, requestCount: () => model.requests.length, close: async () => {} };
});

const ask = (text: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  messages: [{ role: "user", text }],
  ...more,
});
const script = (...entries: readonly ScriptEntry[]): ScriptedModel =>
  createScriptedModel({ clock: createManualClock() }, entries);
const textOf = async (model: ScriptedModel, request: ModelRequest): Promise<string> =>
  (await collect(model, request)).text;

describe("choice", () => {
  test("[L8] the first entry that fits and is not used up answers", async () => {
    const model = script(
      { when: /king/i, reply: "one" },
      { when: (request) => request.tools !== undefined, reply: "two" },
      { when: /king/gi, reply: "three", times: 2 },
      { reply: "other", times: Infinity },
    );
    expect(await textOf(model, ask("A King"))).toBe("one");
    expect(await textOf(model, ask("A King", { tools: [] }))).toBe("two");
    expect(await textOf(model, ask("king"))).toBe("three");
    expect(await textOf(model, ask("king"))).toBe("three");
    expect(await textOf(model, ask("king"))).toBe("other");
    expect(await textOf(model, ask("queen"))).toBe("other");
  });

  test("[L8] a pattern sees the last user text only", async () => {
    const model = script({ when: /first/, reply: "wrong" }, { when: /^second$/, reply: "right" });
    const messages = [
      { role: "user", text: "first" },
      { role: "assistant", text: "first", toolCalls: [{ id: "c", name: "t", input: null }] },
      { role: "user", text: "second" },
      { role: "tool", toolCallId: "c", text: "first" },
    ] as const;
    expect(await textOf(model, { messages })).toBe("right");
  });

  test("[L9] a request that no entry fits throws and says what is left", async () => {
    const model = script({ when: /king/, reply: "one" }, { when: /queen/, reply: "two" });
    await textOf(model, ask("king"));
    const again = collect(model, ask("king again"));
    await expect(again).rejects.toThrow(LlmError);
    await expect(again).rejects.toMatchObject({
      code: "script_exhausted",
      message: expect.stringContaining('"king again" (1 of 2 entries are left)'),
    });
    await expect(collect(script(), { messages: [] })).rejects.toMatchObject({ code: "script_exhausted" });
  });

  test("[L11] the requests are kept, oldest first, the last thousand of them", async () => {
    const model = script({ reply: "yes", times: Infinity });
    for (let index = 0; index < 1002; index += 1) await collect(model, ask(`q${index}`));
    expect(model.requests).toHaveLength(1000);
    expect(model.requests[0]?.messages).toEqual([{ role: "user", text: "q2" }]);
  });
});

describe("replies", () => {
  test("[L10] a done that fits is added, and one that stands is kept", async () => {
    const call: ModelEvent = { kind: "tool_call", id: "c", name: "t", input: {} };
    const model = script(
      { reply: "hi" },
      { reply: [] },
      { reply: [call] },
      { reply: [{ kind: "done", stopReason: "length" }] },
    );
    const reasons: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) reasons.push((await collect(model, ask("x"))).stopReason);
    expect(reasons).toEqual(["end", "end", "tool_calls", "length"]);
  });

  test("[L10] each event comes after its delay, and a wait adds its own", async () => {
    const clock = createManualClock();
    const model = createScriptedModel({ clock }, [
      {
        delayMs: 10,
        reply: [
          { kind: "text", text: "a" },
          { kind: "wait", waitMs: 100 },
          { kind: "text", text: "b" },
        ],
      },
    ]);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of model.stream(ask("x"))) seen.push(`${event.kind}@${clock.monotonicMs()}`);
    })();
    await clock.advanceAsync(9);
    expect(seen).toEqual([]);
    await clock.advanceAsync(1000);
    await reading;
    expect(seen).toEqual(["text@10", "text@120", "done@130"]);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[L10][L7] an error is thrown where it stands, after what came before it", async () => {
    const broken = new LlmError("model_unavailable", "The model is away. Try later.", { cause: new Error("refused") });
    const model = script({ reply: broken }, { reply: [{ kind: "text", text: "So" }, broken] });
    await expect(collect(model, ask("x"))).rejects.toBe(broken);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of model.stream(ask("x"))) seen.push(event.kind);
    })();
    await expect(reading).rejects.toBe(broken);
    expect(seen).toEqual(["text"]);
  });
});
