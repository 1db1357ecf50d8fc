import type { Clock, Log } from "@kingly/runtime";
import { createAskDesk } from "./ask-desk.ts";
import type { AskLimits, Question } from "./ask-desk.ts";
import * as closeCodes from "./close-codes.ts";
import { parseCursor } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { openEventFeed } from "./event-feed.ts";
import type { EventFeed, FeedSink } from "./event-feed.ts";
import type { Position } from "./event-log.ts";
import type { EventReader } from "./event-reader.ts";
import type { Fault } from "./fault.ts";
import { maxFrameBytes } from "./frames.ts";
import type { Answer, ClientFrame } from "./frames.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { HeartbeatTimes } from "./heartbeat.ts";
import { joinBody } from "./join-body.ts";
import { packFrame } from "./pack-frame.ts";
import type { JsonObject } from "./is-json-object.ts";
import { readClientFrame } from "./read-client-frame.ts";
import { createSendGate } from "./send-gate.ts";
import type { SendLimits } from "./send-gate.ts";
import type { Socket } from "./socket.ts";
import { utf8Bytes } from "./utf8-bytes.ts";

/** What a client told. `respond` may be used later and several times; when the link is gone it does nothing. */
export interface Say {
  readonly id: string;
  readonly body: JsonObject;
  readonly respond: {
    reply(body: object): void;
    state(state: string): void;
    /** Refuses the say for good. `busy` and `internal` are not refusals: the client says it again. */
    error(fault: Fault): void;
  };
}

/** Limits of one connection. */
export interface SessionLimits extends SendLimits, AskLimits, HeartbeatTimes {
  /** So long may the first hello take. Milliseconds, default 5,000. */
  readonly helloMs: number;
  /** So many events are read from the log at a time. Default 256. */
  readonly pageEvents: number;
  /** After so many bad frames the connection is closed. Default 16. */
  readonly maxBadFrames: number;
}

/** One connection, as the app sees it. */
export interface LinkConnection {
  /** Tells what is true now: not kept, not repeated. Before the hello only the newest waits for it. [LK41] */
  note(body: object): void;
  /** Closes for a reason of the app's, for example `closeCodes.auth` when the person logged out. */
  close(code: number, reason: string): void;
}

/** What a session does with what it hears, already bound to its person. */
export interface SessionHandlers {
  reader(): EventReader;
  onSay(say: Say): void | Promise<void>;
  onAsk(question: Question): Answer | Promise<Answer>;
  onCursor(cursor: Cursor): void;
  onAck(cursor: Cursor): void;
  onEnd(): void;
}

