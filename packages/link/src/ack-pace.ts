import type { Clock, Timer } from "@kingly/runtime";

/** Decides when an acknowledgement that is owed goes out. */
export interface AckPace {
  /** Something new may be acknowledged. */
  owe(): void;
  stop(): void;
}

/** Creates the pace: at once after a rest, then at most one in `everyMs`, the last one always. [LK20]
 *
 * `send` gives what was sent, or nothing. An acknowledgement covers all before it: one for each batch of a
 * busy stream would cost both sides a frame that says nothing the next one does not say. */
export function createAckPace(clock: Clock, everyMs: number, send: () => unknown): AckPace {
  let timer: Timer | undefined;
  const pay = (): void => {
    timer = send() ? clock.setTimer(everyMs, pay) : undefined;
  };
  return {
    owe() {
      if (!timer) pay();
    },
    stop() {
      timer?.cancel();
      timer = undefined;
    },
  };
}
