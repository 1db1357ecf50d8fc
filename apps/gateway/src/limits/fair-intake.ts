import type { Socket, SocketListener } from "@kingly/link";
import type { Clock } from "@kingly/runtime";
import { createTokenBucket } from "./token-bucket.ts";
import type { Rate } from "./token-bucket.ts";

/** How much one connection may bring in before others have their turn. */
export interface FairIntakeOptions {
  /** Frames in one turn of the loop, from 1. @default 16 */
  readonly framesPerTurn?: number;
  /** Frames of all kinds; what comes faster waits in its sender. @default 2,000 a second, 4,000 at once */
  readonly frames?: Rate;
}

/** Dresses sockets so that no connection holds up the others. */
export type FairIntake = (socket: Socket) => Socket;

/** Creates the intake for all connections. [G23]
 *
 * What comes beyond its share waits for the next turn, in order; meanwhile nothing more is read of that socket, so at
 * most what one read of it brought waits here. `nextTurn` runs a function in the next turn of the event loop. */
export function createFairIntake(
  deps: { readonly clock: Clock; readonly nextTurn: (run: () => void) => void },
  options: FairIntakeOptions = {},
): FairIntake {
  const { framesPerTurn = 16, frames = { perSecond: 2000, burst: 4000 } } = options;
  let turn = 0;
  let isTurning = false;
  let waiting: (() => void)[] = [];
  const turnOn = (): void => {
    if (isTurning) return;
    isTurning = true;
    deps.nextTurn(() => {
      isTurning = false;
      turn += 1;
      const round = waiting;
      waiting = [];
      for (const goOn of round) goOn();
    });
  };

  const listen = (socket: Socket, listener: SocketListener): void => {
    const take = createTokenBucket(frames);
    let queue: string[] = [];
    let at = 0;
    let closed: readonly [number, string] | undefined;
    let taken = 0;
    let takenIn = -1;

    /** Undefined when one more frame may go in now; else how long to wait: 0 is the next turn. */
    const waitMs = (): number | undefined => {
      if (takenIn !== turn) {
        takenIn = turn;
        taken = 0;
      }
      if (taken >= framesPerTurn) return 0;
      // Whoever has left is not slowed down any more: there is no more to come.
      const ms = closed === undefined ? take(deps.clock.monotonicMs()) : 0;
      if (ms > 0) return ms;
      taken += 1;
      return undefined;
    };
    const later = (ms: number): void => {
      if (ms > 0) return void deps.clock.setTimer(ms, drain);
      waiting.push(drain);
      return turnOn();
    };
    const drain = (): void => {
      while (at < queue.length) {
        turnOn();
        const ms = waitMs();
        if (ms !== undefined) return later(ms);
        const text = queue[at] ?? "";
        at += 1;
        listener.onMessage(text);
      }
      queue = [];
      at = 0;
      if (closed !== undefined) listener.onClose(...closed);
      else socket.resume?.();
      return undefined;
    };
    socket.listen({
      onMessage(text) {
        turnOn();
        if (queue.length > 0) return void queue.push(text);
        const ms = waitMs();
        if (ms === undefined) return listener.onMessage(text);
        queue.push(text);
        socket.pause?.();
        return later(ms);
      },
      onClose(code, reason) {
        if (queue.length === 0) listener.onClose(code, reason);
        else closed = [code, reason];
      },
      onDrain: () => listener.onDrain(),
      onAlive: () => listener.onAlive(),
    });
  };
  return (socket) => ({
    listen: (listener) => listen(socket, listener),
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    bufferedBytes: () => socket.bufferedBytes(),
    probe: () => socket.probe?.(),
  });
}
