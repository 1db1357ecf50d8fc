import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { closeCodes, createLinkServer, isLinkError } from "../src/index.ts";
import type { Answer, Cursor, EventLog, LinkServer, LinkServerOptions, Question, Say } from "../src/index.ts";
import { createMemoryEventLog } from "./memory-event-log.ts";
import type { MemoryEventLog } from "./memory-event-log.ts";
import { createSocketPair } from "./socket-pair.ts";
import type { SocketPair } from "./socket-pair.ts";

interface World {
  clock: ManualClock;
  events: MemoryEventLog;
  server: LinkServer<string>;
  says: Say[];
  acks: Cursor[];
  seen: Cursor[];
  asked: Question[];
  /** A connected pair whose client said hello. */
  join: (after?: unknown, chain?: unknown) => Promise<SocketPair>;
}

function createWorld(
  options: {
    limits?: LinkServerOptions<string>["limits"];
    slow?: boolean;
    eventLog?: EventLog;
    chained?: boolean;
    onSay?: (say: Say) => void | Promise<void>;
    onAsk?: (question: Question) => Answer | Promise<Answer>;
  } = {},
): World {
  const clock = createManualClock();
  const events = createMemoryEventLog({ slow: options.slow ?? false, chained: options.chained ?? false });
  const says: Say[] = [];
  const acks: Cursor[] = [];
  const seen: Cursor[] = [];
  const asked: Question[] = [];
  const server = createLinkServer<string>(
    { clock, random: createSeededRandom(1), log: createMemoryLog() },
    {
      eventLog: () => options.eventLog ?? events,
      onSay(say) {
        says.push(say);
        return options.onSay?.(say);
      },
      onAsk(question) {
        asked.push(question);
        return options.onAsk?.(question) ?? { ok: true, value: question.params };
      },
      onCursor: (cursor) => void seen.push(cursor),
      onAck: (cursor) => void acks.push(cursor),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    },
  );
  const join = async (after: unknown = null, chain?: unknown): Promise<SocketPair> => {
    const pair = createSocketPair();
    server.accept(pair.server, "ann");
    pair.client.listen({ onMessage() {}, onClose() {}, onDrain() {}, onAlive() {} });
    pair.client.send(JSON.stringify({ t: "hello", after, chain }));
    pair.flush("client");
    await clock.advanceAsync(0);
    return pair;
  };
  return { clock, events, server, says, acks, seen, asked, join };
}

const tell = (pair: SocketPair, frame: object | string): void => {
  pair.client.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  pair.flush("client");
};
/** Takes what the server sent so far. */
const take = (pair: SocketPair): Record<string, unknown>[] => {
  const frames = pair.queued("server") as Record<string, unknown>[];
  pair.flush("server");
  return frames;
};
/** The seqs of all event frames among these. */
const seqsOf = (frames: readonly Record<string, unknown>[]): number[] =>
  frames.flatMap((frame) => {
    if (frame["t"] === "event") return [frame["seq"] as number];
    return frame["t"] === "events" ? (frame["events"] as { seq: number }[]).map((row) => row.seq) : [];
  });
