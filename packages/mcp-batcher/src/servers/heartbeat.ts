import type { Clock, Timer } from "@kingly/runtime";

/** Pings a server while calls run on it, and tells them each answer. */
export interface Heartbeat {
  /** Begins to tell a call; call the answer when the call has ended. */
  watch(onAlive: () => void): () => void;
  /** When a ping was last answered, in milliseconds of the monotonic clock. */
  heardMs(): number | undefined;
}

/** Creates a heartbeat: a ping every `everyMs` while anything is watched, never two at once. An error is an answer too:
 * only silence is silence. [M31] */
export function createHeartbeat(clock: Clock, ping: () => Promise<void>, everyMs: number): Heartbeat {
  const watching = new Set<() => void>();
  let timer: Timer | undefined;
  let isAsking = false;
  let heardMs: number | undefined;

  const ask = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    try {
      await ping();
      heardMs = clock.monotonicMs();
      for (const onAlive of watching) onAlive();
    } catch {
      // The connection's end is told by the connection.
    } finally {
      isAsking = false;
    }
  };
  const beat = (): void => {
    timer = clock.setTimer(everyMs, () => {
      void ask();
      beat();
    });
  };
  return {
    watch(onAlive) {
      const each = (): void => onAlive();
      watching.add(each);
      if (timer === undefined) beat();
      return () => {
        watching.delete(each);
        if (watching.size > 0) return;
        timer?.cancel();
        timer = undefined;
      };
    },
    heardMs: () => heardMs,
  };
}
