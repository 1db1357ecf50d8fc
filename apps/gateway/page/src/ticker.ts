import type { Clock, Timer } from "@kingly/runtime";

/** Ticks once a second for as long as somebody listens. */
export interface Ticker {
  nowMs(): number;
  subscribe(listener: () => void): () => void;
}

/** Creates a ticker that sets no timer while nobody listens. */
export function createTicker(clock: Clock): Ticker {
  const listeners = new Set<() => void>();
  let timer: Timer | undefined;
  const tick = (): void => {
    // On the second, so that everything that counts changes together.
    timer = clock.setTimer(1_000 - (clock.nowMs() % 1_000), () => {
      tick();
      for (const listener of listeners) listener();
    });
  };
  return {
    nowMs: () => clock.nowMs(),
    subscribe(listener) {
      listeners.add(listener);
      if (timer === undefined) tick();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        timer?.cancel();
        timer = undefined;
      };
    },
  };
}
