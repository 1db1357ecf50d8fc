// What is loaded before it is asked for: its bounds, and whether it was worth it.
import { setImmediate } from "node:timers/promises";
import { createManualClock } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPrefetch } from "../src/predictions/prefetch.ts";
import type { Prefetch } from "../src/predictions/prefetch.ts";
import { createPrefetchPolicy, prefetchBounds } from "../src/predictions/prefetch-policy.ts";
import type { Need } from "../src/predictions/habits.ts";
import { createHabits } from "../src/predictions/habits.ts";
import { loadContext } from "../src/context/load-context.ts";
import { endHouse, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

describe("the policy", () => {
  test("[O66] one at a time, and six a minute", () => {
    const policy = createPrefetchPolicy();
    let begun = 0;
    for (let ms = 0; ms < 60_000; ms += 1000) {
      if (!policy.mayBegin(ms)) continue;
      policy.begin(ms);
      expect(policy.mayBegin(ms)).toBe(false);
      policy.end();
      begun += 1;
    }
    expect(begun).toBe(prefetchBounds.perMinute);
    expect(policy.mayBegin(60_000)).toBe(true);
  });

  test("[O66] when of twenty fewer than a tenth were used it stops for an hour, then begins again", () => {
    const play = (used: number): boolean => {
      const policy = createPrefetchPolicy();
      for (let at = 0; at < 20; at += 1) policy.settle(at < used, 1000);
      return policy.isStopped(1000);
    };
    expect([0, 1, 2, 20].map((used) => play(used))).toEqual([true, true, false, false]);
    const policy = createPrefetchPolicy();
    for (let at = 0; at < 19; at += 1) policy.settle(false, 0);
    expect(policy.mayBegin(0)).toBe(true);
    policy.settle(false, 0);
    expect(policy.mayBegin(3_599_999)).toBe(false);
    expect(policy.mayBegin(3_600_000)).toBe(true);
    // It is the last twenty that count, not all there ever were.
    const once = createPrefetchPolicy();
    for (let at = 0; at < 20; at += 1) once.settle(true, 0);
    for (let at = 0; at < 18; at += 1) once.settle(false, 0);
    expect(once.isStopped(0)).toBe(false);
    once.settle(false, 0);
    expect(once.isStopped(0)).toBe(true);
  });
});

describe("loading ahead", () => {
  let clock: ManualClock;
  let house: House;
  let prefetch: Prefetch;
  let lateMs = 0;
  const asked: string[] = [];
  const context = (contextId: string): Need => ({ kind: "context", contextId });
  /** Gives needs, and lets time pass until the first of them is loaded or left. */
  const take = async (...needs: readonly Need[]): Promise<void> => {
    const { loaded } = prefetch.stats();
    prefetch.take({ workspaceId: "default", needs });
    await clock.advanceAsync(200 + lateMs);
    if (prefetch.stats().loaded === loaded) return;
    // Reading threads answer by real messages.
    for (const need of needs.slice(0, 1)) {
      if (need.kind !== "context") continue;
      while (!house.back.contexts.has(askedFor(need.contextId))) await setImmediate();
    }
    await setImmediate();
  };
  const askedFor = (contextId: string) => ({ workspaceId: "default", contextId, depth: "search" }) as const;

  beforeEach(async () => {
    clock = createManualClock();
    house = await openHouse({ clock, works: false });
    lateMs = 0;
    asked.length = 0;
    const late = { ...clock, setTimer: (ms: number, fire: () => void) => clock.setTimer(ms + lateMs, fire) };
    const mayRepeat = async (server: string, tool: string): Promise<boolean> => {
      asked.push(`${server} ${tool}`);
      return true;
    };
    prefetch = createPrefetch({ ...house.back, clock: late, mayRepeat }, (server) =>
      asked.some((one) => one.startsWith(server)),
    );
  });
  afterEach(async () => {
    prefetch.close();
    await endHouse(house);
  });

  test("[O66] what was loaded ahead is there when it is asked for: a hit, and used", async () => {
    await take(context("memory_the_roof"));
    expect(prefetch.stats()).toMatchObject({ loaded: 1, used: 0 });
    await loadContext(house.back, "default", "memory_the_roof", "search");
    expect(prefetch.stats()).toMatchObject({ loaded: 1, used: 1, wasted: 0 });
    expect(house.back.contexts.counts().contexts).toMatchObject({ hits: 1, misses: 0 });
    // Here already: nothing to do.
    await take(context("memory_the_roof"));
    expect(prefetch.stats()).toMatchObject({ loaded: 1, left: 1 });
  });

  test("[O66] what is not asked for in five minutes is waste, and so is what has become untrue", async () => {
    await take(context("memory_the_roof"));
    clock.advance(300_000);
    expect(prefetch.stats()).toMatchObject({ loaded: 1, used: 0, wasted: 1 });
    await take(context("memory_the_wall"));
    await house.back.database.write((unit) =>
      house.back.store.memory.remember(
        unit,
        { workspaceId: "default", key: "wall", value: "high" },
        { origin: "user" },
      ),
    );
    const found = await loadContext(house.back, "default", "memory_the_wall", "search");
    expect(found.text).toContain("high");
    expect(prefetch.stats()).toMatchObject({ loaded: 2, used: 0, wasted: 2 });
  });

  test("[O66] no more than six a minute, none while the process is late, and what is newer takes the place", async () => {
    for (let at = 0; at < 10; at += 1) await take(context(`memory_thing_${at}`));
    expect(prefetch.stats()).toMatchObject({ loaded: 6, left: 4 });
    clock.advance(60_000);
    lateMs = 31;
    await take(context("memory_late"));
    expect(prefetch.stats()).toMatchObject({ loaded: 6, left: 5 });
    lateMs = 0;
    prefetch.take({ workspaceId: "default", needs: [context("memory_old")] });
    await take(context("memory_new"));
    expect(prefetch.stats()).toMatchObject({ loaded: 7 });
    expect(house.back.contexts.has(askedFor("memory_old"))).toBe(false);
    expect(house.back.contexts.has(askedFor("memory_new"))).toBe(true);
  });

  test("[O66] twenty that nobody used stop it; the workspace is counted as stopped", async () => {
    for (let at = 0; at < 20; at += 1) {
      await take(context(`memory_thing_${at}`));
      clock.advance(300_000);
    }
    expect(prefetch.stats()).toMatchObject({ loaded: 20, wasted: 20, stopped: 1 });
    await take(context("memory_more"));
    expect(prefetch.stats()).toMatchObject({ loaded: 20 });
  });

  test("[O66] the servers that a workflow needs are started and asked for their tools once; its start is the use of it", async () => {
    const { byId } = house.back.workflows();
    const flow = [...byId.values()].find(({ steps }) => steps.some(({ kind }) => kind === "mcp"));
    if (flow === undefined) throw new Error("no shipped workflow calls a tool");
    await take({ kind: "tools", workflowId: flow.id });
    expect(asked.length).toBeGreaterThan(0);
    const calls = asked.length;
    prefetch.onTurn("default", { id: "u1", key: `wf:${flow.id}`, say: "go", atMs: clock.nowMs() });
    expect(prefetch.stats()).toMatchObject({ loaded: 1, used: 1 });
    await take({ kind: "tools", workflowId: flow.id });
    expect(asked).toHaveLength(calls);
    expect(prefetch.stats()).toMatchObject({ loaded: 1, left: 1 });
  });
});

test("[O66] the context that a turn loaded is what it needs again; a day's conversation as many days ago", () => {
  const habits = createHabits({ offsetMinutes: () => 0 });
  const monday = Date.parse("2026-01-05T09:00:00Z");
  let seq = 0;
  const said = (text: string, atMs: number, contextId?: string): void => {
    seq += 1;
    const turnId = `u${seq}`;
    habits.take([{ kind: "said", seq, turnId, text, atMs }]);
    if (contextId !== undefined) habits.take([{ kind: "context", seq, turnId, contextId }]);
  };
  for (const day of [0, 1]) {
    const atMs = monday + day * 86_400_000;
    said("open the day", atMs);
    said("what did we discuss yesterday", atMs + 1000, `conversation_2026-01-0${4 + day}`);
    said("what do you know about the roof", atMs + 2000, "memory_the_roof");
  }
  const nowMs = monday + 2 * 86_400_000;
  said("open the day", nowMs);
  const keys = habits.suggest(nowMs).map(({ key }) => key);
  expect(keys).toEqual(["what did we discuss yesterday"]);
  expect(habits.needsOf(keys, nowMs)).toEqual([{ kind: "context", contextId: "conversation_2026-01-06" }]);
  expect(habits.needsOf(["what do you know about the roof"], nowMs)).toEqual([
    { kind: "context", contextId: "memory_the_roof" },
  ]);
});
