import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { createLinkClient, createMemoryCursorStore, createMemoryOutbox, isLinkError } from "../src/index.ts";
import type { Answer, LinkClient, LinkClientOptions, LinkStatusDetail, Position, Socket } from "../src/index.ts";
import { createSocketPair } from "./socket-pair.ts";
import type { SocketPair } from "./socket-pair.ts";

/** A client whose server is the test itself. */
interface World {
  clock: ManualClock;
  client: LinkClient;
  /** The pairs that were connected, oldest first. */
  pairs: SocketPair[];
  seen: number[];
  batches: number[][];
  resyncs: Position[];
  replies: [string, unknown][];
  refusals: [string, string][];
  statuses: [string, LinkStatusDetail][];
  /** The newest pair. */
  now(): SocketPair;
  /** The server says these frames. */
  serve(...frames: object[]): Promise<void>;
  /** Waits out the delay and lets the next connection open. */
  reconnect(): Promise<SocketPair>;
}

const hello = (head = 0, low = 1, epoch = "e1"): object => ({ t: "hello", epoch, head, low });
const event = (seq: number): object => ({ t: "event", seq, n: seq });
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

async function createWorld(
  options: Partial<LinkClientOptions> & { connect?: (signal: AbortSignal) => Promise<Socket> } = {},
): Promise<World> {
  const clock = createManualClock();
  const pairs: SocketPair[] = [];
  const { connect, ...rest } = options;
  const world: Omit<World, "client"> = {
    clock,
    pairs,
    seen: [],
    batches: [],
    resyncs: [],
    replies: [],
    refusals: [],
    statuses: [],
    now: () => pairs.at(-1) as SocketPair,
    async serve(...frames) {
      const pair = world.now();
      for (const frame of frames) pair.server.send(JSON.stringify(frame));
      pair.flush("server");
      await clock.advanceAsync(0);
    },
    async reconnect() {
      const before = pairs.length;
      for (let waited = 0; pairs.length === before && waited < 10_000; waited += 50) await clock.advanceAsync(50);
      expect(pairs.length).toBe(before + 1);
      return world.now();
    },
  };
  const client = createLinkClient(
    {
      clock,
      // Half of every width: waits are never 0, so that a loss can be seen before the next attempt.
      random: { ...createSeededRandom(7), fraction: () => 0.5 },
      log: createMemoryLog(),
      connect:
        connect ??
        (async () => {
          const pair = createSocketPair();
          pair.server.listen({ onMessage() {}, onClose() {}, onDrain() {}, onAlive() {} });
          pairs.push(pair);
          return pair.client;
        }),
    },
    {
      onEvent(events) {
        world.seen.push(...events.map((event) => event.seq));
        world.batches.push(events.map((event) => event.seq));
      },
      onResync: (position) => void world.resyncs.push(position),
      onReply: (id, body) => void world.replies.push([id, body]),
      onRefused: (id, error) => void world.refusals.push([id, error.code]),
      onStatus: (status, detail) => void world.statuses.push([status, detail]),
      ...rest,
    },
  );
  await clock.advanceAsync(0);
  return { ...world, client };
}

const said = (pair: SocketPair): Record<string, unknown>[] =>
  pair.sent("client").map((text) => JSON.parse(text) as Record<string, unknown>);
const saidIds = (pair: SocketPair): unknown[] =>
  said(pair)
    .filter((frame) => frame["t"] === "say")
    .map((frame) => frame["id"]);
const acked = (pair: SocketPair): unknown[] =>
  said(pair)
    .filter((frame) => frame["t"] === "ack")
    .map((frame) => frame["seq"]);