/** The events of all event frames among these. */
const eventsOf = (frames: readonly Record<string, unknown>[]): Record<string, unknown>[] =>
  frames.flatMap((frame) => {
    if (frame["t"] === "event") return [frame];
    return frame["t"] === "events" ? (frame["events"] as Record<string, unknown>[]) : [];
  });
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe("hello and replay", () => {
  test("[LK8] hello tells the position before anything else, and null begins now", async () => {
    const { events, join, clock } = createWorld();
    events.append(3);
    const pair = await join(null);
    expect(take(pair)).toEqual([{ t: "hello", epoch: "e1", head: 3, low: 1 }]);
    events.append();
    await clock.advanceAsync(0);
    expect(take(pair)).toEqual([{ t: "event", seq: 4, n: 4 }]);
  });

  test.each([false, true])(
    "[LK2][LK8] a held cursor replays what is after it, once and in order (slow log: %s)",
    async (slow) => {
      const { events, join, clock } = createWorld({ slow, limits: { pageEvents: 7 } });
      events.append(50);
      const pair = await join("e1:12");
      events.append(3);
      await clock.advanceAsync(0);
      const frames = take(pair);
      expect(frames[0]).toMatchObject({ t: "hello", head: 50 });
      expect(seqsOf(frames)).toEqual(range(13, 53));
    },
  );

  test("[LK35] the app hears with which cursor a client comes, before the stream begins; now and start are none", async () => {
    const { events, join, seen } = createWorld();
    events.append(5);
    for (const after of ["e1:5", "other:900", null, "0", "no cursor"]) await join(after);
    expect(seen).toEqual([
      { epoch: "e1", seq: 5 },
      { epoch: "other", seq: 900 },
    ]);
  });

  test("[LK36] the chain is told with hello, each event and resync, and a cursor with another one resyncs", async () => {
    const { events, join, seen } = createWorld({ chained: true });
    events.append(3);
    const frames = take(await join("0"));
    expect(frames[0]).toEqual({ t: "hello", epoch: "e1", head: 3, low: 1, chain: "c1x3" });
    expect(eventsOf(frames).map((event) => event["chain"])).toEqual(["c1x1", "c1x2", "c1x3"]);

    // The last two are lost, and three others come: 2 and 3 are held, but they are not the ones that were seen.
    events.loseAndRefill(2, 3);
    const asSeen = take(await join("e1:3", "c1x3"));
    expect(asSeen.slice(1)).toEqual([{ t: "resync", epoch: "e1", head: 4, low: 1, chain: "c2x4" }]);
    expect(seen.at(-1)).toEqual({ epoch: "e1", seq: 3, chain: "c1x3" });
    // What stands as it was seen goes on, and so does whoever knows no chain, or says one that is none.
    expect(eventsOf(take(await join("e1:1", "c1x1"))).map((event) => event["seq"])).toEqual([2, 3, 4]);
    for (const none of [undefined, null, 7, "", "a b", "x".repeat(65)]) {
      expect(eventsOf(take(await join("e1:3", none))).map((event) => event["seq"])).toEqual([4]);
      expect(seen.at(-1)).toEqual({ epoch: "e1", seq: 3 });
    }
  });

  test("[LK36] a log without a chain compares nothing and tells none", async () => {
    const { events, join } = createWorld();
    events.append(2);
    expect(take(await join("e1:1", "c9"))).toEqual([
      { t: "hello", epoch: "e1", head: 2, low: 1 },
      { t: "event", seq: 2, n: 2 },
    ]);
  });

  test("[LK2] nothing newer is a success: hello and silence", async () => {
    const { events, join } = createWorld();
    events.append(5);
    expect(take(await join("e1:5")).map((frame) => frame["t"])).toEqual(["hello"]);
  });

  test.each(["0", 0])("[LK2] %j replays everything held, also of a trimmed log", async (after) => {
    const { events, join } = createWorld();
    events.append(9);
    events.trim(4);
    expect(seqsOf(take(await join(after)))).toEqual(range(4, 9));
  });

  test.each(["e1:10", "e1:2", "e0:5", "e1:", "nonsense", "e1:99999999999999999999"])(
    "[LK2] %s has no continuation: a resync with the position, then live from head",
    async (after) => {
      const { events, join, clock } = createWorld();
      events.append(9);
      events.trim(4);
      const pair = await join(after);
      const position = { epoch: "e1", head: 9, low: 4 };
      expect(take(pair)).toEqual([
        { t: "hello", ...position },
        { t: "resync", ...position },
      ]);
      events.append();
      await clock.advanceAsync(0);
      expect(seqsOf(take(pair))).toEqual([10]);
    },
  );

  test("[LK2] the cursor low - 1 still continues", async () => {
    const { events, join } = createWorld();
    events.append(9);
    events.trim(4);
    expect(seqsOf(take(await join("e1:3")))).toEqual(range(4, 9));
  });

  test("[LK7] a frame before hello is an error and close 1002", async () => {
    const { server } = createWorld();
    const pair = createSocketPair();
    server.accept(pair.server, "ann");
    tell(pair, { t: "ping" });
    expect(JSON.parse(pair.sent("server")[0] ?? "")).toMatchObject({ t: "error", code: "hello_expected" });
    expect(pair.closedBy("server")?.code).toBe(closeCodes.protocol);
    expect(server.connections()).toBe(0);
  });

  test("[LK7] a bad first frame closes with its own fault", () => {
    const { server } = createWorld();
    const pair = createSocketPair();
    server.accept(pair.server, "ann");
    tell(pair, "{");
    expect(pair.closedBy("server")).toEqual({ code: 1002, reason: "malformed_json" });
  });

  test("[LK7] without a hello the session ends after 5,000 ms and leaves no timer", () => {
    const { server, clock } = createWorld();
    const pair = createSocketPair();
    server.accept(pair.server, "ann");
    clock.advance(4_999);
    expect(pair.closedBy("server")).toBeUndefined();
    clock.advance(1);
    expect(pair.closedBy("server")).toEqual({ code: 1002, reason: "hello_timeout" });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[LK7] a second hello is an error and the session goes on", async () => {
    const { join } = createWorld();
    const pair = await join();
    take(pair);
    tell(pair, { t: "hello", after: null });
    tell(pair, { t: "ping" });
    expect(take(pair)).toMatchObject([{ t: "error", code: "hello_repeated" }, { t: "pong" }]);
  });
});

