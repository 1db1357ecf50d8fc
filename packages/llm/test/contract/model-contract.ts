import type { Clock } from "@kingly/runtime";
import { createManualClock } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { collect, LlmError, withDeadline } from "../../src/index.ts";
import type { Model, ModelEvent, ModelRequest } from "../../src/index.ts";

/** What the other side is to say: these events, and then nothing more for ever when `hangs`. */
export interface ContractReply {
  readonly events: readonly ModelEvent[];
  readonly hangs?: boolean;
}

/** One adapter with its other side: a script, or a real server that speaks the vendor's language. */
export interface ContractSubject {
  readonly model: Model;
  /** How many requests have reached the other side. */
  requestCount(): number;
  close(): Promise<void>;
}

/** Proves rules L1 to L6 for one adapter. `open` prepares it to answer one request with one reply. */
export function describeModelContract(
  title: string,
  open: (deps: { readonly clock: Clock }, reply: ContractReply) => Promise<ContractSubject>,
): void {
  const done = (stopReason: "end" | "tool_calls" | "length" | "refusal"): ModelEvent => ({ kind: "done", stopReason });
  const say = (text: string): ModelEvent => ({ kind: "text", text });
  const call: ModelEvent = { kind: "tool_call", id: "call_1", name: "search", input: { query: "kings", limit: 3 } };
  const ask = (more: Partial<ModelRequest> = {}): ModelRequest => ({
    system: "Be brief.",
    messages: [{ role: "user", text: "hello" }],
    ...more,
  });
  const tools = [{ name: "search", description: "Searches.", inputSchema: { type: "object" } }] as const;

  const withSubject = async (
    reply: ContractReply,
    use: (subject: ContractSubject, clock: ManualClock) => Promise<void>,
  ): Promise<void> => {
    const clock = createManualClock();
    const subject = await open({ clock }, reply);
    try {
      await use(subject, clock);
      expect(clock.pendingTimers()).toBe(0);
    } finally {
      await subject.close();
    }
  };
  // A count may come at any time.
  const read = async (model: Model, request: ModelRequest): Promise<readonly ModelEvent[]> => {
    const events: ModelEvent[] = [];
    for await (const event of model.stream(request)) if (event.kind !== "usage") events.push(event);
    return events;
  };
  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      return error instanceof LlmError ? error.code : String(error);
    }
    return "nothing was thrown";
  };

  describe(`contract: ${title}`, () => {
    test("[L1] text comes in order and the stream ends with one done", async () => {
      await withSubject({ events: [say("Long "), say("live "), say("the king."), done("end")] }, async ({ model }) => {
        const events = await read(model, ask());
        const texts = events.map((event) => (event.kind === "text" ? event.text : ""));
        expect(texts.join("")).toBe("Long live the king.");
        expect(events.filter((event) => event.kind === "done")).toEqual([done("end")]);
        expect(events.at(-1)).toEqual(done("end"));
      });
    });

    test("[L1][L2] a tool call comes whole, before done with tool_calls, and usage as it was counted", async () => {
      const usage: ModelEvent = { kind: "usage", inputTokens: 12, outputTokens: 7 };
      await withSubject({ events: [say("Let me look."), call, usage, done("tool_calls")] }, async ({ model }) => {
        expect(await collect(model, ask({ tools }))).toMatchObject({
          text: "Let me look.",
          toolCalls: [{ id: "call_1", name: "search", input: { query: "kings", limit: 3 } }],
          usage: { inputTokens: 12, outputTokens: 7 },
          stopReason: "tool_calls",
        });
      });
    });

    test("[L2] a cut-off and a refusal are said as they are", async () => {
      for (const stopReason of ["length", "refusal"] as const) {
        await withSubject({ events: [say("So"), done(stopReason)] }, async ({ model }) => {
          expect((await collect(model, ask())).stopReason).toBe(stopReason);
        });
      }
    });

    test("[L3] a cancel ends a hanging stream at once, and what had come stays", async () => {
      await withSubject({ events: [say("So")], hangs: true }, async ({ model }) => {
        const controller = new AbortController();
        const events: ModelEvent[] = [];
        for await (const event of model.stream(ask({ signal: controller.signal, deadlineMs: 60_000 }))) {
          if (event.kind !== "usage") events.push(event);
          if (event.kind === "text") controller.abort();
        }
        expect(events).toEqual([say("So"), { kind: "done", stopReason: "cancelled" }]);
      });
    });

    test("[L3][L5] a request that was cancelled before it was read is never sent", async () => {
      await withSubject({ events: [say("So"), done("end")] }, async (subject) => {
        const { model } = subject;
        expect(await read(model, ask({ signal: AbortSignal.abort() }))).toEqual([
          { kind: "done", stopReason: "cancelled" },
        ]);
        model.stream(ask());
        expect(subject.requestCount()).toBe(0);
      });
    });

    test("[L4] a hanging stream throws when the request's deadline is over, not before", async () => {
      await withSubject({ events: [say("So")], hangs: true }, async ({ model }, clock) => {
        const events = model.stream(ask({ deadlineMs: 4000 }))[Symbol.asyncIterator]();
        let first = await events.next();
        while (first.done !== true && first.value.kind === "usage") first = await events.next();
        expect(first).toEqual({ done: false, value: say("So") });
        let settled = false;
        const next = codeOf(events.next()).finally(() => (settled = true));
        await clock.advanceAsync(3999);
        expect(settled).toBe(false);
        await clock.advanceAsync(1);
        expect(await next).toBe("deadline");
        expect(await events.next()).toEqual({ done: true, value: undefined });
      });
    });

    test("[L4] the shorter of two deadlines counts", async () => {
      for (const [ownMs, requestMs] of [
        [100, 4000],
        [4000, 100],
      ] as const) {
        await withSubject({ events: [], hangs: true }, async ({ model }, clock) => {
          const guarded = withDeadline(model, { clock, deadlineMs: ownMs });
          const next = codeOf(read(guarded, ask({ deadlineMs: requestMs })));
          await clock.advanceAsync(100);
          expect(await next).toBe("deadline");
        });
      }
    });

    test("[L5] a reader that leaves early ends the request and leaves no timer", async () => {
      await withSubject({ events: [say("So"), say("long")], hangs: true }, async ({ model }) => {
        for await (const event of model.stream(ask({ deadlineMs: 60_000 }))) {
          if (event.kind === "text") break;
        }
      });
    });

    test("[L6] with a schema the text is JSON or the answer is bad", async () => {
      const json = { type: "object" };
      await withSubject({ events: [say('{"a"'), say(":1}"), done("end")] }, async ({ model }) => {
        expect(JSON.parse((await collect(model, ask({ json }))).text)).toEqual({ a: 1 });
      });
      await withSubject({ events: [say("Sure! {}"), done("end")] }, async ({ model }) => {
        expect(await codeOf(collect(model, ask({ json })))).toBe("bad_response");
      });
      await withSubject({ events: [say('{"a"'), done("length")] }, async ({ model }) => {
        expect((await collect(model, ask({ json }))).stopReason).toBe("length");
      });
    });
  });
}