describe("events", () => {
  test("[LK20] events are handed out in order, once, and acknowledged after they are saved", async () => {
    const cursorStore = createMemoryCursorStore();
    const world = await createWorld({ cursorStore });
    expect(said(world.now())).toEqual([{ t: "hello", after: null }]);
    await world.serve(hello(), event(1), { t: "events", events: [{ seq: 2 }, { seq: 3 }] });
    expect(world.seen).toEqual([1, 2, 3]);
    // The first at once, the others together.
    expect(acked(world.now())).toEqual([1]);
    await world.clock.advanceAsync(199);
    expect(acked(world.now())).toEqual([1]);
    await world.clock.advanceAsync(1);
    expect(acked(world.now())).toEqual([1, 3]);
    await world.clock.advanceAsync(1000);
    expect(acked(world.now())).toEqual([1, 3]);
    expect(cursorStore.load()).toEqual({ epoch: "e1", seq: 3 });
  });

  test("[LK20] the handler is awaited; what arrives meanwhile comes as one batch of at most 256", async () => {
    let finish = (): void => {};
    const batches: number[][] = [];
    const world = await createWorld({
      onEvent(events) {
        batches.push(events.map((event) => event.seq));
        return batches.length === 1 ? new Promise((resolve) => (finish = resolve)) : undefined;
      },
    });
    await world.serve(hello(), event(1));
    await world.serve(...range(2, 300).map(event));
    expect(batches).toEqual([[1]]);
    expect(acked(world.now())).toEqual([]);
    finish();
    await world.clock.advanceAsync(0);
    expect(batches.slice(1)).toEqual([range(2, 257), range(258, 300)]);
    await world.clock.advanceAsync(200);
    expect(acked(world.now())).toEqual([1, 300]);
  });

  test("[LK20] the cursor is saved before the ack, and a save that fails owes the ack", async () => {
    const order: string[] = [];
    const world = await createWorld({
      cursorStore: {
        load: () => null,
        save(cursor) {
          order.push(`save ${cursor.seq}, acked ${acked(world.now()).length}`);
          if (cursor.seq === 1) throw new Error("disk full");
        },
      },
    });
    await world.serve(hello(), event(1));
    expect(acked(world.now())).toEqual([]);
    await world.serve(event(2));
    expect(acked(world.now())).toEqual([2]);
    expect(order).toEqual(["save 0, acked 0", "save 1, acked 0", "save 2, acked 0"]);
    expect(world.seen).toEqual([1, 2]);
  });

  test("[LK20] a batch that was being handled through a reconnect is neither lost nor repeated, and acked later", async () => {
    let finish = (): void => {};
    const batches: number[][] = [];
    const world = await createWorld({
      onEvent(events) {
        batches.push(events.map((event) => event.seq));
        return batches.length === 1 ? new Promise((resolve) => (finish = resolve)) : undefined;
      },
    });
    await world.serve(hello(), event(1), event(2));
    world.now().cut();
    finish();
    await world.reconnect();
    expect(said(world.now())[0]).toEqual({ t: "hello", after: "e1:2" });
    await world.serve(hello(2));
    expect(batches).toEqual([[1], [2]]);
    expect(acked(world.now())).toEqual([2]);
  });

  test("[LK21] there is a cursor before the first event", async () => {
    const cursorStore = createMemoryCursorStore();
    const world = await createWorld({ cursorStore });
    await world.serve(hello(41));
    expect(cursorStore.load()).toEqual({ epoch: "e1", seq: 41 });
    world.now().cut();
    await world.reconnect();
    expect(said(world.now())[0]).toEqual({ t: "hello", after: "e1:41" });
    await world.serve(hello(42), event(42));
    expect(world.seen).toEqual([42]);
  });

  test("[LK36] the chain of the last event, of hello or of a resync is saved with the cursor and said in the next hello", async () => {
    const cursorStore = createMemoryCursorStore();
    const world = await createWorld({ cursorStore });
    const come = async (frame: object): Promise<unknown> => {
      world.now().cut();
      await world.reconnect();
      const [first] = said(world.now());
      await world.serve(frame);
      return first;
    };
    await world.serve({ ...hello(41), chain: "a41" });
    expect(cursorStore.load()).toEqual({ epoch: "e1", seq: 41, chain: "a41" });
    expect(await come(hello(43))).toEqual({ t: "hello", after: "e1:41", chain: "a41" });
    await world.serve({
      t: "events",
      events: [
        { seq: 42, chain: "a42" },
        { seq: 43, chain: "a43" },
      ],
    });
    expect(await come(hello(44))).toEqual({ t: "hello", after: "e1:43", chain: "a43" });
    // An event without one (a server that knows none): the old chain must not stand for it.
    await world.serve(event(44));
    expect(cursorStore.load()).toEqual({ epoch: "e1", seq: 44 });
    expect(await come(hello(9, 1, "e2"))).toEqual({ t: "hello", after: "e1:44" });
    await world.serve({ t: "resync", epoch: "e2", head: 9, low: 1, chain: "b9" });
    expect(world.resyncs).toEqual([{ epoch: "e2", head: 9, low: 1, chain: "b9" }]);
    expect(await come(hello(9, 1, "e2"))).toEqual({ t: "hello", after: "e2:9", chain: "b9" });
    // What is replayed from a start before the head has no chain until an event brings it.
    const fresh = await createWorld({ startFrom: "start", cursorStore: createMemoryCursorStore() });
    await fresh.serve({ ...hello(9), chain: "a9" });
    fresh.now().cut();
    expect(said(await fresh.reconnect())[0]).toEqual({ t: "hello", after: "e1:0" });
  });

  test("[LK21] a saved cursor is the beginning, also one that loads later; without one, startFrom", async () => {
    const saved = await createWorld({ cursorStore: { load: async () => ({ epoch: "e9", seq: 7 }), save() {} } });
    expect(said(saved.now())[0]).toEqual({ t: "hello", after: "e9:7" });
    const fresh = await createWorld({ startFrom: "start" });
    expect(said(fresh.now())[0]).toEqual({ t: "hello", after: "0" });
    await fresh.serve(hello(9, 8), event(8), event(9));
    expect(fresh.seen).toEqual([8, 9]);
  });

  test("[LK22] what was received is dropped", async () => {
    const world = await createWorld();
    await world.serve(
      hello(),
      event(1),
      event(1),
      { t: "events", events: [{ seq: 1 }, { seq: 2 }] },
      event(2),
      event(3),
    );
    expect(world.seen).toEqual([1, 2, 3]);
    expect(world.pairs).toHaveLength(1);
  });

  test.each([
    ["a gap", event(3)],
    ["a gap inside a frame", { t: "events", events: [{ seq: 2 }, { seq: 4 }] }],
    ["a garbled frame", { t: "event", seq: "2" }],
    ["a second hello", hello()],
  ])("[LK22] %s breaks the connection, which resumes from the cursor", async (_, frame) => {
    const world = await createWorld();
    await world.serve(hello(), event(1), frame);
    expect(world.now().isOpen()).toBe(false);
    await world.reconnect();
    expect(said(world.now())[0]).toEqual({ t: "hello", after: "e1:1" });
    await world.serve(hello(2), event(2));
    expect(world.seen).toEqual([1, 2]);
  });

  test("[LK22] events before the resync that must come break the connection", async () => {
    const world = await createWorld({ cursorStore: createMemoryCursorStore({ epoch: "old", seq: 3 }) });
    await world.serve(hello(9), event(4));
    expect(world.seen).toEqual([]);
    expect(world.now().isOpen()).toBe(false);
  });

  test("[LK22] after another epoch's hello an event that would continue the old one breaks the connection", async () => {
    const world = await createWorld();
    await world.serve(hello(), event(1));
    world.now().cut();
    await world.reconnect();
    await world.serve(hello(9, 1, "e2"), event(2));
    expect(world.seen).toEqual([1]);
    expect(world.now().isOpen()).toBe(false);
  });

  test("[LK22] a frame of a later version is skipped", async () => {
    const world = await createWorld();
    await world.serve(hello(), { t: "weather", sun: true }, event(1));
    expect(world.seen).toEqual([1]);
  });

  test("[LK23] a resync waits its turn, and later events wait for it", async () => {
    let finish = (): void => {};
    const order: string[] = [];
    const world = await createWorld({
      onEvent: (events) => void order.push(...events.map((event) => `event ${event.seq}`)),
      onResync(position) {
        order.push(`resync ${position.epoch}:${position.head}`);
        return new Promise((resolve) => (finish = resolve));
      },
    });
    await world.serve(hello(), event(1), { t: "resync", epoch: "e2", head: 5, low: 3 }, event(6));
    expect(order).toEqual(["event 1", "resync e2:5"]);
    expect(acked(world.now())).toEqual([]);
    finish();
    await world.clock.advanceAsync(0);
    expect(order).toEqual(["event 1", "resync e2:5", "event 6"]);
    await world.clock.advanceAsync(200);
    expect(acked(world.now())).toEqual([5, 6]);
    world.now().cut();
    await world.reconnect();
    expect(said(world.now())[0]).toEqual({ t: "hello", after: "e2:6" });
  });

  test("[LK24] a handler that fails gets the same events again, later and later, until it deals with them", async () => {
    let broken = true;
    const tried: number[][] = [];
    const world = await createWorld({
      onEvent(events) {
        tried.push(events.map((event) => event.seq));
        if (broken && events.at(-1)?.seq === 2) throw new Error("disk full");
      },
    });
    await world.serve(hello(), event(1));
    await world.serve(event(2));
    for (let turn = 0; turn < 3; turn += 1) {
      await world.reconnect();
      expect(said(world.now())[0]).toEqual({ t: "hello", after: "e1:1" });
      await world.serve(hello(2), event(2));
    }
    const attempts = world.statuses.filter(([status]) => status === "waiting").map(([, detail]) => detail.attempt);
    expect(attempts).toEqual([1, 2, 3, 4]);
    broken = false;
    await world.reconnect();
    await world.serve(hello(2), event(2), event(3));
    expect(tried).toEqual([[1], [2], [2], [2], [2], [2], [3]]);
  });

  test("[LK24] when too many events wait the socket is let go until they are handled", async () => {
    let finish = (): void => {};
    const seen: number[] = [];
    const world = await createWorld({
      limits: { maxWaitingEvents: 10 },
      onEvent(events) {
        seen.push(...events.map((event) => event.seq));
        return events[0]?.seq === 1 ? new Promise((resolve) => (finish = resolve)) : undefined;
      },
    });
    await world.serve(hello(), event(1));
    await world.serve(...range(2, 40).map(event));
    expect(world.now().isOpen()).toBe(false);
    await world.clock.advanceAsync(60_000);
    expect(world.pairs).toHaveLength(1);
    finish();
    await world.reconnect();
    const after = said(world.now())[0]?.["after"];
    expect(after).toBe("e1:12");
    await world.serve(hello(40));
    for (const seq of range(13, 40)) await world.serve(event(seq));
    expect(seen).toEqual(range(1, 40));
  });

  test("[LK24][LK23] resyncs that come faster than their handler ends let the socket go, too", async () => {
    const world = await createWorld({ limits: { maxWaitingEvents: 10 }, onResync: () => new Promise(() => {}) });
    await world.serve(hello());
    const resync = { ...hello(), t: "resync" };
    for (let turn = 0; turn < 11; turn += 1) await world.serve(resync);
    expect(world.now().isOpen()).toBe(true);
    await world.serve(resync);
    expect(world.now().isOpen()).toBe(false);
  });
});