describe("the stream while it runs", () => {
  test.each([false, true])("[LK9] another epoch is a resync (slow log: %s)", async (slow) => {
    const { events, join, clock } = createWorld({ slow });
    events.append(5);
    const pair = await join("0");
    take(pair);
    events.append();
    events.restore("e2", 2);
    await clock.advanceAsync(0);
    events.append();
    await clock.advanceAsync(0);
    expect(take(pair)).toEqual([
      { t: "resync", epoch: "e2", head: 2, low: 3 },
      { t: "event", seq: 3, n: 3 },
    ]);
  });

  test("[LK9] a log that became another while it was read gives nothing of the old page", async () => {
    const { events, join, clock } = createWorld({ slow: true });
    events.append(5);
    const joining = join("0");
    events.restore("e2", 9);
    const frames = take(await joining);
    await clock.advanceAsync(0);
    expect(frames.map((frame) => frame["t"])).toEqual(["hello", "resync"]);
  });

  test.each([false, true])(
    "[LK9] a log with the same seqs and other bodies is a resync, and no old body is told (slow log: %s)",
    async (slow) => {
      const { events, join, clock } = createWorld({ slow });
      events.append(5);
      const pair = await join("e1:5");
      await join("0");
      events.append(2);
      // The read of the slow log is under way; the quick one has told already.
      await Promise.resolve();
      events.replace("e2");
      await clock.advanceAsync(0);
      const frames = take(pair);
      expect(frames.at(-1)).toEqual({ t: "resync", epoch: "e2", head: 7, low: 1 });
      expect(JSON.stringify(frames)).not.toContain('"n":-');
      expect(JSON.stringify(take(await join("e2:5")))).toContain('{"seq":6,"n":-6},{"seq":7,"n":-7}');
    },
  );

  test("[LK9] another epoch with the same head is a resync too", async () => {
    const { events, join, clock } = createWorld();
    events.append(5);
    const pair = await join("0");
    take(pair);
    events.restore("e2", 5);
    await clock.advanceAsync(0);
    expect(take(pair)).toEqual([{ t: "resync", epoch: "e2", head: 5, low: 6 }]);
  });

  test("[LK8] a session that ends leaves no subscription", async () => {
    const { events, join } = createWorld();
    const pairs = [await join(), await join()];
    expect(events.listeners()).toBe(2);
    for (const pair of pairs) pair.cut();
    expect(events.listeners()).toBe(0);
  });

  test("[LK9] a shrunk log of the same epoch is a resync", async () => {
    const { events, join, clock } = createWorld();
    events.append(5);
    const pair = await join("0");
    take(pair);
    events.restore("e1", 3);
    await clock.advanceAsync(0);
    expect(take(pair)).toEqual([{ t: "resync", epoch: "e1", head: 3, low: 4 }]);
  });

  test("[LK9] a log trimmed beyond a slow reader is a resync", async () => {
    const { events, join, clock } = createWorld({ limits: { maxInFlightBytes: 60, pageEvents: 2 } });
    events.append(50);
    const pair = await join("0");
    events.trim(40);
    const frames: Record<string, unknown>[] = [];
    for (let turn = 0; turn < 30; turn += 1) {
      frames.push(...take(pair));
      await clock.advanceAsync(50);
    }
    expect(frames.some((frame) => frame["t"] === "resync" && frame["head"] === 50 && frame["low"] === 40)).toBe(true);
    const seqs = seqsOf(frames);
    expect(seqs).toEqual(range(1, seqs.length));
    expect(seqs.length).toBeLessThan(40);
  });

  test.each([[{ text: "x".repeat(70_000) }], [[1, 2]], [{ n: 1n }]])(
    "[LK9] an event that cannot be told is a resync past it",
    async (body) => {
      const { events, join, clock } = createWorld();
      const pair = await join();
      events.append();
      events.appendBody(body);
      await clock.advanceAsync(0);
      events.append();
      await clock.advanceAsync(0);
      expect(take(pair).slice(1)).toEqual([
        { t: "event", seq: 1, n: 1 },
        { t: "resync", epoch: "e1", head: 2, low: 1 },
        { t: "event", seq: 3, n: 3 },
      ]);
    },
  );

  test("[LK9] a hole in the log is a resync", async () => {
    const { events, join, clock } = createWorld();
    events.append(5);
    const holed: EventLog = {
      ...events,
      read: (afterSeq, limit) =>
        (events.read(afterSeq, limit) as { seq: number; body: object }[]).filter((row) => row.seq !== 3),
    };
    const world = createWorld({ eventLog: holed });
    void join;
    void clock;
    expect(take(await world.join("0"))).toMatchObject([{ t: "hello" }, { t: "events" }, { t: "resync", head: 5 }]);
  });

  test("[LK3][LK10] names of the link's in a body do not reach the wire", async () => {
    const { events, join, clock } = createWorld();
    const pair = await join();
    events.appendBody({ t: "resync", seq: 99, n: 1 });
    await clock.advanceAsync(0);
    expect(take(pair)[1]).toEqual({ t: "event", seq: 1, n: 1 });
  });

  test("[LK10] appends of one tick are one frame, and several events are at most 32 KiB", async () => {
    const { events, join, clock } = createWorld({ limits: { maxInFlightBytes: 1_000_000 } });
    const pair = await join();
    take(pair);
    for (let made = 0; made < 5; made += 1) events.append();
    await clock.advanceAsync(0);
    expect(take(pair)).toHaveLength(1);
    for (let made = 0; made < 40; made += 1) events.appendBody({ text: "é".repeat(5_000 + made) });
    await clock.advanceAsync(0);
    const sizes = pair.sent("server").map((text) => Buffer.byteLength(text));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(32_768);
    expect(Math.max(...sizes)).toBeGreaterThan(25_000);
    expect(seqsOf(take(pair))).toEqual(range(6, 45));
  });

  test("[LK11] an event is written once for all sockets", async () => {
    const { events, join, clock } = createWorld();
    const pairs = [await join(), await join(), await join()];
    let written = 0;
    events.appendBody({
      get n() {
        written += 1;
        return 1;
      },
    });
    await clock.advanceAsync(0);
    expect(written).toBe(1);
    expect(events.reads()).toBe(1);
    for (const pair of pairs) expect(seqsOf(take(pair))).toEqual([1]);
  });

  test("[LK11] sockets that ask for the same page share one read", async () => {
    const { events, join } = createWorld({ slow: true });
    events.append(1_000);
    const pairs = await Promise.all([join("0"), join("0"), join("0")]);
    for (const pair of pairs) expect(seqsOf(take(pair))).toEqual(range(1, 1_000));
    expect(events.reads()).toBe(4);
  });

  test("[LK12] a full socket stops the reading, and a drain starts it again", async () => {
    const { events, join, clock } = createWorld();
    const pair = await join();
    take(pair);
    for (let made = 0; made < 400; made += 1) events.appendBody({ text: "x".repeat(1_000) });
    await clock.advanceAsync(0);
    // The frame that crosses the line is the last.
    expect(pair.server.bufferedBytes()).toBeLessThan(2 * 65_536);
    expect(pair.server.bufferedBytes()).toBeGreaterThanOrEqual(65_536);
    const reads = events.reads();
    await clock.advanceAsync(200);
    expect(events.reads()).toBe(reads);
    const frames: Record<string, unknown>[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      frames.push(...take(pair));
      await clock.advanceAsync(0);
    }
    expect(seqsOf(frames)).toEqual(range(1, 400));
  });

  test("[LK12] a full socket is not looked at again for each event of the log, only by its drain and the clock", async () => {
    const { events, server, clock } = createWorld({ limits: { maxInFlightBytes: 100 } });
    let looks = 0;
    let buffered = 0;
    const sent: string[] = [];
    let hear: (text: string) => void = () => {};
    let drain = (): void => {};
    server.accept(
      {
        listen(listener) {
          hear = (text) => listener.onMessage(text);
          drain = () => listener.onDrain();
        },
        send(text) {
          sent.push(text);
          buffered += text.length;
        },
        close() {},
        bufferedBytes() {
          looks += 1;
          return buffered;
        },
      },
      "ann",
    );
    hear('{"t":"hello","after":"0"}');
    events.appendBody({ text: "x".repeat(200) });
    await clock.advanceAsync(0);
    events.appendBody({ text: "y" });
    await clock.advanceAsync(0);
    const looked = looks;
    for (let more = 0; more < 100; more += 1) {
      events.appendBody({ text: String(more) });
      await clock.advanceAsync(0);
    }
    expect(looks).toBe(looked);
    buffered = 0;
    drain();
    await clock.advanceAsync(0);
    for (let turn = 0; turn < 3; turn += 1) {
      buffered = 0;
      await clock.advanceAsync(50);
    }
    expect(seqsOf(sent.map((text) => JSON.parse(text) as Record<string, unknown>))).toEqual(range(1, 102));
    // Followed live again.
    events.appendBody({ text: "z" });
    await clock.advanceAsync(0);
    expect(sent.at(-1)).toContain('"seq":103');
  });

  test("[LK12] a socket that does not tell of drains is looked at every 50 ms", async () => {
    const { events, server, clock } = createWorld({ limits: { maxInFlightBytes: 100 } });
    const sent: string[] = [];
    let buffered = 0;
    let hear: (text: string) => void = () => {};
    server.accept(
      {
        listen(listener) {
          hear = (text) => listener.onMessage(text);
        },
        send(text) {
          sent.push(text);
          buffered += text.length;
        },
        close() {},
        bufferedBytes: () => buffered,
      },
      "ann",
    );
    hear('{"t":"hello","after":null}');
    buffered = 500;
    events.append();
    await clock.advanceAsync(49);
    expect(sent).toHaveLength(1);
    buffered = 0;
    await clock.advanceAsync(50);
    expect(sent).toHaveLength(2);
  });

  test("[LK13] a socket from which nothing leaves for 10,000 ms is closed 1013", async () => {
    const { events, join, clock } = createWorld({ limits: { maxInFlightBytes: 100 } });
    const pair = await join();
    events.append(100);
    await clock.advanceAsync(9_950);
    expect(pair.closedBy("server")).toBeUndefined();
    await clock.advanceAsync(100);
    expect(pair.closedBy("server")).toEqual({ code: closeCodes.slow, reason: "slow" });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[LK13] a socket from which something leaves, however slowly, stays", async () => {
    const { join, clock } = createWorld({ onSay: (say) => say.respond.reply({ text: "x".repeat(60_000) }) });
    const pair = await join();
    for (let said = 0; said < 10; said += 1) tell(pair, { t: "say", id: `s${said}` });
    for (let turn = 0; turn < 10; turn += 1) {
      await clock.advanceAsync(9_000);
      expect(pair.closedBy("server")).toBeUndefined();
      pair.flush("server", 1);
    }
  });

  test("[LK13] replies to one who does not read end at 1,048,576 bytes", async () => {
    const { join } = createWorld({ onSay: (say) => say.respond.reply({ text: "x".repeat(60_000) }) });
    const pair = await join();
    for (let said = 0; said < 30 && pair.isOpen(); said += 1) tell(pair, { t: "say", id: `s${said}` });
    expect(pair.closedBy("server")?.code).toBe(closeCodes.slow);
    expect(pair.sent("server").join("").length).toBeLessThan(1_048_576 + 65_536);
  });

  test("[LK14] acks are told, growing only, and never beyond what was sent", async () => {
    const { events, join, acks } = createWorld();
    events.append(5);
    const pair = await join("0");
    for (const seq of [2, 2, 1, 6, 5]) tell(pair, { t: "ack", seq });
    expect(acks).toEqual([
      { epoch: "e1", seq: 2 },
      { epoch: "e1", seq: 5 },
    ]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("disk");
      },
    ],
    ["rejects", () => Promise.reject(new Error("disk"))],
  ])("[LK15] a log whose read %s ends the session with 1011", async (_, read) => {
    const events = createMemoryEventLog();
    events.append();
    const { join, clock } = createWorld({ eventLog: { ...events, read } });
    const pair = await join("0");
    expect(pair.closedBy("server")?.code).toBe(closeCodes.failure);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[LK15] a log without a position ends the session with 1011", async () => {
    const broken = {
      ...createMemoryEventLog(),
      position: () => {
        throw new Error("disk");
      },
    };
    const { join } = createWorld({ eventLog: broken });
    expect((await join()).closedBy("server")?.code).toBe(closeCodes.failure);
  });
});

