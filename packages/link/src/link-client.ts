import type { Clock, Log, Random, Timer } from "@kingly/runtime";
import { createAckPace } from "./ack-pace.ts";
import { checkOptions } from "./check-options.ts";
import * as closeCodes from "./close-codes.ts";
import { createEventInbox } from "./event-inbox.ts";
import type { StreamOptions } from "./event-inbox.ts";
import { fault } from "./fault.ts";
import type { Checked, Fault } from "./fault.ts";
import type { Answer, ServerFrame } from "./frames.ts";
import { defaultHeartbeat } from "./heartbeat.ts";
import { openClientConnection } from "./client-connection.ts";
import type { ClientConnection, ConnectionLimits } from "./client-connection.ts";
import { createMemoryOutbox } from "./outbox.ts";
import type { Outbox } from "./outbox.ts";
import type { JsonObject } from "./is-json-object.ts";
import { createQuestionDesk } from "./question-desk.ts";
import { reconnectDelay } from "./reconnect-delay.ts";
import type { ReconnectTimes } from "./reconnect-delay.ts";
import type { Connect } from "./socket.ts";
import { createUplink } from "./uplink.ts";

/** Where a client stands. `closed` is for good. */
export type LinkStatus = "connecting" | "open" | "waiting" | "closed";

/** What is known beside the status. */
export interface LinkStatusDetail {
  /** Attempts in a row that did not hold; 0 when open. */
  readonly attempt: number;
  /** With `waiting`: milliseconds until the next attempt. */
  readonly retryInMs?: number;
  /** With `open`: events that happened meanwhile and come first. */
  readonly replayed?: number;
  /** With `waiting` and `closed`: why. */
  readonly reason?: string;
}

/** Times and limits of a client. */
export interface LinkClientLimits extends ConnectionLimits, ReconnectTimes {
  /** So many events may wait for the handler before the socket is let go. Default 4,096. */
  readonly maxWaitingEvents: number;
  /** So many says may be on their way without being settled; the others wait in the outbox. Default 1,024. [LK40] */
  readonly maxUnsettledSays: number;
  /** Events are acknowledged at most once in so long, after a rest at once. Milliseconds, default 200. [LK20] */
  readonly ackEveryMs: number;
}

/** Options of {@link createLinkClient}. Handlers that return a promise are awaited where it is said. */
export interface LinkClientOptions extends StreamOptions {
  /** A reply to a say; awaited before the say is settled. Default: nothing. */
  onReply?(id: string, body: JsonObject): void | Promise<void>;
  /** The server tells what is true now. Default: nothing. [LK41] */
  onNote?(body: JsonObject): void;
  /** A say is in a new state. Default: nothing. */
  onState?(id: string, state: string): void;
  /** A say was refused for good and is settled. Default: nothing. */
  onRefused?(id: string, error: Fault): void;
  /** The status changed. Default: nothing. */
  onStatus?(status: LinkStatus, detail: LinkStatusDetail): void;
  /** Which reply settles a say: the first, or the first that this function accepts. Default `reply`. */
  readonly settledBy?: "reply" | ((id: string, body: JsonObject) => boolean);
  /** Where says wait. Default: memory, 1,000 entries. */
  readonly outbox?: Outbox;
  /** What is not given has its default. */
  readonly limits?: Partial<LinkClientLimits>;
}

/** The client's side of the link. */
export interface LinkClient {
  /** Keeps the body in the outbox and says it until it is settled. Faults: `invalid_id`, `too_large`, `outbox_full`, `closed`. */
  say(id: string, body: object): Promise<Checked<null>>;
  /** Asks once. Fails with `offline` when not open, `deadline` after `deadlineMs` (default 2,000), `busy`, `closed`. */
  ask(question: string, params: unknown, options?: { readonly deadlineMs?: number }): Promise<Answer>;
  /** Ends a wait: the network is back, the page is visible again. */
  retryNow(): void;
  /** Ends the link. The outbox and the cursor stay as they are. */
  close(): void;
}

/** The defaults of {@link LinkClientLimits}. */
export const defaultClientLimits: LinkClientLimits = {
  ...defaultHeartbeat,
  reconnectMinMs: 250,
  reconnectMaxMs: 5_000,
  maxInFlightBytes: 65_536,
  connectMs: 5_000,
  maxWaitingEvents: 4_096,
  maxUnsettledSays: 1_024,
  ackEveryMs: 200,
};

// These do not settle a say: the server could not deal with it now.
const passing = /^(busy|internal|rate_limited)$/;

// A server that names a shorter time is not asked more often than this.
const leastResayMs = 250;

/** Creates a client and starts to connect. It stays on, through every failure, until `close` or close code 1008.
 *
 * Throws {@link LinkError} `INVALID_OPTIONS`. The rules are LK19 to LK29. */
