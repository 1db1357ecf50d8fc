import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLanes } from "../src/lanes.ts";
import { setUp } from "./scripted-caller.ts";

describe("priority", () => {
  test("[M30] the higher begins first, equal ones in the order of adding", async () => {
    const { add, caller, settle, clock, tools } = setUp({ concurrency: 1 });
    void add({ tool: "first" });
    await settle();
    for (const [tool, priority] of [
      ["low", -1],
      ["a", 0],
      ["b", 0],
      ["high", 50],
    ] as const)
      void add({ tool, priority });
    await clock.advanceAsync(100);
    for (let call = 0; call < 4; call += 1) {
      caller.calls[call]?.answer();
      await settle();
    }
    // Of four begins the fourth is the oldest's.
    expect(tools()).toEqual(["first", "high", "a", "low", "b"]);
  });

  test("[M30] a joined read takes the higher priority of both", async () => {
    const { add, caller, settle, clock, tools } = setUp({ concurrency: 1 });
    void add({ tool: "first" });
    await settle();
    void add({ tool: "other", priority: 5 });
    void add({ tool: "shared", kind: "read" });
    await clock.advanceAsync(100);
    void add({ tool: "shared", kind: "read", priority: 9 });
    caller.calls[0]?.answer();
    await settle();
    expect(tools()).toEqual(["first", "shared"]);
  });

  test("[M30][M6] whatever comes, an item begins after at most four times as many as were there before it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 60 }), async (priorities) => {
        const begun: number[] = [];
        const ends: (() => void)[] = [];
        let most = 0;
        const lanes = createLanes<number>(
          () => 2,
          (item) => {
            begun.push(item);
            const { promise, resolve } = Promise.withResolvers<void>();
            ends.push(resolve);
            most = Math.max(most, ends.length);
            return promise;
          },
          () => {},
        );
        const turn = async (): Promise<void> => {
          ends.shift()?.();
          for (let tick = 0; tick < 5; tick += 1) await Promise.resolve();
        };
        lanes.enter("s", -1, -100);
        const olderThan: number[] = [];
        for (const [item, priority] of priorities.entries()) {
          olderThan.push(lanes.load("s"));
          lanes.enter("s", item, priority);
          // Ever new ones of high priority come while it waits.
          if (item % 2 === 0) await turn();
        }
        while (ends.length > 0) await turn();
        expect(begun.toSorted((a, b) => a - b)).toEqual([-1, ...priorities.keys()]);
        for (const [item, older] of olderThan.entries()) {
          const afterIts = begun.indexOf(item) - (item + 1 - older);
          expect(afterIts).toBeLessThanOrEqual(4 * (older + 1));
        }
        expect(most).toBeLessThanOrEqual(2);
        expect(lanes.load("s")).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
