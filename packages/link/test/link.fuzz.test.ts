import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { createLinkClient, createLinkServer, createMemoryCursorStore, createMemoryOutbox } from "../src/index.ts";
import type { LinkClient, LinkServer, Outbox, Say } from "../src/index.ts";
import { createMemoryEventLog } from "./memory-event-log.ts";
import { createSocketPair } from "./socket-pair.ts";
import type { SocketPair } from "./socket-pair.ts";

/** An outbox whose every answer takes `turns` turns; 0 answers at once. */
function createSlowOutbox(turns: number): Outbox {
  const memory = createMemoryOutbox();
  if (turns === 0) return memory;
  const later = async <Value>(value: Value): Promise<Awaited<Value>> => {
    const ready = await value;
    for (let turn = 1; turn < turns; turn += 1) await Promise.resolve();
    return ready;
  };
  return {
    add: async (id, body) => later(memory.add(id, body)),
    remove: async (id) => later(memory.remove(id)),
    list: async (afterOrder, limit) => later(memory.list(afterOrder, limit)),
  };
}

/** Runs one client and one log through `steps` random misfortunes; returns what went wrong, or nothing. */
async function runOnce(seed: number, steps: number, options: { resyncs: boolean }): Promise<string[]> {
  const clock = createManualClock();
  const random = createSeededRandom(seed);
  const log = createMemoryLog();
  const pick = (count: number): number => Math.floor(random.fraction() * count);
  const trace: string[] = [];
  const events = createMemoryEventLog({ slow: pick(2) === 0 });
  let epochs = 1;

  // The app of the server: each id has its effect once, and is answered again with the same reply.
  const effects: string[] = [];
  const dealt = new Set<string>();
  const onSay = (say: Say): void => {
    if (!dealt.has(say.id)) {
      dealt.add(say.id);
      effects.push(say.id);
      events.append();
    }
    say.respond.reply({ by: "model" });
  };
  const limits = { maxInFlightBytes: 50 + pick(300), pageEvents: 1 + pick(8) };
  const createServer = (): LinkServer<null> =>
    createLinkServer<null>(
      { clock, random, log },
      { eventLog: () => events, onSay, onAsk: () => ({ ok: true, value: 1 }), limits },
    );
  let server = createServer();

  // Every pair that was ever made may still deliver: old sockets do not die because a new one was opened.
  const pairs: SocketPair[] = [];
  // What the client dealt with: an epoch starts anew at each resync.
  // The first segment has no epoch until the client learns one: the log may change before the first hello gets through.
  const segments: { epoch: string; from: number; seqs: number[] }[] = [{ epoch: "", from: 0, seqs: [] }];
  const wrong: string[] = [];
  let failing = 0;
  const settled: string[] = [];
  // What outlives a restart of the client's process.
  const cursorStore = createMemoryCursorStore();
  const outbox = createSlowOutbox(pick(3));
  const createClient = (): LinkClient =>
    createLinkClient(
      {
        clock,
        random,
        log,
        async connect() {
          if (pick(6) === 0) throw new Error("refused");
          const pair = createSocketPair();
          pairs.push(pair);
          server.accept(pair.server, null);
          return pair.client;
        },
      },
      {
        startFrom: "start",
        cursorStore,
        outbox,
        limits: { maxWaitingEvents: 5 + pick(40), maxInFlightBytes: 100 },
        async onEvent(batch, cursor) {
          const turns = pick(3);
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
          if (failing > 0) {
            failing -= 1;
            throw new Error("handler");
          }
          const segment = segments.at(-1);
          if (segment?.epoch === "") segment.epoch = cursor.epoch;
          if (segment?.epoch !== cursor.epoch) wrong.push(`${cursor.epoch}:${cursor.seq} in ${segment?.epoch}`);
          segment?.seqs.push(...batch.map((event) => event.seq));
        },
        async onResync(position) {
          await Promise.resolve();
          segments.push({ epoch: position.epoch, from: position.head, seqs: [] });
        },
        onReply: (id) => void settled.push(id),
      },
    );
  let client = createClient();

  const saidIds: string[] = [];
  const step = async (): Promise<void> => {
    const kind = pick(100);
    const pair = pairs[pairs.length - 1 - Math.min(pick(3), pairs.length - 1)];
    if (kind < 25) events.append(1 + pick(6));
    else if (kind < 40) {
      const id = `u${saidIds.length + 1}`;
      saidIds.push(id);
      trace.push(`say ${id}`);
      const kept = await client.say(id, {});
      if (!kept.ok) throw new Error(kept.error.code);
    } else if (kind < 65) pair?.flush("server", 1 + pick(6));
    else if (kind < 80) pair?.flush("client", 1 + pick(6));
    else if (kind < 85) {
      trace.push("cut");
      pair?.cut();
    } else if (kind < 87) {
      trace.push("silence");
      pair?.silence();
    } else if (kind < 89) {
      trace.push("server restart");
      server.close();
      server = createServer();
    } else if (kind < 90) {
      trace.push("client restart");
      client.close();
      // What the old process was handling ends before the new one begins.
      await clock.advanceAsync(0);
      client = createClient();
    } else if (kind < 91) failing = 1 + pick(2);
    else if (kind < 92 && options.resyncs) {
      const { low, head } = events.position();
      trace.push(`trim to ${low + pick(head - low + 1)}`);
      events.trim(low + pick(head - low + 1));
    } else if (kind < 93 && options.resyncs) {
      epochs += 1;
      trace.push(`epoch e${epochs}`);
      events.restore(`e${epochs}`, pick(events.position().head + 1));
    } else await clock.advanceAsync(pick(8) === 0 ? 6_000 : pick(400));
    await clock.advanceAsync(0);
  };
  for (let done = 0; done < steps; done += 1) await step();

  // Everything heals: whatever is owed must now arrive.
  failing = 0;
  for (let turn = 0; turn < 2_000; turn += 1) {
    for (const pair of pairs) pair.flushAll();
    await clock.advanceAsync(25);
  }

  segments.forEach(({ epoch, from, seqs }, nth) => {
    const first = seqs[0];
    // Only the very first may begin later: where the log was held from when the client came.
    if (first !== undefined && first !== from + 1 && (nth > 0 || !options.resyncs))
      wrong.push(`begins at ${first} after ${epoch}:${from}`);
    seqs.forEach((seq, at) => {
      if (at > 0 && seq !== (seqs[at - 1] ?? 0) + 1) wrong.push(`${seq} follows ${seqs[at - 1]} in ${epoch}`);
    });
  });
  const last = segments.at(-1);
  const { epoch, head } = events.position();
  if (last?.epoch !== epoch || (last.seqs.at(-1) ?? last.from) !== head) {
    wrong.push(`ends at ${last?.epoch}:${last?.seqs.at(-1) ?? last?.from}, the log at ${epoch}:${head}`);
  }
  if (!options.resyncs && segments.length > 1) wrong.push(`${segments.length - 1} resyncs without a cause`);
  if (effects.join() !== saidIds.join()) wrong.push(`said ${saidIds.join()} took effect as ${effects.join()}`);
  const missing = saidIds.filter((id) => !settled.includes(id));
  if (missing.length > 0) wrong.push(`never answered: ${missing.join()}`);
  client.close();
  server.close();
  if (clock.pendingTimers() > 0) wrong.push(`${clock.pendingTimers()} timers left`);
  if (wrong.length > 0) wrong.push(`trace: ${trace.join("; ")}`);
  return wrong;
}

// `LINK_FUZZ_SEED=17` repeats one run, `LINK_FUZZ_RUNS=5000` makes more of them. A seed that failed stays here by name.
const one = process.env["LINK_FUZZ_SEED"];
const runs = Number(process.env["LINK_FUZZ_RUNS"] ?? 60);
const seeds = one === undefined ? Array.from({ length: runs }, (_, at) => 1_000 + at * 7_919) : [Number(one)];

describe("misfortunes", () => {
  test.each(seeds)("[LK8][LK20][LK25] 0 lost, 0 repeated, 0 reordered, both ways (seed %i)", async (seed) => {
    expect(await runOnce(seed, 300, { resyncs: false }), `seed ${seed}`).toEqual([]);
  });

  test.each(seeds)(
    "[LK2][LK9][LK23] with a log that is trimmed and replaced: whole between resyncs (seed %i)",
    async (seed) => {
      expect(await runOnce(seed, 300, { resyncs: true }), `seed ${seed}`).toEqual([]);
    },
  );
});
