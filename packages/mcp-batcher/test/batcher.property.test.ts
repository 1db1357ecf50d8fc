import fc from "fast-check";
import { expect, test } from "vitest";
import type { Operation, Outcome } from "../src/index.ts";
import { McpBatcherError } from "../src/index.ts";
import { setUp } from "./scripted-caller.ts";

const ending = fc.constantFrom("answer", "refuse", "lose", "break", "cancel", "silence", "flood");
const step = fc.record({
  ending,
  server: fc.constantFrom("a", "b", "c"),
  kind: fc.constantFrom("read" as const, "write" as const),
  idempotent: fc.boolean(),
  waitMs: fc.constantFrom(0, 0, 0, 1, 50, 150),
  /** Few different ones, so that reads are joined; writes carry their number. */
  question: fc.integer({ min: 0, max: 2 }),
});

test("[M1][M2][M6] in any mix of answers, failures and cancels every add settles exactly once, with its own result", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.boolean(), async (steps, closes) => {
      const limits: Record<string, number> = { a: 1, b: 2, c: 4 };
      const { batcher, caller, clock } = setUp({ concurrencyByServer: limits, timeoutMs: 1_000, maxOutputBytes: 500 });
      const settled = steps.map((): Outcome[] => []);
      const controllers = steps.map(() => new AbortController());
      let answered = 0;
      const endCalls = (): void => {
        for (; answered < caller.calls.length; answered += 1) {
          const call = caller.calls[answered];
          if (call === undefined) break;
          const { text, how } = call.call.args as { text: string; how: string };
          if (how === "answer" || how === "cancel") call.answer({ content: [text] });
          else if (how === "refuse") call.answer({ content: [{ type: "text", text }], isError: true });
          else if (how === "flood") call.answer({ content: ["x".repeat(600)] });
          else if (how === "break") call.fail(new Error(text));
          else if (how === "lose")
            call.fail(new McpBatcherError("connection_lost", text, { hint: "", effect: "unknown" }));
        }
      };
      for (const [index, { ending: how, server, kind, idempotent, waitMs, question }] of steps.entries()) {
        const text = kind === "read" ? `q${question}` : `w${index}`;
        const operation: Operation = { server, tool: "t", args: { text, how }, kind, idempotent };
        const signal = controllers[index]?.signal;
        const outcome = batcher.add(how === "cancel" && signal !== undefined ? { ...operation, signal } : operation);
        void outcome.then((value) => settled[index]?.push(value));
        if (how === "cancel" && waitMs === 0) controllers[index]?.abort();
        await clock.advanceAsync(waitMs);
        if (waitMs > 0) endCalls();
        const busy = caller.calls.slice(answered).filter(({ options }) => !options.signal.aborted);
        for (const [name, limit] of Object.entries(limits)) {
          expect(busy.filter(({ call }) => call.server === name).length).toBeLessThanOrEqual(limit);
        }
      }
      for (const controller of controllers) controller.abort();
      if (closes) await batcher.close();
      for (let round = 0; round < 200 && batcher.stats().unsettled > 0; round += 1) {
        endCalls();
        await clock.advanceAsync(100);
      }
      await clock.advanceAsync(0);
      expect(batcher.stats()).toMatchObject({ unsettled: 0, collecting: 0, running: 0 });
      expect(clock.pendingTimers()).toBe(0);
      for (const [index, { ending: how, kind, question }] of steps.entries()) {
        expect(settled[index]).toHaveLength(1);
        const outcome = settled[index]?.[0];
        const text = kind === "read" ? `q${question}` : `w${index}`;
        if (outcome?.status === "ok") expect(outcome.result.content).toEqual([text]);
        if (outcome?.status === "unknown") expect(kind).toBe("write");
        if (outcome?.status === "cancelled") expect(how).toBe("cancel");
        if (outcome?.status === "failed" && outcome.error.code === "tool_error")
          expect(outcome.error.message).toBe(text);
        if (!closes && how === "answer") expect(outcome?.status).toBe("ok");
        if (!closes && how !== "answer" && how !== "cancel") expect(outcome?.status).not.toBe("ok");
      }
    }),
    { numRuns: 300 },
  );
});
