import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { createEventStreams, isLinkError } from "../src/index.ts";
import type { StreamSink, StreamStart } from "../src/index.ts";
import { createMemoryEventLog } from "./memory-event-log.ts";
import type { MemoryEventLog } from "./memory-event-log.ts";

interface World {
  clock: ManualClock;
  events: MemoryEventLog;
  /** What was written, as server-sent messages. */
  messages: () => string[];
  stop: () => void;
  state: { full: boolean; ended: boolean; drain(): void; leave(): void };
}

async function openStream(start: StreamStart, prepare: (events: MemoryEventLog) => void = () => {}): Promise<World> {
  const clock = createManualClock();
  const events = createMemoryEventLog();
  prepare(events);
  let written = "";
  const state = { full: false, ended: false, drain: (): void => {}, leave: (): void => {} };
  const sink: StreamSink = {
    write(text) {
      written += text;
      return !state.full;
    },
    onDrain: (callback) => (state.drain = callback),
    onClose: (callback) => (state.leave = callback),
    end: () => (state.ended = true),
  };
  const stop = createEventStreams({ clock, log: createMemoryLog() }).open(events, start, sink);
  await clock.advanceAsync(0);
  return { clock, events, messages: () => written.split("\n\n").slice(0, -1), stop, state };
}

const position = (epoch: string, head: number, low: number): string => `data: ${JSON.stringify({ epoch, head, low })}`;

describe("server-sent events", () => {
  test("[LK30] hello is named and has no id; rows are unnamed with id and body", async () => {
    const { events, clock, messages } = await openStream({}, (events) => events.append(2));
    events.append();
    events.appendBody({ line: "su#cid:a|queued|0\nx", at: 1 });
    await clock.advanceAsync(0);
    expect(messages()).toEqual([
      `event: hello\n${position("e1", 2, 1)}`,
      'id: e1:3\ndata: {"n":3}',
      'id: e1:4\ndata: {"line":"su#cid:a|queued|0\\nx","at":1}',
    ]);
  });

  test("[LK30] Last-Event-ID wins over after; an empty one does not", async () => {
    const ids = async (start: StreamStart): Promise<string[]> =>
      (await openStream(start, (events) => events.append(4)))
        .messages()
        .slice(1)
        .map((text) => text.split("\n")[0] ?? "");
    expect(await ids({ lastEventId: "e1:3", after: "0" })).toEqual(["id: e1:4"]);
    expect(await ids({ after: "e1:2" })).toEqual(["id: e1:3", "id: e1:4"]);
    expect(await ids({ lastEventId: "", after: "e1:3" })).toEqual(["id: e1:4"]);
    expect(await ids({ after: "0" })).toEqual(["id: e1:1", "id: e1:2", "id: e1:3", "id: e1:4"]);
    expect(await ids({ after: null })).toEqual([]);
  });

  test.each(["e9:1", "e1:5", "e1:0", "what"])("[LK2][LK30] %s resyncs by name and goes on live", async (after) => {
    const { events, clock, messages } = await openStream({ after }, (events) => {
      events.append(4);
      events.trim(3);
    });
    events.append();
    await clock.advanceAsync(0);
    expect(messages()).toEqual([
      `event: hello\n${position("e1", 4, 3)}`,
      `event: resync\n${position("e1", 4, 3)}`,
      'id: e1:5\ndata: {"n":5}',
    ]);
  });

  test("[LK9][LK30] after another epoch ids carry its name", async () => {
    const { events, clock, messages } = await openStream({});
    events.restore("e2", 7);
    await clock.advanceAsync(0);
    events.append();
    await clock.advanceAsync(0);
    expect(messages().slice(1)).toEqual([`event: resync\n${position("e2", 7, 8)}`, 'id: e2:8\ndata: {"n":8}']);
  });

  test("[LK31] a comment goes out every 15,000 ms", async () => {
    const { clock, messages } = await openStream({});
    await clock.advanceAsync(14_999);
    expect(messages()).toHaveLength(1);
    await clock.advanceAsync(1);
    await clock.advanceAsync(15_000);
    expect(messages().slice(1)).toEqual([": still here", ": still here"]);
  });

  test("[LK31] a full sink gets nothing, not even a comment, until it drains", async () => {
    const { clock, events, messages, state } = await openStream({});
    state.full = true;
    events.append(3);
    await clock.advanceAsync(9_000);
    expect(messages().slice(1)).toEqual(['id: e1:1\ndata: {"n":1}']);
    state.drain();
    await clock.advanceAsync(9_000);
    state.full = false;
    state.drain();
    await clock.advanceAsync(0);
    expect(
      messages()
        .slice(1)
        .map((text) => text.split("\n")[0]),
    ).toEqual(["id: e1:1", "id: e1:2", "id: e1:3"]);
    expect(state.ended).toBe(false);
  });

  test("[LK31] a sink that stays full for 10,000 ms is ended, and nothing is left behind", async () => {
    const { clock, events, state } = await openStream({});
    state.full = true;
    events.append();
    await clock.advanceAsync(9_999);
    expect(state.ended).toBe(false);
    await clock.advanceAsync(1);
    expect([state.ended, clock.pendingTimers()]).toEqual([true, 0]);
  });

  test("[LK31] when either side ends, timers and subscription go", async () => {
    const full = await openStream({});
    full.state.full = true;
    full.events.append();
    await full.clock.advanceAsync(0);
    full.state.leave();
    expect([full.clock.pendingTimers(), full.events.listeners()]).toEqual([0, 0]);
    const reader = await openStream({});
    reader.state.leave();
    reader.events.append();
    await reader.clock.advanceAsync(60_000);
    expect([reader.messages().length, reader.clock.pendingTimers(), reader.state.ended]).toEqual([1, 0, false]);
    const writer = await openStream({});
    writer.stop();
    writer.stop();
    writer.events.append();
    await writer.clock.advanceAsync(60_000);
    expect([writer.messages().length, writer.clock.pendingTimers(), writer.state.ended]).toEqual([1, 0, true]);
  });

  test("[LK15] a log that fails ends the stream", async () => {
    const { state, clock } = await openStream({ after: "0" }, (events) => {
      events.append();
      events.read = () => {
        throw new Error("disk");
      };
    });
    expect([state.ended, clock.pendingTimers()]).toEqual([true, 0]);
  });

  test("[LK34] a limit that is no number of at least 1 is refused", () => {
    let thrown: unknown;
    try {
      createEventStreams({ clock: createManualClock(), log: createMemoryLog() }, { commentMs: 0 });
    } catch (error) {
      thrown = error;
    }
    expect(isLinkError(thrown)).toBe(true);
  });
});
