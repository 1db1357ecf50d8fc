import { createManualClock } from "@kingly/runtime/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createConnectionCaps } from "../src/limits/connection-caps.ts";
import { createRateLimits } from "../src/limits/rate-limits.ts";
import type { Rates } from "../src/limits/rate-limits.ts";
import { createTokenBucket } from "../src/limits/token-bucket.ts";

const rate = fc.record({ perSecond: fc.integer({ min: 1, max: 500 }), burst: fc.integer({ min: 1, max: 50 }) });

describe("rate limits", () => {
  test("[G44] however it is asked, in any time no more is taken than the burst and the pace allow", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 });
    fc.assert(
      fc.property(rate, steps, ({ perSecond, burst }, waits) => {
        const take = createTokenBucket({ perSecond, burst });
        const takenAt: number[] = [];
        let nowMs = 0;
        for (const wait of waits) {
          nowMs += wait;
          if (take(nowMs) === 0) takenAt.push(nowMs);
        }
        for (const [first, from] of takenAt.entries()) {
          for (const [last, until] of takenAt.entries()) {
            if (last < first) continue;
            const allowed = burst + ((until - from) * perSecond) / 1000;
            expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6 * burst + 1e-9);
          }
        }
      }),
    );
  });

  test("[G44] the time that is told is enough, and nothing less than a millisecond less is", () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 0, max: 5000 }), (one, startMs) => {
        const take = createTokenBucket(one);
        for (let n = 0; n < one.burst; n += 1) expect(take(startMs)).toBe(0);
        const waitMs = take(startMs);
        expect(waitMs).toBeGreaterThanOrEqual(1);
        if (waitMs > 1) expect(take(startMs + waitMs - 1)).toBeGreaterThan(0);
        expect(take(startMs + waitMs)).toBe(0);
      }),
    );
  });

  test("[G44] kinds, connections and people are limited each by itself, and what is refused is counted", () => {
    const clock = createManualClock();
    const one = { perSecond: 1, burst: 1 };
    const two = { perSecond: 1, burst: 2 };
    const same = (each: typeof one): Rates => ({ say: each, ask: each, draft: each, open: each });
    const limits = createRateLimits({ clock }, { connection: same(one), person: same(two), owner: same(two) });
    const [first, second, third] = [1, 2, 3].map(() => limits.connection("ann"));
    expect([first?.("say"), first?.("say"), first?.("ask")]).toEqual([0, 1000, 0]);
    // The second link has its own share, and uses up that of the person; other people have theirs.
    expect([second?.("say"), third?.("say"), limits.take("ann", "say")]).toEqual([0, 1000, 1000]);
    expect([limits.take("bob", "say"), limits.take("owner", "say")]).toEqual([0, 0]);
    expect(limits.refused()).toEqual({ say: 3, ask: 0, draft: 0, open: 0 });
    clock.advance(1000);
    expect(first?.("say")).toBe(0);
  });

  test("[G44] the defaults let a person of 10 messages a second and 1,000 programs of the owner go on", () => {
    const clock = createManualClock();
    const limits = createRateLimits({ clock });
    const links = Array.from({ length: 1000 }, () => limits.connection("owner"));
    for (let second = 0; second < 3; second += 1) {
      for (const take of links) for (let n = 0; n < 10; n += 1) expect(take("say")).toBe(0);
      clock.advance(1000);
    }
  });

  test("[G45] no more connections than the caps, for one and for all; what is closed is free, once", () => {
    const caps = createConnectionCaps({ total: 5, owner: 4, person: 2 });
    const ann = [caps.open("ann"), caps.open("ann"), caps.open("ann")];
    expect(ann.map((leave) => leave === undefined)).toEqual([false, false, true]);
    const owner = Array.from({ length: 4 }, () => caps.open("owner"));
    expect(owner.filter((leave) => leave !== undefined)).toHaveLength(3);
    ann[0]?.();
    ann[0]?.();
    expect(caps.open("owner")).toBeDefined();
    expect([caps.open("owner"), caps.open("ann"), caps.open("bob")]).toEqual([undefined, undefined, undefined]);
  });
});
