import type { Clock, Timer } from "@kingly/runtime";
import * as closeCodes from "./close-codes.ts";
import type { ServerFrame } from "./frames.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Heartbeat, HeartbeatTimes } from "./heartbeat.ts";
import { readServerFrame } from "./read-server-frame.ts";
import type { Connect, Socket } from "./socket.ts";

/** One attempt of a client: from opening a socket to its loss. */
export interface ClientConnection {
  send(text: string): void;
  /** False when full; `onRoom` is called later, when there may be room again. */
  hasRoom(): boolean;
  /** Gives the connection up: `onLost` is called. */
  shut(reason: string): void;
  /** Ends the connection without a word to the client. */
  end(): void;
}

/** Times and limits of a connection. */
export interface ConnectionLimits extends HeartbeatTimes {
  /** At this many bytes in flight no say is sent. Bytes, default 65,536. */
  readonly maxInFlightBytes: number;
  /** So long may opening a socket and the server's hello take, each. Milliseconds, default 5,000. */
  readonly connectMs: number;
}

/** What a connection tells. Nothing after `onLost`, and `onLost` once. */
export interface ConnectionHandlers {
  /** What the hello says. */
  readonly hello: () => Promise<object>;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onRoom: () => void;
  readonly onLost: (reason: string, code: number) => void;
}

// A browser's socket does not tell when bytes have left.
const lookEveryMs = 50;

/** Opens a socket, says hello and passes frames on, hello first. [LK19][LK25][LK28]
 *
 * A socket that is full is only waited for: a peer that takes nothing more gives no sign of life either. */
export function openClientConnection(
  deps: { readonly clock: Clock; readonly connect: Connect },
  limits: ConnectionLimits,
  handlers: ConnectionHandlers,
): ClientConnection {
  const { clock, connect } = deps;
  const { connectMs } = limits;
  const { hello, onFrame, onRoom, onLost } = handlers;
  const over = new AbortController();
  const isOver = (): boolean => over.signal.aborted;
  let greeted = false;
  let socket: Socket | undefined;
  let heartbeat: Heartbeat | undefined;
  let roomTimer: Timer | undefined;

  const end = (code: number, reason: string): void => {
    over.abort();
    patience.cancel();
    roomTimer?.cancel();
    heartbeat?.stop();
    socket?.close(code, reason);
  };
  const lose = (reason: string, code: number = closeCodes.lost): void => {
    if (isOver()) return;
    end(closeCodes.goingAway, reason);
    onLost(reason, code);
  };
  const waitFor = (what: string): Timer => clock.setTimer(connectMs, () => lose(`no ${what} within ${connectMs} ms`));
  let patience = waitFor("socket");

  const hear = (text: string): void => {
    if (isOver()) return;
    heartbeat?.heard();
    const frame = readServerFrame(text);
    if (!frame) return lose("a garbled frame");
    const isHello = frame.t === "hello";
    // Before the hello only an error makes sense: it says why there will be none.
    if (isHello === greeted && frame.t !== "error") return lose("hello out of order");
    if (isHello) {
      greeted = true;
      patience.cancel();
    }
    return onFrame(frame);
  };
  const send = (text: string): void => socket?.send(text);
  const open = async (): Promise<void> => {
    const greeting = JSON.stringify({ t: "hello", ...(await hello()) });
    const opened = await connect(over.signal);
    if (isOver()) return opened.close(closeCodes.goingAway, "too late");
    socket = opened;
    patience.cancel();
    patience = waitFor("hello");
    heartbeat = startHeartbeat(
      clock,
      limits,
      () => send('{"t":"ping"}'),
      () => lose("the server is silent"),
    );
    opened.listen({
      onMessage: hear,
      onClose: (code, reason) => lose(reason || `the socket closed with ${code}`, code),
      onDrain: onRoom,
      onAlive: heartbeat.heard,
    });
    return send(greeting);
  };

  open().catch((cause: unknown) => lose(`no socket: ${String(cause)}`));
  return {
    send,
    hasRoom() {
      if (isOver() || !socket) return false;
      if (socket.bufferedBytes() < limits.maxInFlightBytes) return true;
      roomTimer?.cancel();
      roomTimer = clock.setTimer(lookEveryMs, onRoom);
      return false;
    },
    shut: lose,
    end: () => end(closeCodes.normal, "done"),
  };
}
