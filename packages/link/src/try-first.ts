import type { Clock } from "@kingly/runtime";
import type { Connect } from "./socket.ts";

/** The way that is used when the first is not; `first` gives up by itself, for whoever goes on trying it. */
export type ConnectInstead = (signal: AbortSignal, first: Connect) => ReturnType<Connect>;

/** Makes one `connect` of two: `first`, given up after `firstMs`, then `instead`. [LK42]
 *
 * A first way that opens and lets nothing through is none: the next time goes past it, once. */
export function tryFirst(clock: Clock, first: Connect, instead: ConnectInstead, firstMs = 2_000): Connect {
  let isMute = false;

  const inTime: Connect = async (signal) => {
    const late = new AbortController();
    const timer = clock.setTimer(firstMs, () => late.abort());
    try {
      return await first(AbortSignal.any([signal, late.signal]));
    } finally {
      timer.cancel();
    }
  };
  return async (signal) => {
    const opened = isMute ? undefined : await inTime(signal).catch(() => undefined);
    isMute = opened !== undefined;
    if (opened === undefined) return instead(signal, inTime);
    const listen: typeof opened.listen = (listener) =>
      opened.listen({
        ...listener,
        onMessage(text) {
          isMute = false;
          listener.onMessage(text);
        },
      });
    return { ...opened, listen };
  };
}
