import { estimateInputTokens } from "@kingly/llm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { findRoom } from "../src/mind/budget-room.ts";
import type { Purse } from "../src/mind/budget-room.ts";
import { createReservations } from "../src/mind/reservations.ts";

const request = { messages: [{ role: "user" as const, text: "What is to be done today, and by whom?" }] };
const input = Math.ceil(estimateInputTokens(request) * 1.5);
const purse = (budget: Purse["budget"], tokens = 0, microUsd = 0): Purse => ({
  whose: "the house",
  budget,
  spent: { tokens, microUsd },
});

test("[O42] a question is held to what is left, by tokens and by money, and refused where a short answer may not fit", () => {
  const price = { input: 2, output: 10 };
  expect(findRoom(request, price, [purse({})])).toMatchObject({ most: { maxOutputTokens: 16_000 } });
  expect(findRoom(request, price, [purse({ tokens: 1000 }, 400)])).toMatchObject({
    most: { maxOutputTokens: 600 - input, tokens: 600 },
  });
  const left = { microUsd: input * 2 + 5000 };
  expect(findRoom(request, price, [purse({ usd: 1 }, 0, 1e6 - left.microUsd)])).toMatchObject({
    most: { maxOutputTokens: 500, microUsd: left.microUsd },
  });
  const poor = purse({ tokens: 1000 }, 1000 - input - 199);
  expect(findRoom(request, price, [purse({}), poor])).toEqual({ short: poor });
  // Who wants less than that may have it.
  expect(findRoom({ ...request, maxOutputTokens: 150 }, price, [poor])).toMatchObject({
    most: { maxOutputTokens: 150 },
  });
  const broke = purse({ usd: 1 }, 0, 1e6);
  expect(findRoom(request, price, [broke])).toEqual({ short: broke });
  expect(findRoom(request, { input: 0, output: 0 }, [purse({ usd: 0.5 })])).toMatchObject({
    most: { maxOutputTokens: 16_000, microUsd: 0 },
  });
});

test("[O42] whatever is asked at once, no purse can be overdrawn", () => {
  const asked = fc.record({ end: fc.nat({ max: 5 }), output: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 40 }), fc.integer({ min: 1, max: 60_000 }), (questions, tokens) => {
      const usd = tokens / 100_000;
      const reservations = createReservations();
      const running = new Set<{ readonly end: number; settle(): void }>();
      const spent = { tokens: 0, microUsd: 0 };
      for (const [time, { end, output }] of questions.entries()) {
        for (const one of running) if (one.end === time) one.settle();
        const held = reservations.held({});
        const now = purse({ tokens, usd }, spent.tokens + held.tokens, spent.microUsd + held.microUsd);
        const room = findRoom(request, { input: 1, output: 20 }, [now]);
        if ("short" in room) continue;
        const release = reservations.hold({ brain: "b", workspaceId: "w" }, room.most);
        const one = {
          end: time + end,
          settle(): void {
            running.delete(one);
            release();
            const outputTokens = Math.floor(room.most.maxOutputTokens * output);
            spent.tokens += input + outputTokens;
            spent.microUsd += input + outputTokens * 20;
          },
        };
        running.add(one);
        if (end === 0) one.settle();
      }
      for (const one of running) one.settle();
      return spent.tokens <= tokens && spent.microUsd <= Math.ceil(usd * 1e6);
    }),
  );
});
