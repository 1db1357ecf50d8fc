import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import { createBatcher } from "../src/index.ts";
import type { BatcherOptions, Operation, Outcome } from "../src/index.ts";
import { createScriptedCaller, setUp } from "./scripted-caller.ts";

const hourMs = 3_600_000;
const kept = (cache: BatcherOptions["cache"]) => setUp({ concurrency: 100, cache: { ...cache } });
const answered = async (
  { add, caller, settle }: ReturnType<typeof setUp>,
  operation: Partial<Operation>,
  text = "x",
): Promise<Outcome> => {
  const before = caller.calls.length;
  const outcome = add({ kind: "read", ...operation });
  await settle();
  if (caller.calls.length > before) caller.calls.at(-1)?.answer({ content: [{ type: "text", text }] });
  return outcome;
};

describe("answers that are kept", () => {
  test("[M29] a read is answered from the cache for its time, with a copy and its age", async () => {
    const house = kept({ ttlMs: { "files.look": 1_000 } });
    const first = await answered(house, { args: { a: 1, b: 2 } });
    await house.clock.advanceAsync(999);
    const second = await answered(house, { args: { b: 2, a: 1 } });
    expect(second).toEqual({ ...first, ageMs: 999 });
    if (first.status !== "ok" || second.status !== "ok") throw new Error("not ok");
    expect(second.result.content[0]).not.toBe(first.result.content[0]);
    expect(house.caller.calls).toHaveLength(1);
    await house.clock.advanceAsync(1);
    await answered(house, { args: { a: 1, b: 2 } });
    expect(house.caller.calls).toHaveLength(2);
    expect(house.batcher.stats().cache).toMatchObject({ entries: 1, hits: 1, misses: 2 });
  });

  test("[M29] nothing is kept unless a time is given; other arguments, failures and writes are never", async () => {
    const plain = setUp();
    await answered(plain, {});
    await answered(plain, {});
    expect(plain.caller.calls).toHaveLength(2);
    const house = kept({ ttlMs: { files: hourMs } });
    await answered(house, { args: { n: 1 } });
    await answered(house, { args: { n: 2 } });
    const failed = house.add({ kind: "read", args: { n: 3 } });
    await house.settle();
    house.caller.calls.at(-1)?.answer({ isError: true });
    expect((await failed).status).toBe("failed");
    await answered(house, { args: { n: 3 } });
    expect(house.caller.calls).toHaveLength(4);
    expect(house.batcher.stats().cache.entries).toBe(3);
  });

  test("[M29] a time for a type counts only where the server says that the tool reads", async () => {
    const clock = createManualClock();
    const scripted = createScriptedCaller();
    const caller = { ...scripted, isReadOnly: (_: string, tool: string) => tool !== "read_secret" };
    const cache = { ttlMsByType: { read: 1_000, "*": 10 }, ttlMs: { "s.read_never": 0 } };
    const batcher = createBatcher({ caller, clock, log: createMemoryLog() }, { cache, concurrency: 9 });
    const read = async (tool: string): Promise<Outcome> => {
      const before = scripted.calls.length;
      const outcome = batcher.add({ server: "s", tool, args: {}, kind: "read" });
      await clock.advanceAsync(0);
      if (scripted.calls.length > before) scripted.calls.at(-1)?.answer();
      return outcome;
    };
    const calls = async (tool: string, waitMs: number): Promise<number> => {
      const before = scripted.calls.length;
      await read(tool);
      await clock.advanceAsync(waitMs);
      await read(tool);
      return scripted.calls.length - before;
    };
    expect(await calls("read_file", 999)).toBe(1);
    expect(await calls("readGraph", 999)).toBe(1);
    expect(await calls("list_files", 9)).toBe(1);
    expect(await calls("find", 11)).toBe(2);
    expect(await calls("read_secret", 0)).toBe(2);
    expect(await calls("read_never", 0)).toBe(2);
  });

  test("[M29] every write throws its server's answers away, when it is added and when it ends, and no other's", async () => {
    const house = kept({ ttlMs: { files: hourMs, other: hourMs } });
    await answered(house, {});
    await answered(house, { server: "other" });
    const write = house.add({ kind: "write", tool: "save" });
    await house.settle();
    const during = house.add({ kind: "read" });
    await house.clock.advanceAsync(100);
    expect(house.caller.calls).toHaveLength(4);
    // Added before the write ended: used once, and not kept.
    house.caller.calls[2]?.answer();
    await write;
    house.caller.calls[3]?.answer();
    await during;
    await answered(house, {});
    expect(house.caller.calls).toHaveLength(5);
    await answered(house, { server: "other" });
    expect(house.caller.calls).toHaveLength(5);
    house.batcher.forget("files");
    await answered(house, {});
    house.batcher.forget();
    await answered(house, { server: "other" });
    expect(house.caller.calls).toHaveLength(7);
  });

  test("[M29] the cache holds no more than its entries and its bytes", async () => {
    const few = kept({ ttlMs: { files: hourMs }, maxEntries: 3 });
    for (let n = 0; n < 10; n += 1) await answered(few, { args: { n } });
    expect(few.batcher.stats().cache.entries).toBe(3);
    await answered(few, { args: { n: 9 } });
    await answered(few, { args: { n: 0 } });
    expect(few.caller.calls).toHaveLength(11);
    const small = kept({ ttlMs: { files: hourMs }, maxBytes: 5_000 });
    for (let n = 0; n < 10; n += 1) await answered(small, { args: { n } }, "x".repeat(1_000));
    expect(small.batcher.stats().cache.entries).toBe(4);
    expect(small.batcher.stats().cache.bytes).toBeLessThanOrEqual(5_000);
    await answered(small, { args: { n: 99 } }, "x".repeat(6_000));
    expect(small.batcher.stats().cache.bytes).toBeLessThanOrEqual(5_000);
  });

  test("[M29][M5] in any mix of reads and writes no read tells what was true before an earlier write had ended", async () => {
    const step = fc.record({
      kind: fc.constantFrom("read" as const, "read" as const, "write" as const),
      server: fc.constantFrom("a", "b"),
      waits: fc.boolean(),
      delayMs: fc.integer({ min: 0, max: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const clock = createManualClock();
        // A server that tells how many writes have taken effect, after a while of its own.
        const value: Record<string, number> = { a: 0, b: 0 };
        let delayMs = 0;
        const caller = {
          callTool: async ({ server, tool }: { server: string; tool: string }) => {
            const { promise, resolve } = Promise.withResolvers<void>();
            clock.setTimer(delayMs, resolve);
            await promise;
            if (tool === "write") value[server] = (value[server] ?? 0) + 1;
            return { content: [{ type: "text", text: String(value[server]) }], isError: false };
          },
        };
        const cache = { ttlMs: { a: hourMs, b: hourMs } };
        const batcher = createBatcher({ caller, clock, log: createMemoryLog() }, { cache, concurrency: 3 });
        const ended: Record<string, number> = { a: 0, b: 0 };
        const wrong: string[] = [];
        for (const { kind, server, waits, delayMs: wanted } of steps) {
          delayMs = wanted;
          const least = ended[server] ?? 0;
          const outcome = batcher.add({ server, tool: kind, args: {}, kind }).then((end) => {
            if (kind === "write") ended[server] = (ended[server] ?? 0) + 1;
            else if (end.status === "ok") {
              const [{ text }] = end.result.content as [{ text: string }];
              if (Number(text) < least) wrong.push(`${text} < ${least}`);
            }
          });
          await clock.advanceAsync(5);
          if (waits) {
            await clock.advanceAsync(500);
            await outcome;
          }
        }
        await clock.advanceAsync(5_000);
        expect(wrong).toEqual([]);
        expect(batcher.stats().unsettled).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