describe("says and asks", () => {
  test("[LK16] a say reaches the app within the call, and may be answered many times and late", async () => {
    const { join, says } = createWorld({ onSay: (say) => say.respond.reply({ state: "heard" }) });
    const pair = await join();
    take(pair);
    tell(pair, { t: "say", id: "u1", text: "hi" });
    expect(pair.queued("server")).toEqual([{ t: "reply", id: "u1", state: "heard" }]);
    expect(says[0]).toMatchObject({ id: "u1", body: { text: "hi" } });
    says[0]?.respond.state("recorded");
    says[0]?.respond.reply({ state: "recorded", id: "not mine" });
    says[0]?.respond.error({ code: "id_reused", message: "m", hint: "h" });
    expect(take(pair).slice(1)).toEqual([
      { t: "state", id: "u1", state: "recorded" },
      { t: "reply", id: "u1", state: "recorded" },
      { t: "error", code: "id_reused", message: "m", hint: "h", id: "u1" },
    ]);
  });

  test("[LK16] what is answered after the link is gone is dropped silently", async () => {
    const { join, says } = createWorld();
    const pair = await join();
    tell(pair, { t: "say", id: "u1" });
    pair.cut();
    const before = pair.sent("server").length;
    says[0]?.respond.reply({ text: "x".repeat(70_000) });
    says[0]?.respond.state("done");
    expect(pair.sent("server")).toHaveLength(before);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("no");
      },
    ],
  ])("[LK17] a handler that %s is the error internal with the id", async (_, onSay) => {
    const { join, clock } = createWorld({ onSay });
    const pair = await join();
    take(pair);
    tell(pair, { t: "say", id: "u1" });
    await clock.advanceAsync(0);
    expect(take(pair)).toMatchObject([{ t: "error", code: "internal", id: "u1" }]);
  });

  test("[LK17][LK18] what does not fit into a frame is too_large", async () => {
    const big = { text: "x".repeat(65_536) };
    const { join, clock } = createWorld({
      onSay: (say) => say.respond.reply(big),
      onAsk: () => ({ ok: true, value: big }),
    });
    const pair = await join();
    take(pair);
    tell(pair, { t: "say", id: "u1" });
    tell(pair, { t: "ask", id: "q1", question: "all" });
    await clock.advanceAsync(0);
    expect(take(pair)).toMatchObject([
      { t: "error", code: "too_large", id: "u1" },
      { t: "answer", id: "q1", error: { code: "too_large" } },
    ]);
  });

  test("[LK18] an ask gets the handler's answer or its error, once", async () => {
    const { join, clock } = createWorld({
      onAsk: async ({ question, params }) =>
        question === "no" ? { ok: false, error: { code: "not_found", message: "m" } } : { ok: true, value: params },
    });
    const pair = await join();
    take(pair);
    tell(pair, { t: "ask", id: "q1", question: "yes", params: { q: 1 } });
    tell(pair, { t: "ask", id: "q2", question: "no" });
    await clock.advanceAsync(5_000);
    expect(take(pair)).toEqual([
      { t: "answer", id: "q1", value: { q: 1 } },
      { t: "answer", id: "q2", error: { code: "not_found", message: "m" } },
    ]);
  });

  test("[LK18] at 2,000 ms the answer is deadline and the handler is told; its late answer is dropped", async () => {
    const ends: ((answer: Answer) => void)[] = [];
    const { join, clock, asked } = createWorld({ onAsk: () => new Promise((resolve) => ends.push(resolve)) });
    const pair = await join();
    take(pair);
    tell(pair, { t: "ask", id: "q1", question: "slow" });
    await clock.advanceAsync(1_999);
    expect(take(pair)).toEqual([]);
    await clock.advanceAsync(1);
    expect(take(pair)).toMatchObject([{ t: "answer", id: "q1", error: { code: "deadline" } }]);
    expect(asked[0]?.signal.aborted).toBe(true);
    ends[0]?.({ ok: true, value: 1 });
    await clock.advanceAsync(0);
    expect(take(pair)).toEqual([]);
  });

  test("[LK18] the seventeenth open ask is busy; a handler that hangs keeps its place", async () => {
    const ends: ((answer: Answer) => void)[] = [];
    const { join, clock } = createWorld({ onAsk: () => new Promise((resolve) => ends.push(resolve)) });
    const pair = await join();
    take(pair);
    for (let asked = 1; asked <= 17; asked += 1) tell(pair, { t: "ask", id: `q${asked}`, question: "slow" });
    expect(take(pair)).toMatchObject([{ id: "q17", error: { code: "busy" } }]);
    await clock.advanceAsync(2_000);
    take(pair);
    tell(pair, { t: "ask", id: "q18", question: "slow" });
    expect(take(pair)).toMatchObject([{ id: "q18", error: { code: "busy" } }]);
    ends[0]?.({ ok: true, value: 1 });
    await clock.advanceAsync(0);
    tell(pair, { t: "ask", id: "q19", question: "slow" });
    expect(take(pair)).toEqual([]);
  });

  test("[LK18] a handler that throws is internal, and the end of the link aborts what is at work", async () => {
    const { join, clock, asked } = createWorld({
      onAsk: ({ question }) => {
        if (question === "throw") throw new Error("no");
        return new Promise(() => {});
      },
    });
    const pair = await join();
    take(pair);
    tell(pair, { t: "ask", id: "q1", question: "throw" });
    tell(pair, { t: "ask", id: "q2", question: "hang" });
    await clock.advanceAsync(0);
    expect(take(pair)).toMatchObject([{ id: "q1", error: { code: "internal" } }]);
    pair.cut();
    expect(asked[1]?.signal.aborted).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("health of a session", () => {
  test("[LK5] bad frames are answered one by one, and the sixteenth closes 1002", async () => {
    const { join } = createWorld();
    const pair = await join();
    take(pair);
    tell(pair, '{"t":"ask","id":"q1"}');
    expect(take(pair)).toMatchObject([{ t: "error", code: "invalid_frame", id: "q1", hint: expect.any(String) }]);
    for (let bad = 2; bad <= 15; bad += 1) tell(pair, "{");
    expect(pair.isOpen()).toBe(true);
    tell(pair, "{");
    expect(pair.closedBy("server")?.code).toBe(closeCodes.protocol);
  });

  test("[LK4] a text over 65,536 bytes closes 1009 over any socket; one of exactly 65,536 passes", async () => {
    const { join, says } = createWorld();
    const pair = await join();
    const frame = (bytes: number): string => `{"t":"say","id":"a","b":"${"x".repeat(bytes - 27)}"}`;
    expect(Buffer.byteLength(frame(65_536))).toBe(65_536);
    tell(pair, frame(65_536));
    expect(says).toHaveLength(1);
    tell(pair, frame(65_537));
    expect(pair.closedBy("server")?.code).toBe(closeCodes.size);
  });

  test("[LK19] a ping is answered by pong", async () => {
    const { join } = createWorld();
    const pair = await join();
    take(pair);
    tell(pair, { t: "ping" });
    expect(take(pair)).toEqual([{ t: "pong" }]);
  });

  test("[LK19] a peer whose machine answers protocol pings stays, though it never sends a frame", async () => {
    const { join, clock } = createWorld();
    const pair = await join();
    await clock.advanceAsync(600_000);
    expect(pair.isOpen()).toBe(true);
  });

  test("[LK19] a half-open peer is let go 5,000 ms after its last sign of life", async () => {
    const { join, clock, server } = createWorld();
    const pair = await join();
    pair.silence();
    await clock.advanceAsync(4_999);
    expect(server.connections()).toBe(1);
    await clock.advanceAsync(1);
    expect(server.connections()).toBe(0);
    expect(pair.closedBy("server")?.reason).toBe("silent");
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[LK19] a server that slept asks again before it judges", async () => {
    const clock = createManualClock();
    // A frozen process: the clock jumps and the timers come late, all at once.
    let frozenMs = 0;
    const sleepy = { ...clock, monotonicMs: () => clock.monotonicMs() + frozenMs };
    const server = createLinkServer<string>(
      { clock: sleepy, random: createSeededRandom(1), log: createMemoryLog() },
      { eventLog: () => createMemoryEventLog(), onSay() {}, onAsk: () => ({ ok: true, value: 1 }) },
    );
    const pair = createSocketPair();
    server.accept({ ...pair.server, probe() {} }, "ann");
    tell(pair, { t: "hello", after: null });
    clock.advance(2_000);
    frozenMs = 60_000;
    clock.advance(3_000);
    expect(pair.isOpen()).toBe(true);
    tell(pair, { t: "ping" });
    clock.advance(3_000);
    expect(pair.isOpen()).toBe(true);
    clock.advance(5_000);
    expect(pair.isOpen()).toBe(false);
  });

  test("[LK34] a closed server closes every session with 1001, and later ones at once", async () => {
    const { server, join, clock } = createWorld();
    const pair = await join();
    expect(server.connections()).toBe(1);
    server.close();
    expect(pair.closedBy("server")?.code).toBe(closeCodes.goingAway);
    const late = createSocketPair();
    server.accept(late.server, "bob");
    expect(late.closedBy("server")?.code).toBe(closeCodes.goingAway);
    expect([server.connections(), clock.pendingTimers()]).toEqual([0, 0]);
  });

  test("[LK41] a note comes after the hello; of several before it only the newest", async () => {
    const { server, clock } = createWorld({ slow: true });
    const pair = createSocketPair();
    const connection = server.accept(pair.server, "ann");
    pair.client.listen({ onMessage() {}, onClose() {}, onDrain() {}, onAlive() {} });
    connection.note({ back: "away" });
    connection.note({ back: "there", t: "mine" });
    tell(pair, { t: "hello", after: null });
    await clock.advanceAsync(0);
    connection.note({ back: "away" });
    expect(take(pair).map(({ t, back }) => [t, back])).toEqual([
      ["hello", undefined],
      ["note", "there"],
      ["note", "away"],
    ]);
    connection.close(closeCodes.auth, "gone");
    connection.note({ back: "there" });
    expect(take(pair)).toEqual([]);
  });

  test("[LK4][LK34] the app closes one session for its own reason", async () => {
    const { server } = createWorld();
    const pair = createSocketPair();
    const connection = server.accept(pair.server, "ann");
    connection.close(closeCodes.auth, "logged out");
    connection.close(closeCodes.slow, "twice");
    expect(pair.closedBy("server")).toEqual({ code: 1008, reason: "logged out" });
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("[LK34] a limit of %s is refused by name", (slowMs) => {
    let thrown: unknown;
    try {
      createWorld({ limits: { slowMs } });
    } catch (error) {
      thrown = error;
    }
    expect(isLinkError(thrown) && thrown.code).toBe("INVALID_OPTIONS");
    expect(String(thrown)).toContain("slowMs");
  });
});
