import type { Clock, Timer } from "@kingly/runtime";
import * as closeCodes from "./close-codes.ts";
import type { Connect, Socket } from "./socket.ts";

/** Dresses the socket of a second way: every `againMs` the first is tried, and when it opens this one is lost. [LK42] */
export function returnToFirst(clock: Clock, first: Connect, socket: Socket, againMs = 60_000): Socket {
  const over = new AbortController();
  let timer: Timer | undefined;
  let drop = (): void => {};

  const tryAgain = async (): Promise<void> => {
    const opened = await first(over.signal).catch(() => undefined);
    opened?.close(closeCodes.normal, "tried");
    if (over.signal.aborted) return;
    if (opened === undefined) later();
    else drop();
  };
  const later = (): void => void (timer = clock.setTimer(againMs, () => void tryAgain()));
  const end = (): void => {
    over.abort();
    timer?.cancel();
  };

  later();
  return {
    ...socket,
    listen(listener) {
      const onClose = (code: number, reason: string): void => {
        end();
        listener.onClose(code, reason);
      };
      drop = () => onClose(closeCodes.goingAway, "the first way is open again");
      socket.listen({ ...listener, onClose });
    },
    close(code, reason) {
      end();
      socket.close(code, reason);
    },
  };
}