describe("says", () => {
  test("[LK25] a say goes out at once when open, and again after each reconnect until its first reply", async () => {
    const world = await createWorld();
    await world.serve(hello());
    await world.client.say("u1", { text: "hi" });
    expect(said(world.now()).at(-1)).toEqual({ t: "say", id: "u1", text: "hi" });
    await world.client.say("u2", {});
    await world.serve({ t: "reply", id: "u2", by: "reflex" }, { t: "state", id: "u1", state: "recorded" });
    world.now().cut();
    await world.client.say("u3", {});
    await world.reconnect();
    await world.serve(hello());
    expect(saidIds(world.now())).toEqual(["u1", "u3"]);
    await world.serve({ t: "reply", id: "u1" }, { t: "reply", id: "u3" }, { t: "reply", id: "u3", more: 1 });
    world.now().cut();
    await world.reconnect();
    await world.serve(hello());
    expect(saidIds(world.now())).toEqual([]);
    expect(world.replies.map(([id]) => id)).toEqual(["u2", "u1", "u3", "u3"]);
  });

  test("[LK25] nothing is said before the server's hello", async () => {
    const world = await createWorld();
    await world.client.say("u1", {});
    expect(saidIds(world.now())).toEqual([]);
    await world.serve(hello());
    expect(saidIds(world.now())).toEqual(["u1"]);
  });

  test("[LK25] settledBy decides which reply settles", async () => {
    const world = await createWorld({ settledBy: (_, body) => body["state"] === "recorded" });
    await world.serve(hello());
    await world.client.say("u1", {});
    await world.serve({ t: "reply", id: "u1", state: "heard" });
    world.now().cut();
    await world.reconnect();
    await world.serve(hello());
    expect(saidIds(world.now())).toEqual(["u1"]);
    await world.serve({ t: "reply", id: "u1", state: "recorded" });
    world.now().cut();
    await world.reconnect();
    await world.serve(hello());
    expect(saidIds(world.now())).toEqual([]);
  });

  test("[LK25] a refusal settles; busy and internal are said again after 5,000 ms", async () => {
    const world = await createWorld();
    await world.serve(hello());
    for (const id of ["u1", "u2", "u3"]) await world.client.say(id, {});
    await world.serve(
      { t: "error", code: "id_reused", message: "", hint: "", id: "u1" },
      { t: "error", code: "busy", message: "", hint: "", id: "u2" },
      { t: "error", code: "internal", message: "", hint: "", id: "u3" },
    );
    expect(world.refusals).toEqual([["u1", "id_reused"]]);
    for (let second = 0; second < 5; second += 1) {
      expect(saidIds(world.now())).toEqual(["u1", "u2", "u3"]);
      await world.serve({ t: "pong" });
      await world.clock.advanceAsync(1_000);
    }
    expect(saidIds(world.now())).toEqual(["u1", "u2", "u3", "u2", "u3"]);
  });

  test("[LK25] rate_limited is said again after the time that the server names, 250 ms at least", async () => {
    const world = await createWorld();
    await world.serve(hello());
    await world.client.say("u1", {});
    await world.serve({ t: "error", code: "rate_limited", message: "", hint: "", retryAfterMs: 600, id: "u1" });
    await world.clock.advanceAsync(599);
    expect(saidIds(world.now())).toEqual(["u1"]);
    await world.clock.advanceAsync(1);
    expect(saidIds(world.now())).toEqual(["u1", "u1"]);
    await world.serve({ t: "error", code: "rate_limited", message: "", hint: "", retryAfterMs: 1, id: "u1" });
    await world.clock.advanceAsync(249);
    expect(saidIds(world.now())).toHaveLength(2);
    await world.clock.advanceAsync(1);
    expect(saidIds(world.now())).toHaveLength(3);
    expect(world.refusals).toEqual([]);
  });

  test("[LK40] so many says are on their way and no more; each that is settled lets the next one go", async () => {
    const outbox = createMemoryOutbox(10_000);
    for (let n = 0; n < 500; n += 1) outbox.add(`u${n}`, {});
    const world = await createWorld({ outbox, limits: { maxUnsettledSays: 100 } });
    await world.serve(hello());
    expect(saidIds(world.now())).toHaveLength(100);
    // Said again after a cut: the window is that of the new socket.
    world.now().cut();
    await world.reconnect();
    await world.serve(hello());
    expect(saidIds(world.now())).toHaveLength(100);
    for (let answered = 0; answered < 500; answered += 1) {
      await world.serve({ t: "reply", id: `u${answered}` });
      expect(saidIds(world.now()).length).toBe(Math.min(500, answered + 101));
    }
    expect(saidIds(world.now())).toEqual(Array.from({ length: 500 }, (_, n) => `u${n}`));
    expect(outbox.size()).toBe(0);
  });

  test("[LK41] a note reaches its handler and changes nothing else", async () => {
    const notes: unknown[] = [];
    const world = await createWorld({ onNote: (body) => void notes.push(body) });
    await world.serve(hello(), { t: "note", back: "away" }, event(1), { t: "note", back: "there" });
    expect(notes).toEqual([{ back: "away" }, { back: "there" }]);
    expect([world.seen, world.pairs.length]).toEqual([[1], 1]);
  });

  test("[LK25] a reply whose handler fails does not settle", async () => {
    let broken = true;
    const world = await createWorld({
      onReply: async () => {
        if (broken) throw new Error("disk full");
      },
    });
    await world.serve(hello());
    await world.client.say("u1", {});
    await world.serve({ t: "reply", id: "u1" });
    broken = false;
    await world.clock.advanceAsync(2_000);
    await world.serve({ t: "pong" });
    await world.clock.advanceAsync(3_000);
    expect(saidIds(world.now())).toEqual(["u1", "u1"]);
  });

  test("[LK25] a full socket makes says wait in the outbox, in order", async () => {
    const world = await createWorld({ limits: { maxInFlightBytes: 200 } });
    await world.serve(hello());
    const ids = range(1, 150).map((n) => `u${n}`);
    for (const id of ids) await world.client.say(id, {});
    expect(saidIds(world.now()).length).toBeLessThan(20);
    for (let turn = 0; turn < 200; turn += 1) {
      world.now().flush("client");
      await world.clock.advanceAsync(0);
    }
    expect(saidIds(world.now())).toEqual(ids);
  });

  test("[LK25] what waited for the link goes out no faster than the socket takes it", async () => {
    const world = await createWorld({ limits: { maxInFlightBytes: 200 } });
    const ids = range(1, 150).map((n) => `u${n}`);
    for (const id of ids) await world.client.say(id, {});
    await world.serve(hello());
    expect(saidIds(world.now()).length).toBeLessThan(20);
    for (let turn = 0; turn < 200; turn += 1) {
      world.now().flush("client");
      await world.clock.advanceAsync(0);
    }
    expect(saidIds(world.now())).toEqual(ids);
  });

  test("[LK25] a say that is kept while the outbox is being listed goes out too", async () => {
    const memory = createMemoryOutbox();
    let finish = (): void => {};
    let slow = true;
    const world = await createWorld({
      outbox: {
        ...memory,
        async list(afterOrder, limit) {
          const page = memory.list(afterOrder, limit);
          if (slow) await new Promise<void>((resolve) => (finish = resolve));
          slow = false;
          return page;
        },
      },
    });
    await world.client.say("u1", {});
    await world.serve(hello());
    await world.client.say("u2", {});
    finish();
    await world.clock.advanceAsync(0);
    expect(saidIds(world.now())).toEqual(["u1", "u2"]);
  });

  test("[LK25] a listing that began before a reconnect does not reach the new socket out of order", async () => {
    const memory = createMemoryOutbox();
    let finish = (): void => {};
    let slow = false;
    const world = await createWorld({
      outbox: {
        ...memory,
        async list(afterOrder, limit) {
          const page = memory.list(afterOrder, limit);
          if (slow) await new Promise<void>((resolve) => (finish = resolve));
          slow = false;
          return page;
        },
      },
    });
    await world.serve(hello());
    await world.client.say("u1", {});
    await world.clock.advanceAsync(0);
    slow = true;
    await world.client.say("u2", {});
    world.now().cut();
    await world.reconnect();
    await world.serve(hello());
    finish();
    await world.clock.advanceAsync(0);
    expect(saidIds(world.now())).toEqual(["u1", "u2"]);
  });

  test("[LK25] an outbox that answers with promises keeps the order and loses nothing", async () => {
    const memory = createMemoryOutbox();
    const world = await createWorld({
      outbox: {
        add: async (id, body) => memory.add(id, body),
        remove: async (id) => memory.remove(id),
        list: async (afterOrder, limit) => memory.list(afterOrder, limit),
      },
    });
    const ids = range(1, 130).map((n) => `u${n}`);
    for (const id of ids.slice(0, 70)) void world.client.say(id, {});
    await world.serve(hello());
    for (const id of ids.slice(70)) void world.client.say(id, {});
    await world.clock.advanceAsync(0);
    await world.clock.advanceAsync(0);
    expect(saidIds(world.now())).toEqual(ids);
  });

  test("[LK26] what cannot be said is a returned fault", async () => {
    const world = await createWorld({ outbox: createMemoryOutbox(2) });
    const codeOf = async (id: string, body: object = {}): Promise<string> => {
      const result = await world.client.say(id, body);
      return result.ok ? "ok" : result.error.code;
    };
    expect(await codeOf("a b")).toBe("invalid_id");
    expect(await codeOf("u1", { text: "x".repeat(65_536) })).toBe("too_large");
    expect([await codeOf("u1"), await codeOf("u1"), await codeOf("u2"), await codeOf("u3")]).toEqual([
      "ok",
      "ok",
      "ok",
      "outbox_full",
    ]);
    await world.serve(hello());
    expect(saidIds(world.now())).toEqual(["u1", "u2"]);
    world.client.close();
    expect(await codeOf("u4")).toBe("closed");
  });

  test("[LK3][LK5] a say keeps what JSON makes of its body; one that is no JSON object, or that no server takes, throws", async () => {
    const world = await createWorld();
    const body = { text: "tea", at: new Date(0), t: "theirs", id: "theirs", none: undefined };
    await world.client.say("u1", body);
    body.text = "changed";
    await world.serve(hello());
    expect(said(world.now()).at(-1)).toEqual({ t: "say", id: "u1", text: "tea", at: "1970-01-01T00:00:00.000Z" });
    let deep: object = {};
    for (let depth = 0; depth < 32; depth += 1) deep = { deep };
    const poisoned: object = JSON.parse('{"note":{"__proto__":{}}}') as object;
    for (const wrong of [[1], new Date(0), { n: 1n }, () => 1, deep, poisoned]) {
      const thrown: unknown = await world.client.say("u2", wrong).catch((error: unknown) => error);
      expect(isLinkError(thrown) && thrown.code).toBe("UNTELLABLE_BODY");
    }
    expect(saidIds(world.now())).toEqual(["u1"]);
  });

  test("[LK25] a socket that does not tell when bytes leave is looked at every 50 ms", async () => {
    let buffered = 0;
    const texts: string[] = [];
    const world = await createWorld({
      connect: async () => ({
        listen: (listener) => listener.onMessage(JSON.stringify(hello())),
        send: (text) => void texts.push(text),
        close() {},
        bufferedBytes: () => buffered,
      }),
    });
    buffered = 65_536;
    await world.client.say("u1", {});
    await world.clock.advanceAsync(1_000);
    expect(texts.filter((text) => text.includes("say"))).toEqual([]);
    expect(await world.client.ask("a", 1)).toMatchObject({ error: { code: "busy" } });
    buffered = 65_535;
    await world.clock.advanceAsync(50);
    expect(texts.at(-1)).toBe('{"t":"say","id":"u1"}');
    world.client.close();
    expect(world.clock.pendingTimers()).toBe(0);
  });

  test("[LK40] an outbox with many says is listed by the page, not again for each say that is settled", async () => {
    const memory = createMemoryOutbox(10_000);
    for (let n = 0; n < 640; n += 1) memory.add(`u${n}`, {});
    let lists = 0;
    const outbox = {
      ...memory,
      list(afterOrder: number, limit: number) {
        lists += 1;
        return memory.list(afterOrder, limit);
      },
    };
    const world = await createWorld({ outbox, limits: { maxUnsettledSays: 10 } });
    await world.serve(hello());
    for (let n = 0; n < 640; n += 1) await world.serve({ t: "reply", id: `u${n}` });
    expect([saidIds(world.now()).length, memory.size()]).toEqual([640, 0]);
    expect(lists).toBeLessThan(15);
  });

  test("[LK26] the memory outbox holds 1,000 by default", () => {
    const outbox = createMemoryOutbox();
    const results = range(1, 1_001).map((n) => outbox.add(`u${n}`, {}) as { ok: boolean });
    expect(results.filter((result) => !result.ok)).toHaveLength(1);
    expect(results.at(-1)?.ok).toBe(false);
  });
});

