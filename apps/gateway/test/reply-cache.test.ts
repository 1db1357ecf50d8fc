import { createReflex, emptyView } from "@kingly/reflex";
import type { Reflex, View } from "@kingly/reflex";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createReplyCache } from "../src/reply-cache.ts";
import type { CachedReflex } from "../src/reply-cache.ts";

const texts = [
  "status?",
  "what is running?",
  "list my tasks",
  "what is my locker number?",
  "hello",
  "what can you do?",
  "yes",
  "no",
  "undo",
  "again",
  "the second",
  "say that again",
  "Create a login page",
  "cancel the login page",
  "Why is the sea salty",
  "what did we discuss yesterday?",
  " status? ",
  "cancel it",
];

interface World {
  readonly cached: CachedReflex;
  readonly fresh: Reflex;
  view(): View;
  seq: number;
  nowMs: number;
  back: boolean;
  offers: boolean;
}

function openWorld(): World {
  const fresh = createReflex();
  const board = {};
  const workflows = [{ id: "planning", name: "Planning" }];
  const world: World = {
    fresh,
    seq: 1,
    nowMs: 1_700_000_000_000,
    back: true,
    offers: false,
    cached: createReplyCache(fresh, () => ({ board, seq: world.seq, backConnected: world.back, workflows })),
    view: () => ({
      ...emptyView,
      nowMs: world.nowMs,
      backConnected: world.back,
      workflows,
      tasks: Array.from({ length: world.seq }, (_, n) => ({
        id: `task_${n}`,
        title: n === 0 ? "Login page" : `Page ${n}`,
        status: "running",
        updatedAtMs: 1_700_000_000_000,
      })),
      memories: [{ key: "locker_number", value: String(world.seq), type: "semantic", atMs: 1 }],
      dialogue: {
        lastReply: `It is ${world.nowMs}.`,
        ...(world.offers ? { offers: [{ title: "it", text: "I'll do it.", commands: [] }] } : {}),
      },
    }),
  };
  return world;
}

describe("reply cache", () => {
  test("[G25] whatever was asked before and whatever changed, the answer is what the reflex would say now", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...texts).map((text) => ({ text })) },
      { weight: 1, arbitrary: fc.constantFrom("seq", "minute", "back", "offers").map((change) => ({ change })) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = openWorld();
        for (const one of steps) {
          if ("text" in one) {
            expect(world.cached.answer(one.text, world.view())).toEqual(world.fresh.answer(one.text, world.view()));
          } else if (one.change === "seq") world.seq += 1;
          else if (one.change === "minute") world.nowMs += 60_000;
          else if (one.change === "back") world.back = !world.back;
          else world.offers = !world.offers;
        }
      }),
      { numRuns: 200 },
    );
  });

  test("[G25] what was asked is not thought of again, until something changes; 100 answers are kept", () => {
    const world = openWorld();
    const ask = (text: string): unknown => world.cached.answer(text, world.view());
    const first = ask("what is running?");
    expect(ask("  what is   running? ")).toBe(first);
    expect(world.cached.counts()).toEqual({ hits: 1, misses: 1 });
    world.seq += 1;
    expect(ask("what is running?")).not.toEqual(first);
    ask("Create a login page");
    ask("Create a login page");
    expect(world.cached.counts()).toEqual({ hits: 1, misses: 4 });
    const greet = (n: number): unknown => ask(`hello${"!".repeat(n)}`);
    const firstGreeting = greet(1);
    expect(greet(1)).toBe(firstGreeting);
    for (let n = 2; n <= 110; n += 1) greet(n);
    expect(greet(1)).not.toBe(firstGreeting);
  });
});
