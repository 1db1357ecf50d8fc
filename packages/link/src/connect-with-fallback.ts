import type { Clock, Timer } from "@kingly/runtime";
import { closeCodes } from "./close-codes.ts";
import type { Connect } from "./link-client.ts";
import type { Socket } from "./socket.ts";

/** Two ways to a server. */
export interface FallbackOptions {
  /** The way that is tried first, each time. */
  readonly first: Connect;
  /** The way when the first does not open, or opened and never spoke. */
  readonly second: Connect;
  /** So long may the first take. Milliseconds, less than the client's `connectMs`, default 2,000. */
  readonly firstMs?: number;
  /** So often the first is tried while the second is in use. Milliseconds, default 60,000. */
  readonly againMs?: number;
}

/** Makes one `connect` of two: WebSocket first, what passes everywhere second, and back when the first opens again.
 *
 * The client keeps its cursor, outbox and status: to it a change of ways is a loss like any other. [LK42] */
export function connectWithFallback(deps: { readonly clock: Clock }, options: FallbackOptions): Connect {
  const { clock } = deps;
  const { first, second, firstMs = 2_000, againMs = 60_000 } = options;
  let isMute = false;

  const openFirst = async (signal: AbortSignal): Promise<Socket> => {
    const late = new AbortController();
    const timer = clock.setTimer(firstMs, () => late.abort());
    try {
      return await first(AbortSignal.any([signal, late.signal]));
    } finally {
      timer.cancel();
    }
  };
  /** A first way that opens and lets nothing through is none: the next time goes past it. */
  const watchFirst = (socket: Socket): Socket => {
    isMute = true;
    return listening(socket, () => (isMute = false));
  };
  const watchSecond = (socket: Socket): Socket => {
    const over = new AbortController();
    let timer: Timer | undefined;
    let drop = (): void => {};
    const tryAgain = async (): Promise<void> => {
      try {
        const opened = await openFirst(over.signal);
        opened.close(closeCodes.normal, "tried");
        if (!over.signal.aborted) drop();
      } catch {
        if (!over.signal.aborted) later();
      }
    };
    const later = (): void => void (timer = clock.setTimer(againMs, () => void tryAgain()));
    const end = (): void => {
      over.abort();
      timer?.cancel();
    };
    later();
    return {
      ...listening(
        socket,
        () => {},
        end,
        (onClose) => (drop = () => onClose(closeCodes.goingAway, "the first way is open again")),
      ),
      close(code, reason) {
        end();
        socket.close(code, reason);
      },
    };
  };

  return async (signal) => {
    const skip = isMute;
    isMute = false;
    if (!skip) {
      const opened = await openFirst(signal).catch(() => undefined);
      if (opened !== undefined) return watchFirst(opened);
    }
    return watchSecond(await second(signal));
  };
}

/** The same socket, with an ear on what its listener hears. */
function listening(
  socket: Socket,
  onMessage: () => void,
  onClose: () => void = () => {},
  giveClose: (close: (code: number, reason: string) => void) => void = () => {},
): Socket {
  return {
    ...socket,
    listen(listener) {
      const close = (code: number, reason: string): void => {
        onClose();
        listener.onClose(code, reason);
      };
      giveClose(close);
      socket.listen({
        ...listener,
        onMessage(text) {
          onMessage();
          listener.onMessage(text);
        },
        onClose: close,
      });
    },
  };
}