describe("asks", () => {
  test("[LK27] an ask ends by its answer or by its deadline, and is never asked again", async () => {
    const world = await createWorld();
    await world.serve(hello());
    const first = world.client.ask("memory", { q: "tea" });
    const second = world.client.ask("slow", null, { deadlineMs: 100 });
    expect(said(world.now()).slice(-2)).toEqual([
      { t: "ask", id: "q1", question: "memory", params: { q: "tea" } },
      { t: "ask", id: "q2", question: "slow", params: null },
    ]);
    await world.serve({ t: "answer", id: "q1", value: [1] }, { t: "answer", id: "q1", value: [2] });
    await world.clock.advanceAsync(100);
    expect(await first).toEqual({ ok: true, value: [1] });
    expect(await second).toMatchObject({ ok: false, error: { code: "deadline" } });
    await world.serve({ t: "answer", id: "q2", value: 1 });
  });

  test("[LK27] an error of the server comes through, by answer or by error frame", async () => {
    const world = await createWorld();
    await world.serve(hello());
    const asks = [world.client.ask("a", 1), world.client.ask("b", 1)];
    await world.serve(
      { t: "answer", id: "q1", error: { code: "not_found", message: "m" } },
      { t: "error", id: "q2", code: "invalid_frame", message: "m", hint: "h" },
    );
    expect(await Promise.all(asks)).toMatchObject([
      { error: { code: "not_found" } },
      { error: { code: "invalid_frame" } },
    ]);
  });

  test("[LK27] without an open link it is offline at once, and open asks fail when the link is lost", async () => {
    const world = await createWorld();
    const codes: string[] = [];
    const note = (answer: Answer): void => void codes.push(answer.ok ? "ok" : answer.error.code);
    await world.client.ask("a", 1).then(note);
    await world.serve(hello());
    const waiting = world.client.ask("a", 1).then(note);
    world.now().cut();
    await waiting;
    await world.client.ask("a", 1).then(note);
    world.client.close();
    await world.client.ask("a", 1).then(note);
    expect(codes).toEqual(["offline", "offline", "offline", "closed"]);
    expect(world.clock.pendingTimers()).toBe(0);
  });

  test("[LK27] the sixty-fifth open ask is busy, and close ends the others", async () => {
    const world = await createWorld();
    await world.serve(hello());
    const asks = range(1, 64).map(async () => world.client.ask("a", 1));
    expect(await world.client.ask("a", 1)).toMatchObject({ error: { code: "busy" } });
    world.client.close();
    for (const answer of await Promise.all(asks)) expect(answer).toMatchObject({ error: { code: "closed" } });
    expect(world.clock.pendingTimers()).toBe(0);
  });
});