export function createLinkClient(
  deps: { readonly clock: Clock; readonly random: Random; readonly log: Log; readonly connect: Connect },
  options: LinkClientOptions,
): LinkClient {
  const { clock, random, log } = deps;
  const limits = checkOptions({ ...defaultClientLimits, ...options.limits });
  const uplink = createUplink(log, options.outbox ?? createMemoryOutbox(), limits.maxUnsettledSays);
  const desk = createQuestionDesk(clock);
  let status: LinkStatus | undefined;
  let attempt = 0;
  let openedAtMs = 0;
  let connection: ClientConnection | undefined;
  let retryTimer: Timer | undefined;
  let resayTimer: Timer | undefined;

  const inbox = createEventInbox(
    log,
    options,
    limits.maxWaitingEvents,
    () => {
      attempt = 0;
      if (status === "open") acks.owe();
    },
    () => connection?.shut("a handler failed"),
  );
  const acks = createAckPace(clock, limits.ackEveryMs, () => {
    const ack = inbox.takeAck();
    if (ack) connection?.send(ack);
    return ack;
  });

  const isClosed = (): boolean => status === "closed";
  const become = (next: LinkStatus, detail: Partial<LinkStatusDetail> = {}): void => {
    status = next;
    options.onStatus?.(next, { attempt, ...detail });
  };
  const begin = (): void => {
    retryTimer = undefined;
    const full = inbox.overfull();
    if (full) return retry(full);
    become("connecting");
    if (isClosed()) return undefined;
    connection = openClientConnection(deps, limits, {
      hello: inbox.begin,
      onFrame: take,
      onRoom: uplink.wake,
      onLost: lose,
    });
    return undefined;
  };
  const stop = (): void => {
    connection = undefined;
    acks.stop();
    resayTimer?.cancel();
    resayTimer = undefined;
  };
  const lose = (reason: string, code: number): void => {
    stop();
    desk.failAll("offline");
    // A link that held for a while starts over with short waits.
    if (status === "open" && clock.monotonicMs() - openedAtMs >= limits.deadMs) attempt = 0;
    if (code === closeCodes.auth) finish(reason);
    else retry(reason);
  };
  const retry = (reason: string): void => {
    attempt += 1;
    const retryInMs = reconnectDelay(attempt, random.fraction(), limits);
    retryTimer = clock.setTimer(retryInMs, begin);
    become("waiting", { retryInMs, reason });
  };
  const finish = (reason: string): void => {
    inbox.stop();
    desk.failAll("closed");
    become("closed", { reason });
  };

  const sayAgainLater = (afterMs: number = limits.reconnectMaxMs): void => {
    const opened = connection;
    if (!opened || resayTimer) return;
    resayTimer = clock.setTimer(Math.min(limits.reconnectMaxMs, Math.max(leastResayMs, afterMs)), () => {
      resayTimer = undefined;
      uplink.open(opened);
    });
  };
  /** Settles a say once the app has dealt with what was answered to it; else it is said again. */
  const settle = async (id: string, deal: () => unknown): Promise<void> => {
    try {
      if ((await deal()) !== false) await uplink.settle(id);
    } catch (cause) {
      log.error("link: an answer could not be dealt with", { id, cause: String(cause) });
      sayAgainLater();
    }
  };
  const reply = async (id: string, body: JsonObject): Promise<boolean> => {
    await options.onReply?.(id, body);
    return typeof options.settledBy !== "function" || options.settledBy(id, body);
  };
  const refuse = (id: string, fault: Fault): void => {
    const { code, message, retryAfterMs } = fault;
    log.warn("link: an error of the server", { code, message });
    if (!id) return;
    if (passing.test(code)) return sayAgainLater(retryAfterMs);
    desk.answer(id, { ok: false, error: fault });
    void settle(id, () => options.onRefused?.(id, fault));
  };
  const take = (frame: ServerFrame): void => {
    switch (frame.t) {
      case "hello":
        openedAtMs = clock.monotonicMs();
        become("open", { attempt: 0, replayed: inbox.hello(frame.position) });
        acks.owe();
        if (connection) uplink.open(connection);
        return;
      case "events":
      case "resync": {
        const broken = frame.t === "events" ? inbox.events(frame.events) : inbox.resync(frame.position);
        if (broken) connection?.shut(broken);
        return;
      }
      case "note":
        return options.onNote?.(frame.body);
      case "state":
        return options.onState?.(frame.id, frame.state);
      case "answer":
        return desk.answer(frame.id, frame.answer);
      case "reply":
        return void settle(frame.id, () => reply(frame.id, frame.body));
      case "error":
        return refuse(frame.id, frame.fault);
      default:
    }
  };

  // One turn later, so that the first status finds the caller holding the client.
  queueMicrotask(() => isClosed() || begin());
  return {
    say: async (id, body) => (isClosed() ? closed : uplink.say(id, body)),
    ask: async (question, params, { deadlineMs = 2_000 } = {}) =>
      isClosed() ? closed : desk.ask(status === "open" ? connection : undefined, question, params, deadlineMs),
    retryNow() {
      if (!retryTimer) return;
      retryTimer.cancel();
      begin();
    },
    close() {
      if (isClosed()) return;
      retryTimer?.cancel();
      connection?.end();
      stop();
      finish("closed here");
    },
  };
}

const closed = fault("closed", "the link is closed");
