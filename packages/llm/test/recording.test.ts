import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { collect, recordModel, replayModel } from "../src/index.ts";
import type { ModelEvent, TextStore } from "../src/index.ts";
import { always, ask, codeOf, failure, forever, read, scripted, textAndThen } from "./around-house.ts";
import { describeModelContract } from "./contract/model-contract.ts";

describeModelContract("replay", async ({ clock }, reply) => {
  let asked = 0;
  const events = reply.events.map((event) => ({ atMs: 0, event }));
  // What hangs says its last word at the end of time.
  const rest = reply.hangs ? [{ atMs: 1e12, event: { kind: "done", stopReason: "end" } }] : [];
  const text = JSON.stringify({ version: 1, model: "m", events: [...events, ...rest] });
  const store = {
    read: async () => {
      asked += 1;
      return text;
    },
  };
  const model = replayModel({ clock, store }, { name: "m", pace: "recorded" });
  return { model, requestCount: () => asked, close: async () => {} };
});

const createStore = (): TextStore & { readonly texts: Map<string, string> } => {
  const texts = new Map<string, string>();
  return {
    texts,
    read: async (key) => texts.get(key),
    write: async (key, text) => void texts.set(key, text),
  };
};

describe("record and replay", () => {
  test("[L28] what was recorded is told again: events, repeats in their order, and failures", async () => {
    const deps = { clock: createManualClock(), store: createStore() };
    const vendor = { by: "m", content: ["signed"] };
    const events: ModelEvent[] = [
      { kind: "thinking", text: "Hm." },
      { kind: "tool_call", id: "1", name: "t", input: { x: [1] } },
      { kind: "usage", inputTokens: 5, outputTokens: 6, cachedInputTokens: 4 },
      { kind: "done", stopReason: "tool_calls", vendor },
    ];
    const model = scripted(deps.clock, "m", events, "Two.", textAndThen("Th", failure("rate_limited", 500)));
    const recorded = recordModel(model, deps);
    const first = await read(recorded, ask());
    const second = await read(recorded, ask());
    await codeOf(read(recorded, ask({ system: "Another." })));

    const replay = replayModel(deps, { name: "m" });
    expect(await read(replay, ask())).toEqual(first);
    expect(first).toEqual(events);
    // How long it may take and what it is for do not change what a model sees; nor does the order of keys.
    const same = { purpose: "again", deadlineMs: 1000, messages: [{ text: "hello", role: "user" as const }] };
    expect(await read(replay, same)).toEqual(second);
    await expect(read(replay, ask({ system: "Another." }))).rejects.toMatchObject({
      code: "rate_limited",
      retryAfterMs: 500,
    });
    for (const request of [ask(), ask({ effort: "low" })]) {
      expect(await codeOf(read(replay, request))).toBe("not_recorded");
    }
    expect(deps.clock.pendingTimers()).toBe(0);
  });

  test("[L28] no secret and nothing of a request is kept", async () => {
    const deps = { clock: createManualClock(), store: createStore() };
    const own = 'pass"word';
    const said = `Use sk-ant-api03-abcdefgh, Bearer abcdefgh.ijkl and ${own}, not skill or risk-averse.`;
    const model = recordModel(always(deps.clock, "m", said), deps, { secrets: [own, ""] });
    expect((await collect(model, ask({ system: "My PIN is 4711." }))).text).toBe(said);
    const [text = ""] = deps.store.texts.values();
    expect(text).toContain("Use [secret], [secret] and [secret], not skill or risk-averse.");
    expect(text).not.toMatch(/4711|hello/);
    const told = await collect(replayModel(deps, { name: "m" }), ask({ system: "My PIN is 4711." }));
    expect(told.text).toContain("[secret]");
  });

  test("[L28] the pace can be as it was; a cancelled answer is not kept", async () => {
    const deps = { clock: createManualClock(), store: createStore() };
    const recorded = recordModel(always(deps.clock, "m", "Slowly.", 700), deps);
    const recording = collect(recorded, ask());
    await deps.clock.advanceAsync(700);
    await deps.clock.advanceAsync(700);
    await recording;
    const replay = replayModel(deps, { name: "m", pace: "recorded" });
    let isOver = false;
    const answer = collect(replay, ask()).finally(() => (isOver = true));
    // The digest of a request is made outside of the clock.
    while (deps.clock.pendingTimers() === 0) await new Promise((resolve) => void setImmediate(resolve));
    await deps.clock.advanceAsync(700);
    await deps.clock.advanceAsync(699);
    expect(isOver).toBe(false);
    await deps.clock.advanceAsync(1);
    expect((await answer).text).toBe("Slowly.");

    const controller = new AbortController();
    const hanging = recordModel(always(deps.clock, "h", forever), deps);
    const cancelled = collect(hanging, ask({ signal: controller.signal }));
    await deps.clock.advanceAsync(10);
    controller.abort();
    await cancelled;
    expect(deps.store.texts.size).toBe(1);
  });

  test("[L28] a store that fails makes the recording fail; a text that is none is not replayed", async () => {
    const clock = createManualClock();
    const full: TextStore = {
      read: async () => "{",
      write: async () => Promise.reject(new Error("the disk is full")),
    };
    const recorded = recordModel(always(clock, "m", "So."), { clock, store: full });
    await expect(collect(recorded, ask())).rejects.toThrow("the disk is full");
    expect(await codeOf(collect(replayModel({ clock, store: full }, { name: "m" }), ask()))).toBe("not_recorded");
  });
});