describe("status and life", () => {
  test("[LK29] the status tells of replay, waits and reasons", async () => {
    const world = await createWorld({ cursorStore: createMemoryCursorStore({ epoch: "e1", seq: 2 }) });
    await world.serve(hello(5), event(3), event(4), event(5));
    world.now().cut();
    world.client.close();
    expect(world.statuses.map(([status]) => status)).toEqual(["connecting", "open", "waiting", "closed"]);
    expect(world.statuses[1]?.[1]).toEqual({ attempt: 0, replayed: 3 });
    expect(world.statuses[2]?.[1]).toEqual({
      attempt: 1,
      retryInMs: expect.any(Number),
      reason: "the socket closed with 1006",
    });
    expect(world.clock.pendingTimers()).toBe(0);
  });

  test("[LK29] close code 1008 is the end; any other is not", async () => {
    const world = await createWorld();
    await world.serve(hello());
    world.now().server.close(1013, "slow");
    await world.reconnect();
    await world.serve(hello());
    world.now().server.close(1008, "logged out");
    await world.clock.advanceAsync(60_000);
    expect(world.pairs).toHaveLength(2);
    expect(world.statuses.at(-1)).toEqual(["closed", { attempt: expect.any(Number), reason: "logged out" }]);
    expect(world.clock.pendingTimers()).toBe(0);
  });

  test("[LK29] close before, while and after connecting leaves no timer and no socket", async () => {
    let open: (socket: Socket) => void = () => {};
    const world = await createWorld({ connect: async () => new Promise((resolve) => (open = resolve)) });
    world.client.close();
    const late = createSocketPair();
    open(late.client);
    await world.clock.advanceAsync(60_000);
    expect(late.closedBy("client")).toBeDefined();
    expect(late.sent("client")).toEqual([]);
    const clock = createManualClock();
    const never = createLinkClient(
      {
        clock,
        random: createSeededRandom(1),
        log: createMemoryLog(),
        connect: () => Promise.reject(new Error("never")),
      },
      { onEvent() {} },
    );
    never.close();
    await clock.advanceAsync(60_000);
    expect([clock.pendingTimers(), world.clock.pendingTimers()]).toEqual([0, 0]);
  });

  test("[LK29] a closed client does not wait to say again", async () => {
    const world = await createWorld();
    await world.serve(hello());
    await world.client.say("u1", {});
    await world.serve({ t: "error", code: "busy", message: "", hint: "", id: "u1" });
    world.client.close();
    expect(world.clock.pendingTimers()).toBe(0);
  });

  test("[LK28] refused connections are tried for ever, with growing waits; retryNow ends a wait", async () => {
    let tries = 0;
    const world = await createWorld({
      connect: async () => {
        tries += 1;
        throw new Error("refused");
      },
    });
    await world.clock.advanceAsync(60_000);
    const waits = world.statuses.filter(([status]) => status === "waiting");
    waits.forEach(([, { attempt, retryInMs }]) => {
      expect(retryInMs).toBeLessThan(Math.min(5_000, 250 * 2 ** (attempt - 1)));
    });
    expect(waits.length).toBeGreaterThan(12);
    const before = tries;
    world.client.retryNow();
    await world.clock.advanceAsync(0);
    expect(tries).toBe(before + 1);
    world.client.close();
    expect(world.clock.pendingTimers()).toBe(0);
  });

  test("[LK28] a connect that throws, hangs, or opens without a hello is a lost attempt after 5,000 ms", async () => {
    let aborted = 0;
    const world = await createWorld({
      connect: (signal) => {
        signal.addEventListener("abort", () => (aborted += 1));
        return new Promise(() => {});
      },
    });
    await world.clock.advanceAsync(4_999);
    expect(world.statuses.at(-1)?.[0]).toBe("connecting");
    await world.clock.advanceAsync(1);
    expect([world.statuses.at(-1)?.[0], aborted]).toEqual(["waiting", 1]);
    world.client.close();
    const mute = await createWorld();
    for (let second = 0; second < 5; second += 1) {
      // A mute server answers protocol pings; only the missing hello gives it away.
      await mute.clock.advanceAsync(999);
      await mute.serve({ t: "error", code: "starting", message: "", hint: "" });
    }
    await mute.clock.advanceAsync(5);
    expect(mute.statuses.at(-1)?.[1].reason).toBe("no hello within 5000 ms");
    const thrower = await createWorld({
      connect: () => {
        throw new Error("bad url");
      },
    });
    expect(thrower.statuses.at(-1)?.[0]).toBe("waiting");
  });

  test("[LK19] an idle client pings after 2,000 ms; a silent server is lost at 5,000 ms", async () => {
    const world = await createWorld();
    await world.serve(hello());
    await world.clock.advanceAsync(1_999);
    expect(said(world.now()).at(-1)).not.toEqual({ t: "ping" });
    await world.clock.advanceAsync(1);
    expect(said(world.now()).at(-1)).toEqual({ t: "ping" });
    await world.serve({ t: "pong" });
    await world.clock.advanceAsync(4_000);
    expect(world.statuses.at(-1)?.[0]).toBe("open");
    await world.serve({ t: "pong" });
    world.now().silence();
    await world.clock.advanceAsync(4_999);
    expect(world.statuses.at(-1)?.[0]).toBe("open");
    await world.clock.advanceAsync(1);
    expect(world.statuses.at(-1)).toMatchObject(["waiting", { reason: "the server is silent" }]);
  });

  test("[LK34] a limit that is no number of at least 1 is refused", async () => {
    const thrown = await createWorld({ limits: { idleMs: 0 } }).catch((error: unknown) => error);
    expect(isLinkError(thrown) && thrown.code).toBe("INVALID_OPTIONS");
    const hasty = await createWorld({ limits: { idleMs: 5_000 } }).catch((error: unknown) => error);
    expect(String(hasty)).toContain("deadMs must be at least 5001, received 5000");
  });
});
