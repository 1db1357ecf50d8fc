import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryOutbox } from "../src/index.ts";

describe("memory outbox", () => {
  test("[LK26] whatever is added and settled, a page holds what a plain list would", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant("add" as const), id: fc.nat(400) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), id: fc.nat(400) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("list" as const), after: fc.nat(500), limit: fc.nat(70) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 900, size: "max" }), (steps) => {
        const outbox = createMemoryOutbox(150);
        let plain: { order: number; id: string }[] = [];
        let order = 0;
        for (const now of steps) {
          if (now.do === "list") {
            const page = plain.filter((entry) => entry.order > now.after).slice(0, now.limit);
            expect(outbox.list(now.after, now.limit).map(({ order, id }) => ({ order, id }))).toEqual(page);
          } else if (now.do === "remove") {
            plain = plain.filter((entry) => entry.id !== `u${now.id}`);
            outbox.remove(`u${now.id}`);
          } else {
            const isKnown = plain.some((entry) => entry.id === `u${now.id}`);
            const isFull = !isKnown && plain.length >= 150;
            expect(outbox.add(`u${now.id}`, {}).ok).toBe(!isFull);
            if (!isKnown && !isFull) plain.push({ order: (order += 1), id: `u${now.id}` });
          }
          expect(outbox.size()).toBe(plain.length);
        }
      }),
      { numRuns: 30 },
    );
  });
});
