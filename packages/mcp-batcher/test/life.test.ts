import { describe, expect, test, vi } from "vitest";
import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import { createBatcher, McpBatcherError } from "../src/index.ts";
import type { Outcome, QuietCall } from "../src/index.ts";
import { createScriptedCaller, setUp } from "./scripted-caller.ts";

const minuteMs = 60_000;

describe("signs of life", () => {
  test("[M31] running() tells how long nothing was heard of a call, and of its server", async () => {
    const { add, batcher, caller, clock, settle } = setUp();
    expect(batcher.running()).toEqual([]);
    void add({ tool: "long" });
    await settle();
    await clock.advanceAsync(5_000);
    caller.calls[0]?.options.onServerAlive?.();
    await clock.advanceAsync(2_000);
    const base = { id: 1, server: "files", tool: "long", kind: "write", isQuiet: false };
    expect(batcher.running()).toEqual([{ ...base, elapsedMs: 7_000, quietMs: 7_000, serverQuietMs: 2_000 }]);
    caller.calls[0]?.options.onProgress({ progress: 1 });
    await clock.advanceAsync(1_000);
    expect(batcher.running()).toEqual([
      { ...base, elapsedMs: 8_000, quietMs: 1_000, serverQuietMs: 3_000, progress: { progress: 1 } },
    ]);
    caller.calls[0]?.answer();
    await settle();
    expect(batcher.running()).toEqual([]);
  });

  test("[M31] thirty seconds without progress are told once, and once more after the next; a listener may throw", async () => {
    const { add, caller, clock, settle, batcher } = setUp();
    const onQuiet = vi.fn<(quiet: QuietCall) => void>(() => {
      throw new Error("careless");
    });
    void add({ onQuiet, timeoutMs: 10 * minuteMs });
    await settle();
    await clock.advanceAsync(29_999);
    // The server lives: of the call that says nothing.
    caller.calls[0]?.options.onServerAlive?.();
    expect(onQuiet).not.toHaveBeenCalled();
    await clock.advanceAsync(1);
    expect(onQuiet.mock.lastCall?.[0]).toMatchObject({ quietMs: 30_000, serverQuietMs: 1, isQuiet: true });
    await clock.advanceAsync(5 * minuteMs);
    expect(onQuiet).toHaveBeenCalledTimes(1);
    caller.calls[0]?.options.onProgress({ progress: 1 });
    expect(batcher.running()[0]).toMatchObject({ isQuiet: false, quietMs: 0 });
    await clock.advanceAsync(30_000);
    expect(onQuiet).toHaveBeenCalledTimes(2);
  });

  test("[M31][M9] a wedged call is cancelled by its id, for all who wait for it", async () => {
    const { add, batcher, caller, settle, clock } = setUp();
    const waiting = [add({ kind: "read" }), add({ kind: "read" })];
    const other = add({ tool: "other" });
    await settle();
    const [wedged] = batcher.running();
    expect(batcher.cancel(wedged?.id ?? 0)).toBe(true);
    expect(batcher.cancel(wedged?.id ?? 0)).toBe(false);
    expect(await Promise.all(waiting)).toEqual([
      { status: "cancelled", effect: "none" },
      { status: "cancelled", effect: "none" },
    ]);
    expect(caller.calls[0]?.options.signal.aborted).toBe(true);
    caller.calls[1]?.answer();
    expect((await other).status).toBe("ok");
    await batcher.close();
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[M7][M8][M31] by a manual clock: thirty silent minutes with answered pings live, one without pings does not", async () => {
    const { add, caller, clock, settle } = setUp();
    const settled = vi.fn<(outcome: Outcome) => void>();
    void add({ tool: "half-hour", maxTotalMs: 60 * minuteMs }).then(settled);
    void add({ tool: "dead", maxTotalMs: 60 * minuteMs }).then(settled);
    await settle();
    for (let tenSeconds = 0; tenSeconds < 180; tenSeconds += 1) {
      await clock.advanceAsync(10_000);
      caller.calls[0]?.options.onServerAlive?.();
    }
    expect(settled).toHaveBeenCalledTimes(1);
    expect(settled).toHaveBeenCalledWith(expect.objectContaining({ status: "unknown" }));
    caller.calls[0]?.answer();
    await settle();
    expect(settled).toHaveBeenLastCalledWith(expect.objectContaining({ status: "ok" }));
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("idempotency keys", () => {
  const lost = () => new McpBatcherError("connection_lost", "gone", { hint: "", effect: "unknown" });
  const house = (mayRepeat?: () => boolean) => {
    const clock = createManualClock();
    const scripted = createScriptedCaller();
    const caller = { ...scripted, ...(mayRepeat === undefined ? {} : { mayRepeat }) };
    const batcher = createBatcher({ caller, clock, log: createMemoryLog() });
    const write = (idempotencyKey?: string) =>
      batcher.add({
        server: "s",
        tool: "t",
        args: {},
        kind: "write",
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });
    return { batcher, clock, calls: scripted.calls, write, settle: () => clock.advanceAsync(0) };
  };

  test("[M32] a lost write whose key is honoured is made again with the same key, and once", async () => {
    const { calls, write, settle } = house(() => true);
    const outcome = write("order-7");
    await settle();
    calls[0]?.fail(lost());
    await settle();
    expect(calls.map(({ call }) => call.idempotencyKey)).toEqual(["order-7", "order-7"]);
    calls[1]?.fail(lost());
    expect(await outcome).toMatchObject({ status: "unknown", repeatable: true });
    expect(calls).toHaveLength(2);
  });

  test("[M32][M10] without a server that honours it a key changes nothing: the write is unknown and not repeated", async () => {
    for (const mayRepeat of [undefined, () => false]) {
      const { calls, write, settle } = house(mayRepeat);
      const outcome = write("order-7");
      await settle();
      calls[0]?.fail(lost());
      expect(await outcome).toMatchObject({ status: "unknown", repeatable: false });
      expect(calls).toHaveLength(1);
    }
  });

  test("[M32] a write that timed out says whether it may be repeated", async () => {
    const { clock, write, settle } = house(() => true);
    const outcome = write("order-7");
    await settle();
    await clock.advanceAsync(minuteMs);
    expect(await outcome).toMatchObject({ status: "unknown", error: { code: "timeout" }, repeatable: true });
  });

  test("[M13][M32] a key, a priority or a total that is none is refused", async () => {
    const { add } = setUp();
    const bad = [
      { idempotencyKey: "" },
      { idempotencyKey: "two words" },
      { idempotencyKey: "x".repeat(201) },
      { priority: 0.5 },
      { priority: 101 },
      { maxTotalMs: 0 },
    ];
    for (const operation of bad) {
      expect(await add(operation)).toMatchObject({ status: "failed", error: { code: "invalid_operation" } });
    }
  });
});
