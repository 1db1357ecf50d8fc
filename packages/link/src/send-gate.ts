import type { Clock, Timer } from "@kingly/runtime";
import type { Socket } from "./socket.ts";
import { utf8Bytes } from "./utf8-bytes.ts";

/** Limits on the bytes that were sent and have not left this process, per connection. */
export interface SendLimits {
  /** At this many bytes in flight nothing more is read to be sent. Bytes, default 65,536. */
  readonly maxInFlightBytes: number;
  /** At this many the connection is closed at once: replies are not held back by the log. Bytes, default 1,048,576. */
  readonly maxBufferedBytes: number;
  /** So long may nothing leave while bytes are in flight. Milliseconds, default 10,000. */
  readonly slowMs: number;
}

/** The defaults of {@link SendLimits}. */
export const defaultSendLimits: SendLimits = {
  maxInFlightBytes: 65_536,
  maxBufferedBytes: 1_048_576,
  slowMs: 10_000,
};

/** The one way out to a socket; knows when it is full and when it is stuck. */
export interface SendGate {
  send(text: string): void;
  /** False when full; `onRoom` is called once there is room again. */
  hasRoom(): boolean;
  /** The socket says that bytes have left. */
  drained(): void;
  close(): void;
}

// Sockets may not tell when bytes leave (a browser's does not), so a full gate looks by the clock as well: often at
// first, then seldom. A thousand peers that are stuck must not cost a thousand looks every 50 ms.
const lookEveryMs = 50;
const lookSeldomMs = 500;
const oftenMs = 1_000;

/** Creates a gate: full at `maxInFlightBytes`; `onSlow` when nothing leaves for `slowMs`, or at `maxBufferedBytes`. [LK12][LK13] */
export function createSendGate(
  deps: { readonly clock: Clock; readonly socket: Socket },
  options: SendLimits & { readonly onRoom: () => void; readonly onSlow: () => void },
): SendGate {
  const { clock, socket } = deps;
  let closed = false;
  let timer: Timer | undefined;
  // Counted only while somebody looks whether bytes leave: an open gate needs no sum.
  let sentBytes = 0;
  let mostLeftBytes = 0;
  let progressAtMs = 0;

  const isFull = (): boolean => socket.bufferedBytes() >= options.maxInFlightBytes;
  const close = (): void => {
    closed = true;
    timer?.cancel();
  };
  const giveUp = (): void => {
    close();
    options.onSlow();
  };
  const open = (): void => {
    timer?.cancel();
    timer = undefined;
    options.onRoom();
  };
  const look = (): void => {
    if (!isFull()) return open();
    const leftBytes = sentBytes - socket.bufferedBytes();
    const nowMs = clock.monotonicMs();
    if (timer === undefined || leftBytes > mostLeftBytes) {
      mostLeftBytes = leftBytes;
      progressAtMs = nowMs;
    }
    const stuckMs = nowMs - progressAtMs;
    if (stuckMs >= options.slowMs) return giveUp();
    timer = clock.setTimer(stuckMs < oftenMs ? lookEveryMs : lookSeldomMs, look);
    return undefined;
  };

  return {
    send(text) {
      if (closed) return;
      if (timer !== undefined) sentBytes += utf8Bytes(text);
      socket.send(text);
      if (socket.bufferedBytes() >= options.maxBufferedBytes) giveUp();
      else if (timer === undefined && isFull()) look();
    },
    hasRoom() {
      if (closed || !isFull()) return !closed;
      if (timer === undefined) look();
      return false;
    },
    drained() {
      if (!closed && timer !== undefined && !isFull()) open();
    },
    close,
  };
}