/** Runs the server's half of the link over one socket, from hello to close. The rules are LK3 to LK19. */
export function openLinkSession(
  deps: { readonly clock: Clock; readonly log: Log; readonly socket: Socket },
  options: SessionLimits & { readonly handlers: SessionHandlers },
): LinkConnection {
  const { clock, log, socket } = deps;
  const { handlers } = options;
  let closed = false;
  let badFrames = 0;
  let ackedSeq = 0;
  let feed: EventFeed | undefined;
  let greeted = false;
  let noted: object | undefined;

  const end = (): boolean => {
    if (closed) return false;
    closed = true;
    feed?.close();
    gate.close();
    heartbeat.stop();
    helloTimer.cancel();
    desk.close();
    handlers.onEnd();
    return true;
  };
  const shut = (code: number, reason: string): void => {
    if (end()) socket.close(code, reason);
  };
  const send = (text: string): void => {
    if (!closed) gate.send(text);
  };
  const sendFault = (fault: Fault, id?: string): void =>
    send(JSON.stringify({ t: "error", ...fault, ...(id === undefined ? {} : { id }) }));
  const refuse = (fault: Fault, id?: string): void => {
    sendFault(fault, id);
    badFrames += 1;
    if (feed === undefined || badFrames >= options.maxBadFrames) shut(closeCodes.protocol, fault.code);
  };
  const answer = (id: string, answer: Answer): void => {
    const text = answer.ok
      ? JSON.stringify({ t: "answer", id, value: answer.value ?? null })
      : JSON.stringify({ t: "answer", id, error: answer.error });
    if (fitsFrame(text)) return send(text);
    const error = { code: "too_large", message: "the answer does not fit into a frame; ask for less" };
    return send(JSON.stringify({ t: "answer", id, error }));
  };
  const reply = (id: string, body: object): void => {
    // Beyond the close nobody hears; the say comes again over the next connection.
    if (closed) return;
    const text = joinBody({ t: "reply", id }, body);
    if (fitsFrame(text)) return send(text);
    log.error("link: a reply is too large to be told", { bytes: utf8Bytes(text) });
    return sendFault({ code: "too_large", message: "the reply does not fit into a frame", hint: "reply shorter" }, id);
  };

  const gate = createSendGate(deps, {
    ...options,
    onRoom: () => feed?.wake(),
    onSlow: () => shut(closeCodes.slow, "slow"),
  });
  const heartbeat = startHeartbeat(
    clock,
    options,
    () => socket.probe?.(),
    () => shut(closeCodes.goingAway, "silent"),
  );
  const helloTimer = clock.setTimer(options.helloMs, () => {
    const hint = "send hello first";
    refuse({ code: "hello_timeout", message: `no hello within ${options.helloMs} ms`, hint });
  });
  const desk = createAskDesk(deps, { ...options, onAsk: (question) => handlers.onAsk(question), answer });

  const note = (body: object): void => {
    if (!greeted) noted = body;
    else send(joinBody({ t: "note" }, body));
  };

  const sink: FeedSink = {
    hello(position) {
      send(positionFrame("hello", position));
      greeted = true;
      if (noted !== undefined) note(noted);
    },
    resync: (position) => send(positionFrame("resync", position)),
    hasRoom: () => !closed && gate.hasRoom(),
    failed: () => shut(closeCodes.failure, "event log failed"),
    take(events) {
      let taken = 0;
      while (taken < events.length && sink.hasRoom()) {
        const frame = packFrame(events, taken);
        send(frame.text);
        taken = frame.nextAt;
      }
      return taken;
    },
  };
  const hello = ({ after, chain }: ClientFrame & { readonly t: "hello" }): void => {
    if (feed !== undefined) {
      return refuse({ code: "hello_repeated", message: "hello came twice", hint: "open a new socket to resume" });
    }
    helloTimer.cancel();
    const start = parseCursor(after);
    const isCursor = start.ok && typeof start.value === "object";
    const cursor = isCursor && chain !== undefined ? { ...start.value, chain } : undefined;
    const begin = cursor ?? (start.ok ? start.value : unknownCursor);
    try {
      if (isCursor && typeof begin === "object") handlers.onCursor(begin);
      const opened = openEventFeed({ reader: handlers.reader(), log }, { ...options, start: begin, sink });
      feed = opened;
      if (closed) opened.close();
    } catch (cause) {
      log.error("link: no event log for this session", { cause: String(cause) });
      shut(closeCodes.failure, "no event log");
    }
    return undefined;
  };
  const say = (id: string, body: JsonObject): void => {
    const failed = (cause: unknown): void => {
      log.error("link: a say failed", { id, cause: String(cause) });
      sendFault(
        { code: "internal", message: "this could not be dealt with", hint: "say it again with the same id" },
        id,
      );
    };
    const respond: Say["respond"] = {
      reply: (body) => reply(id, body),
      state: (state) => send(JSON.stringify({ t: "state", id, state })),
      error: (fault) => sendFault(fault, id),
    };
    try {
      const dealt = handlers.onSay({ id, body, respond });
      if (dealt instanceof Promise) dealt.catch(failed);
    } catch (cause) {
      failed(cause);
    }
  };
  const ack = (seq: number, feed: EventFeed): void => {
    // Beyond what was sent: an ack that crossed a resync. It proves nothing about this stream.
    if (seq > feed.lastSeq() || seq <= ackedSeq) return;
    ackedSeq = seq;
    handlers.onAck({ epoch: feed.epoch(), seq });
  };
  const take = (frame: ClientFrame): void => {
    if (frame.t === "hello") return hello(frame);
    if (feed === undefined) {
      return refuse({ code: "hello_expected", message: `${frame.t} came before hello`, hint: "send hello first" });
    }
    if (frame.t === "say") return say(frame.id, frame.body);
    if (frame.t === "ack") return ack(frame.seq, feed);
    if (frame.t === "ask") return desk.ask(frame.id, frame.question, frame.params);
    return send('{"t":"pong"}');
  };

  socket.listen({
    onMessage(text) {
      if (closed) return undefined;
      heartbeat.heard();
      // A text has at most as many units as bytes: most frames need no count.
      if (text.length * 3 > maxFrameBytes && utf8Bytes(text) > maxFrameBytes) {
        sendFault({ code: "too_large", message: `a frame has at most ${maxFrameBytes} bytes`, hint: "say less" });
        return shut(closeCodes.size, "too_large");
      }
      const frame = readClientFrame(text);
      return frame.ok ? take(frame.value) : refuse(frame.error, frame.id);
    },
    onClose: () => void end(),
    onDrain: () => gate.drained(),
    onAlive: () => heartbeat.heard(),
  });
  return { note, close: shut };
}

// A text that is no cursor names no epoch of ours: it resyncs like any other stranger. [LK2]
const unknownCursor: Cursor = { epoch: "", seq: 0 };

function positionFrame(t: "hello" | "resync", { epoch, head, low, chain }: Position): string {
  return JSON.stringify({ t, epoch, head, low, chain });
}

// A unit becomes at most three bytes: most texts need no count.
function fitsFrame(text: string): boolean {
  return text.length * 3 < maxFrameBytes || utf8Bytes(text) < maxFrameBytes;
}
