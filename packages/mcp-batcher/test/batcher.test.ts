import { describe, expect, test, vi } from "vitest";
import { createMemoryLog, createManualClock } from "@kingly/runtime/testing";
import { createBatcher, isMcpBatcherError, McpBatcherError } from "../src/index.ts";
import type { Outcome } from "../src/index.ts";
import { setUp } from "./scripted-caller.ts";

const lost = (effect: "none" | "unknown") =>
  new McpBatcherError("connection_lost", "The process ended.", { hint: "Try again.", effect });

describe("batches", () => {
  test("[M3] adds of one turn for an idle server go out together in that turn", async () => {
    const { add, batcher, clock, tools, settle } = setUp();
    void add({ tool: "a" });
    void add({ tool: "b" });
    expect(tools()).toEqual([]);
    await Promise.resolve();
    expect(tools()).toEqual(["a", "b"]);
    expect(batcher.stats()).toMatchObject({ batches: 1, running: 2, collecting: 0 });
    await settle();
    // Silence, quiet and the total, for each.
    expect(clock.pendingTimers()).toBe(6);
  });

  test("[M3][M4] twenty-five adds of one turn go out in that turn in batches of at most ten", async () => {
    const { add, batcher, settle } = setUp({ concurrency: 100 });
    for (let index = 0; index < 25; index += 1) void add();
    await settle();
    expect(batcher.stats()).toMatchObject({ batches: 3, running: 25 });
  });

  test("[M4] while its server works, operations are collected for 100 ms", async () => {
    const { add, clock, settle, tools } = setUp();
    void add({ tool: "first" });
    await settle();
    void add({ tool: "second" });
    await clock.advanceAsync(60);
    void add({ tool: "third" });
    await clock.advanceAsync(39);
    expect(tools()).toEqual(["first"]);
    await clock.advanceAsync(1);
    expect(tools()).toEqual(["first", "second", "third"]);
  });

  test("[M4] while its server works, the tenth operation sends the batch", async () => {
    const { add, batcher, settle } = setUp({ concurrency: 100 });
    void add();
    await settle();
    for (let index = 0; index < 9; index += 1) void add();
    await settle();
    expect(batcher.stats()).toMatchObject({ running: 1, collecting: 9 });
    void add();
    await settle();
    expect(batcher.stats()).toMatchObject({ running: 11, collecting: 0, batches: 2 });
  });

  test("[M3] what was collected goes out when its server becomes idle, without waiting", async () => {
    const { add, caller, settle, tools } = setUp();
    void add({ tool: "first" });
    await settle();
    void add({ tool: "second" });
    await settle();
    expect(tools()).toEqual(["first"]);
    caller.calls[0]?.answer();
    await settle();
    expect(tools()).toEqual(["first", "second"]);
  });

  test("[M3][M6] a slow server delays no other", async () => {
    const { add, settle, tools } = setUp({ concurrency: 1 });
    void add({ server: "slow", tool: "long" });
    await settle();
    void add({ server: "quick", tool: "short" });
    await settle();
    expect(tools()).toEqual(["long", "short"]);
  });

  test("[M6] a server runs at most four calls, or its own number, in the order of adding", async () => {
    const { add, caller, settle, tools } = setUp({ concurrencyByServer: { memory: 1 } });
    for (const tool of ["f1", "f2", "f3", "f4", "f5"]) void add({ tool });
    for (const tool of ["m1", "m2"]) void add({ server: "memory", tool });
    await settle();
    expect(tools()).toEqual(["f1", "f2", "f3", "f4", "m1"]);
    caller.calls[4]?.answer();
    await settle();
    expect(tools().slice(5)).toEqual(["m2"]);
    caller.calls[0]?.fail(new Error("broken"));
    await settle();
    expect(tools().slice(6)).toEqual(["f5"]);
  });

  test("[M1][M2] one bad operation fails alone: nine others keep their results", async () => {
    const { add, caller, settle } = setUp({ concurrency: 10 });
    const outcomes = Array.from({ length: 10 }, (_, index) => add({ tool: `t${index}`, kind: "read" }));
    await settle();
    for (const [index, call] of caller.calls.entries()) {
      if (index === 3) call.fail(new Error("broken"));
      else call.answer({ content: [index] });
    }
    const ended = await Promise.all(outcomes);
    for (const [index, outcome] of ended.entries()) {
      if (index === 3) expect(outcome).toMatchObject({ status: "failed", error: { code: "unexpected_error" } });
      else expect(outcome).toEqual({ status: "ok", result: { content: [index], isError: false } });
    }
  });

  test("[M1] a caller that throws instead of rejecting fails its operation only", async () => {
    const clock = createManualClock();
    const caller = {
      callTool: () => {
        throw Object.create(null);
      },
    };
    const batcher = createBatcher({ caller, clock, log: createMemoryLog() });
    const outcome = await batcher.add({ server: "s", tool: "t", args: {}, kind: "read" });
    expect(outcome).toMatchObject({ status: "failed", error: { code: "unexpected_error" } });
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("identical reads", () => {
  test("[M5] identical reads in flight are one call, whatever the order of their keys, and each has its own copy", async () => {
    const { add, caller, settle } = setUp();
    const first = add({ kind: "read", args: { a: 1, b: { c: [1], d: 2 } } });
    await settle();
    const second = add({ kind: "read", args: { b: { d: 2, c: [1] }, a: 1 } });
    await settle();
    expect(caller.calls).toHaveLength(1);
    caller.calls[0]?.answer({ content: [{ n: 1 }] });
    const [one, two] = await Promise.all([first, second]);
    expect(one).toEqual(two);
    if (one.status !== "ok" || two.status !== "ok") throw new Error("not ok");
    expect(one.result).not.toBe(two.result);
    expect(one.result.content[0]).not.toBe(two.result.content[0]);
  });

  test("[M5] writes, other arguments, other tools, other timeouts and ended reads are calls of their own", async () => {
    const { add, caller, settle } = setUp({ concurrency: 100 });
    void add({ kind: "write" });
    void add({ kind: "write" });
    const read = add({ kind: "read" });
    void add({ kind: "read", args: { list: [1, 2] } });
    void add({ kind: "read", args: { list: [2, 1] } });
    void add({ kind: "read", tool: "other" });
    void add({ kind: "read", timeoutMs: 5 });
    await settle();
    expect(caller.calls).toHaveLength(7);
    caller.calls[2]?.answer();
    await read;
    void add({ kind: "read" });
    await settle();
    void add({ kind: "write", server: "elsewhere" });
    await settle();
    expect(caller.calls).toHaveLength(9);
  });

  test("[M5] a read is not joined across the beginning or the end of a write to its server", async () => {
    const { add, caller, settle, clock } = setUp({ concurrency: 100 });
    void add({ kind: "read" });
    const write = add({ kind: "write" });
    void add({ kind: "read" });
    await settle();
    expect(caller.calls).toHaveLength(3);
    caller.calls[1]?.answer();
    await write;
    void add({ kind: "read" });
    await clock.advanceAsync(100);
    expect(caller.calls).toHaveLength(4);
    void add({ kind: "read" });
    await clock.advanceAsync(100);
    expect(caller.calls).toHaveLength(4);
  });
});

describe("time", () => {
  test("[M7][M10] silence ends a read as failed and a write as unknown, and aborts the call", async () => {
    const { add, caller, clock, settle, log } = setUp();
    const read = add({ kind: "read", timeoutMs: 1_000 });
    const write = add({ tool: "save" });
    await settle();
    await clock.advanceAsync(999);
    expect(caller.calls[0]?.options.signal.aborted).toBe(false);
    await clock.advanceAsync(1);
    expect(await read).toMatchObject({ status: "failed", error: { code: "timeout" } });
    expect(caller.calls[0]?.options.signal.aborted).toBe(true);
    await clock.advanceAsync(59_000);
    expect(await write).toMatchObject({ status: "unknown", error: { code: "timeout" } });
    expect(log.entries.filter(({ level }) => level === "warn")).toHaveLength(1);
    expect(caller.calls).toHaveLength(2);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[M7][M8] progress renews the time, up to thirty minutes", async () => {
    const { add, caller, clock, settle } = setUp();
    const settled = vi.fn<(outcome: Outcome) => void>();
    void add().then(settled);
    await settle();
    for (let minute = 1; minute < 30; minute += 0.5) {
      await clock.advanceAsync(30_000);
      caller.calls[0]?.options.onProgress({ progress: minute });
    }
    await clock.advanceAsync(29_999);
    expect(settled).not.toHaveBeenCalled();
    await clock.advanceAsync(30_001);
    expect(settled.mock.calls[0]?.[0]).toMatchObject({ status: "unknown", error: { code: "timeout" } });
  });

  test("[M15] every waiting operation hears progress, and one that throws harms nobody", async () => {
    const { add, caller, settle, log } = setUp();
    const heard = vi.fn<(progress: unknown) => void>();
    const bad = add({
      kind: "read",
      onProgress: () => {
        throw new Error("careless");
      },
    });
    const good = add({ kind: "read", onProgress: heard });
    await settle();
    caller.calls[0]?.options.onProgress({ progress: 1, total: 2, message: "half" });
    caller.calls[0]?.answer();
    expect(await Promise.all([bad, good])).toMatchObject([{ status: "ok" }, { status: "ok" }]);
    caller.calls[0]?.options.onProgress({ progress: 2 });
    expect(heard.mock.calls).toEqual([[{ progress: 1, total: 2, message: "half" }]]);
    expect(log.entries.map(({ message }) => message)).toContain("a listener of a call threw");
  });
});

describe("cancelling", () => {
  test("[M9] an operation that waits is cancelled at once and never sent", async () => {
    const { add, settle, tools, clock } = setUp({ concurrency: 1 });
    void add({ tool: "first" });
    await settle();
    const inLane = new AbortController();
    const lane = add({ tool: "lane", signal: inLane.signal });
    await clock.advanceAsync(100);
    const collecting = new AbortController();
    const collected = add({ tool: "collected", signal: collecting.signal });
    inLane.abort();
    collecting.abort();
    expect(await lane).toEqual({ status: "cancelled", effect: "none" });
    expect(await collected).toEqual({ status: "cancelled", effect: "none" });
    expect(await add({ signal: AbortSignal.abort() })).toEqual({ status: "cancelled", effect: "none" });
    await clock.advanceAsync(60_000);
    expect(tools()).toEqual(["first"]);
  });

  test("[M9] a running write is aborted and says that its effect is unknown; a read has none", async () => {
    const { add, caller, settle, clock } = setUp();
    const stop = new AbortController();
    const write = add({ signal: stop.signal });
    const read = add({ kind: "read", signal: stop.signal });
    await settle();
    stop.abort();
    expect(await write).toEqual({ status: "cancelled", effect: "unknown" });
    expect(await read).toEqual({ status: "cancelled", effect: "none" });
    expect(caller.calls.map(({ options }) => options.signal.aborted)).toEqual([true, true]);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[M9] a joined read goes on until the last one leaves, and a new one does not join what was given up", async () => {
    const { add, caller, settle } = setUp();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = add({ kind: "read", signal: one.signal });
    const second = add({ kind: "read", signal: two.signal });
    await settle();
    one.abort();
    expect((await first).status).toBe("cancelled");
    expect(caller.calls[0]?.options.signal.aborted).toBe(false);
    two.abort();
    const third = add({ kind: "read" });
    expect((await second).status).toBe("cancelled");
    expect(caller.calls[0]?.options.signal.aborted).toBe(true);
    await settle();
    caller.calls[1]?.answer();
    expect((await third).status).toBe("ok");
  });

  test("[M9] a long-lived signal keeps no listener of what is settled", async () => {
    const { add, caller, settle } = setUp();
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    const outcome = add({ signal });
    await settle();
    caller.calls[0]?.answer();
    await outcome;
    expect(removed).toHaveBeenCalledTimes(1);
  });
});

describe("truth about effects", () => {
  test("[M10] a lost connection: a read and an idempotent write are made again, once", async () => {
    const { add, caller, settle } = setUp();
    const read = add({ kind: "read" });
    const write = add({ idempotent: true });
    await settle();
    for (const call of caller.calls.slice(0, 2)) call.fail(lost("unknown"));
    await settle();
    expect(caller.calls).toHaveLength(4);
    caller.calls[2]?.answer();
    caller.calls[3]?.fail(lost("unknown"));
    expect((await read).status).toBe("ok");
    expect(await write).toMatchObject({ status: "unknown", error: { code: "connection_lost" } });
    await settle();
    expect(caller.calls).toHaveLength(4);
  });

  test("[M10] a lost connection: a write that was sent is unknown and not made again, one that was not sent is", async () => {
    const { add, caller, settle } = setUp();
    const sent = add();
    const unsent = add();
    await settle();
    caller.calls[0]?.fail(lost("unknown"));
    caller.calls[1]?.fail(lost("none"));
    expect((await sent).status).toBe("unknown");
    await settle();
    expect(caller.calls).toHaveLength(3);
    caller.calls[2]?.fail(lost("none"));
    expect(await unsent).toMatchObject({ status: "failed", error: { code: "connection_lost" } });
  });

  test("[M10] an error that does not say whether a write was sent leaves it unknown", async () => {
    const { add, caller, settle } = setUp();
    const outcome = add();
    await settle();
    caller.calls[0]?.fail("strange");
    expect(await outcome).toMatchObject({ status: "unknown", error: { code: "unexpected_error" } });
  });

  test("[M11] an answer over the limit is dropped; at the limit it is kept", async () => {
    const { add, caller, settle } = setUp({ maxOutputBytes: 100 });
    const outcomes = [add({ kind: "read", tool: "a" }), add({ kind: "read", tool: "b" }), add({ tool: "c" })];
    await settle();
    const frame = JSON.stringify({ content: [""], isError: false }).length;
    caller.calls[0]?.answer({ content: ["x".repeat(100 - frame)] });
    caller.calls[1]?.answer({ content: ["é".repeat(50)] });
    caller.calls[2]?.answer({ content: ["x".repeat(101 - frame)] });
    expect(await Promise.all(outcomes)).toMatchObject([
      { status: "ok" },
      { status: "failed", error: { code: "output_too_large" } },
      { status: "unknown", error: { code: "output_too_large" } },
    ]);
  });

  test("[M12] the tool's own failure keeps its words and its result", async () => {
    const { add, caller, settle } = setUp();
    const outcome = add();
    await settle();
    const result = {
      content: [{ type: "text", text: "no \u001b[31msuch\u001b[0m entity" }, { type: "image" }],
      isError: true,
    };
    caller.calls[0]?.answer(result);
    expect(await outcome).toMatchObject({
      status: "failed",
      error: { code: "tool_error", message: "no such entity" },
      result,
    });
  });

  test("[M12] what is not a tool result is malformed", async () => {
    const { add, caller, settle } = setUp();
    const read = add({ kind: "read" });
    const write = add();
    await settle();
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const call of caller.calls) call.answer({ content: cycle });
    expect(await read).toMatchObject({ status: "failed", error: { code: "malformed_result" } });
    expect(await write).toMatchObject({ status: "unknown", error: { code: "malformed_result" } });
  });
});

describe("limits", () => {
  test("[M13] a wrong operation fails by its field and is not sent", async () => {
    const { add, settle, tools } = setUp({ maxInputBytes: 20 });
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    const wrong = [
      add({ server: "" }),
      add({ tool: "" }),
      add({ timeoutMs: Number.NaN }),
      add({ args: cycle }),
      add({ args: { big: 1n } }),
    ];
    for (const outcome of await Promise.all(wrong)) {
      expect(outcome).toMatchObject({ status: "failed", error: { code: "invalid_operation" } });
    }
    expect(await add({ args: { text: "é".repeat(5) } })).toMatchObject({ error: { code: "input_too_large" } });
    await settle();
    expect(tools()).toEqual([]);
  });

  test("[M13] arguments are copied when they are added", async () => {
    const { add, caller, settle } = setUp();
    const args = JSON.parse('{"list":[1],"__proto__":{"x":1}}');
    void add({ args });
    args.list.push(2);
    await settle();
    expect(JSON.stringify(caller.calls[0]?.call.args)).toBe('{"__proto__":{"x":1},"list":[1]}');
  });

  test("[M14] the queue is full at its limit, joined reads included, and takes again when one is settled", async () => {
    const { add, caller, clock, settle } = setUp({ maxQueued: 3 });
    const first = add();
    void add({ kind: "read" });
    void add({ kind: "read" });
    expect(await add()).toMatchObject({ status: "failed", error: { code: "queue_full" } });
    await settle();
    caller.calls[0]?.answer();
    await first;
    const next = add();
    await clock.advanceAsync(100);
    caller.calls[2]?.answer();
    expect((await next).status).toBe("ok");
  });

  test("[M16] close settles everything truthfully and leaves no timer", async () => {
    const { add, batcher, caller, clock, settle } = setUp({ concurrency: 2 });
    const running = [add(), add({ kind: "read" })];
    const inLane = add({ tool: "lane" });
    await settle();
    const collected = add({ tool: "collected" });
    await batcher.close();
    expect(await Promise.all([...running, inLane, collected])).toMatchObject([
      { status: "unknown", error: { code: "closed" } },
      { status: "failed", error: { code: "closed" } },
      { status: "failed", error: { code: "closed" } },
      { status: "failed", error: { code: "closed" } },
    ]);
    expect(caller.calls.map(({ options }) => options.signal.aborted)).toEqual([true, true]);
    expect(await add()).toMatchObject({ status: "failed", error: { code: "closed" } });
    expect(batcher.stats()).toMatchObject({ unsettled: 0, collecting: 0, running: 0 });
    expect(clock.pendingTimers()).toBe(0);
    await batcher[Symbol.asyncDispose]();
  });

  test("[M17] a wrong option is refused by its name", () => {
    const wrong = [{ maxBatch: 0 }, { maxDelayMs: -1 }, { timeoutMs: 1.5 }, { concurrencyByServer: { memory: 0 } }];
    for (const options of wrong) {
      let error: unknown;
      try {
        setUp(options);
      } catch (cause) {
        error = cause;
      }
      if (!isMcpBatcherError(error)) throw new Error("not refused");
      expect(error.code).toBe("invalid_options");
      expect(error.message).toContain(Object.keys(options)[0]);
    }
    expect(isMcpBatcherError({ brand: "other" })).toBe(false);
  });
});
