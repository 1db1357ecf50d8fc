import { createManualClock } from "@kingly/runtime/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  collect,
  costOf,
  createBudget,
  createFailover,
  createRouter,
  createTokenEstimator,
  estimateInputTokens,
  estimateTokens,
  knownPrices,
  LlmError,
  withBudget,
  withPrices,
} from "../src/index.ts";
import type { Model, ModelEvent, ModelRequest } from "../src/index.ts";
import { always, ask, codeOf, failure, forever, scripted, textAndThen } from "./around-house.ts";

const usage = (inputTokens: number, outputTokens: number): ModelEvent => ({ kind: "usage", inputTokens, outputTokens });
/** An estimator that says what it is told. */
const estimateOf = (tokens: number): ReturnType<typeof createTokenEstimator> => ({
  estimate: () => tokens,
  learn: () => {},
  factor: () => 1,
});
const haiku = "claude-haiku-5-5";

describe("prices", () => {
  test("[L25] a count costs what the table says, with its cache and its steps; they are dated and can be replaced", () => {
    const million = { inputTokens: 1_000_000, outputTokens: 1_000_000 };
    expect(costOf("claude-sonnet-5-5", million)).toBeCloseTo(12);
    expect(costOf(haiku, { inputTokens: 1500, outputTokens: 120 })).toBeCloseTo(0.00021, 8);
    expect(costOf(haiku, { inputTokens: 100_000, outputTokens: 0 })).toBeCloseTo(0.01, 8);
    expect(costOf(haiku, { inputTokens: 100_001, outputTokens: 0 })).toBeCloseTo(0.0500005, 8);
    expect(
      costOf("claude-opus-5-5", {
        inputTokens: 1_000_000,
        outputTokens: 0,
        cachedInputTokens: 900_000,
        cacheWriteTokens: 50_000,
      }),
    ).toBeCloseTo(0.9 * 0.2 + 0.05 * 5 + 0.05 * 4);
    expect(costOf("unheard-of", million)).toBeUndefined();
    const own = withPrices([
      { model: "unheard-of", input: 0, output: 0 },
      { model: haiku, input: 7, output: 7 },
    ]);
    expect([costOf("unheard-of", million, own), costOf(haiku, million, own)]).toEqual([0, 14]);
    expect(knownPrices.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(knownPrices.models.every(({ input, output }) => input > 0 && output > input)).toBe(true);
  });
});

describe("estimates", () => {
  test("[L26] everything that a model sees is counted, and nothing else", () => {
    const plain = estimateInputTokens(ask());
    const more: readonly Partial<ModelRequest>[] = [
      { system: "Be brief." },
      { tools: [{ name: "t", description: "does things", inputSchema: { type: "object" } }] },
      { json: { type: "object" } },
      {
        messages: [...ask().messages, { role: "assistant", text: "", toolCalls: [{ id: "1", name: "t", input: "x" }] }],
      },
      {
        messages: [...ask().messages, { role: "assistant", text: "", vendor: { by: "a", content: ["signed by me"] } }],
      },
    ];
    for (const part of more) expect(estimateInputTokens(ask(part))).toBeGreaterThan(plain);
    expect(estimateInputTokens(ask({ purpose: "a long purpose", effort: "low" }))).toBe(plain);
    expect(["", "king", "internationalization", "12345", "王様", "👑"].map(estimateTokens)).toEqual([0, 1, 5, 3, 3, 2]);
  });

  test("[L26] it learns from each model's counts, and stays too high for texts like those it saw", () => {
    const estimator = createTokenEstimator();
    const request = (words: number): ModelRequest => ask({ system: "hail the king ".repeat(words) });
    expect(estimator.factor("m")).toBe(1.5);
    // This model's tokens: 1.9 to 2.1 for each of ours.
    for (let count = 0; count < 40; count += 1) {
      const inputTokens = Math.round(estimateInputTokens(request(count)) * (2 + ((count % 3) - 1) / 10));
      estimator.learn("m", request(count), { inputTokens, outputTokens: 0 });
    }
    const estimated = estimator.estimate("m", request(500));
    const counted = estimateInputTokens(request(500)) * 2;
    expect(estimated / counted).toBeGreaterThanOrEqual(1);
    expect(estimated / counted).toBeLessThan(1.08);
    expect(estimator.factor("other")).toBe(1.5);
    // What is mad is bounded.
    estimator.learn("mad", request(1), { inputTokens: 1e9, outputTokens: 0 });
    estimator.learn("dry", request(1), { inputTokens: 0, outputTokens: 0 });
    expect([estimator.factor("mad"), estimator.factor("dry")]).toEqual([4, 0.25]);
  });
});

describe("budget", () => {
  test("[L27] what may not fit is not asked, and the error says when it will", async () => {
    const clock = createManualClock();
    const model = always(clock, haiku, [{ kind: "text", text: "So." }, usage(40, 10)]);
    const budget = createBudget({ clock }, { window: { windowMs: 60_000, maxTokens: 250 } });
    const spending = withBudget(model, budget, { maxOutputTokens: 100, estimator: estimateOf(50) });
    // 150 are put aside, 50 are spent: 50, 100, and then 100 + 150 is just right.
    for (let count = 0; count < 3; count += 1) await collect(spending, ask());
    expect(budget.state()).toMatchObject({
      spent: { tokens: 150 },
      reserved: { tokens: 0, money: 0 },
      currency: "USD",
    });
    await expect(collect(spending, ask())).rejects.toMatchObject({ code: "budget_exceeded", retryAfterMs: 61_000 });
    expect(model.requests).toHaveLength(3);
    // Smaller ones still fit, and every request has its limit.
    await collect(spending, ask({ maxOutputTokens: 50 }));
    expect(model.requests.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([100, 100, 100, 50]);
    await clock.advanceAsync(61_000);
    expect(budget.state().spent.tokens).toBe(0);
    await collect(spending, ask());
  });

  test("[L27] money is limited by the prices, also for one request; without a price nothing is asked", async () => {
    const clock = createManualClock();
    const budget = createBudget({ clock }, { perRequest: { maxMoney: 0.001 } });
    const estimator = estimateOf(1000);
    const model = withBudget(always(clock, haiku, "So."), budget, { estimator });
    // 1,000 in, as if it were written to a cache, and 1,749 out are 0.0009995; one more is more than 0.001.
    expect(await codeOf(collect(model, ask({ maxOutputTokens: 1749 })))).toBe("none");
    expect(await codeOf(collect(model, ask({ maxOutputTokens: 1751 })))).toBe("budget_exceeded");
    const local = always(clock, "local", "So.");
    expect(await codeOf(collect(withBudget(local, budget, { estimator }), ask()))).toBe("budget_exceeded");
    expect(local.requests).toHaveLength(0);
    const prices = withPrices([{ model: "local", input: 0, output: 0 }]);
    const free = createBudget({ clock }, { perRequest: { maxMoney: 0 }, prices });
    expect(await codeOf(collect(withBudget(local, free, { estimator }), ask()))).toBe("none");
  });

  test("[L27] several models spend one budget, and what runs counts in full", async () => {
    const clock = createManualClock();
    const budget = createBudget({ clock }, { window: { windowMs: 60_000, maxTokens: 300 } });
    const options = { maxOutputTokens: 100, estimator: estimateOf(50) };
    const [one, two] = [always(clock, "one", forever), always(clock, "two", "So.")];
    const controller = new AbortController();
    const running = collect(withBudget(one, budget, options), ask({ signal: controller.signal }));
    await clock.advanceAsync(0);
    expect(budget.state().reserved.tokens).toBe(150);
    expect(await codeOf(collect(withBudget(two, budget, options), ask({ maxOutputTokens: 101 })))).toBe(
      "budget_exceeded",
    );
    expect(await codeOf(collect(withBudget(two, budget, options), ask()))).toBe("none");
    controller.abort();
    await running;
    expect(budget.state().reserved).toEqual({ tokens: 0, money: 0 });
    // The input was sent: it counts although nothing came. The other's answer of two tokens was not counted by its model.
    expect(budget.state().spent.tokens).toBe(50 + 52);
  });

  test("[L27] what was turned away costs nothing; what broke off is estimated, never less than counted", async () => {
    const clock = createManualClock();
    const budget = createBudget({ clock }, { window: { windowMs: 60_000, maxTokens: 10_000 } });
    const count: ModelEvent = usage(70, 1);
    const model = scripted(
      clock,
      "m",
      failure("rate_limited"),
      failure("unauthorized"),
      textAndThen("one two three", failure("stalled")),
      [count, { kind: "text", text: "one two three" }, failure("stalled")],
    );
    const spending = withBudget(model, budget, { estimator: estimateOf(50) });
    const spent: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      await codeOf(collect(spending, ask()));
      spent.push(budget.state().spent.tokens);
    }
    expect(spent).toEqual([0, 0, 54, 54 + 74]);
    // A cancel before the first read costs nothing either.
    await collect(spending, ask({ signal: AbortSignal.abort() }));
    expect(budget.state().spent.tokens).toBe(54 + 74);
  });

  test("[L27] what was spent counts for the whole of the window, to its last moment", async () => {
    const clock = createManualClock();
    const budget = createBudget({ clock }, { window: { windowMs: 60_000, maxTokens: 100 } });
    const spend = (tokens: number): void => {
      const most = { inputTokens: tokens, outputTokens: 0 };
      budget.reserve("m", most).settle(most);
    };
    // Both fall into the same sixtieth of the window.
    spend(10);
    await clock.advanceAsync(999);
    spend(80);
    await clock.advanceAsync(59_500);
    expect(budget.state().spent.tokens).toBe(90);
    expect(() => spend(20)).toThrow("the budget for 60000 ms");
    await clock.advanceAsync(1000);
    spend(100);
  });

  test("[L27] whatever is asked at once and however it ends, no window is overspent", async () => {
    const step = fc.record({
      output: fc.integer({ min: 1, max: 200 }),
      used: fc.double({ min: 0, max: 1, noNaN: true }),
      end: fc.constantFrom("done", "fail", "leave", "refused"),
      afterMs: fc.integer({ min: 0, max: 2000 }),
      runsMs: fc.integer({ min: 0, max: 3000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const clock = createManualClock();
        const windowMs = 6000;
        const budget = createBudget({ clock }, { window: { windowMs, maxTokens: 1000 } });
        const truth: { readonly atMs: number; readonly tokens: number }[] = [];
        const running: Promise<unknown>[] = [];
        for (const { output, used, end, afterMs, runsMs } of steps) {
          const outputTokens = Math.floor(output * used);
          async function* stream(): AsyncGenerator<ModelEvent> {
            if (end === "refused") throw new LlmError("rate_limited", "no");
            yield usage(50, outputTokens);
            await new Promise<void>((resolve) => void clock.setTimer(runsMs, resolve));
            truth.push({ atMs: clock.monotonicMs(), tokens: 50 + outputTokens });
            if (end === "fail") throw new LlmError("stalled", "gone");
            yield { kind: "done", stopReason: "end" };
          }
          const model: Model = { name: "m", stream };
          const spending = withBudget(model, budget, { estimator: estimateOf(50) });
          running.push(codeOf(collect(spending, ask({ maxOutputTokens: output }))));
          await clock.advanceAsync(afterMs);
        }
        await clock.advanceAsync(10_000);
        await Promise.all(running);
        for (const { atMs } of truth) {
          const inWindow = truth.filter((one) => one.atMs <= atMs && one.atMs > atMs - windowMs);
          expect(inWindow.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(1000);
        }
        expect(budget.state().reserved).toEqual({ tokens: 0, money: 0 });
      }),
      { numRuns: 100 },
    );
  });
});

test("[L27][L24] whoever has heard the end finds it settled, however many stand between", async () => {
  const clock = createManualClock();
  const budget = createBudget({ clock }, { window: { windowMs: 60_000, maxTokens: 1000 } });
  const model = always(clock, "m", [{ kind: "text", text: "So." }, usage(40, 10)]);
  const spending = withBudget(model, budget, { maxOutputTokens: 100 });
  const router = createRouter(
    { clock },
    { routes: [{ purposes: ["*"], models: [createFailover({ clock }, [spending])] }] },
  );
  await collect(router, ask());
  expect(budget.state()).toMatchObject({ spent: { tokens: 50 }, reserved: { tokens: 0 } });
  expect(router.instances()).toMatchObject([{ inFlight: 0, asked: 1, failed: 0 }]);
});
