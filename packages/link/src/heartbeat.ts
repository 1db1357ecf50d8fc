import type { Clock, Timer } from "@kingly/runtime";

/** When a quiet peer is asked for a sign of life, and when it counts as dead. */
export interface HeartbeatTimes {
  /** A peer quiet for so long is asked. Milliseconds, default 2,000. */
  readonly idleMs: number;
  /** A peer quiet for so long, although asked, is dead. Milliseconds, more than `idleMs`, default 5,000. */
  readonly deadMs: number;
}

/** The defaults of {@link HeartbeatTimes}. */
export const defaultHeartbeat: HeartbeatTimes = { idleMs: 2_000, deadMs: 5_000 };

/** Watches whether the other side is alive. */
export interface Heartbeat {
  /** Any frame, or another sign of life, arrived. */
  readonly heard: () => void;
  stop(): void;
}

// A timer that comes so late means that this process slept: the answer may lie unread in the socket.
const asleepMs = 1_000;

/** Starts watching: `probe` when nothing was heard for `idleMs`, `dead` when a probe stays unanswered. [LK19]
 *
 * Hearing costs one assignment; the timer is set again only when it fires. */
export function startHeartbeat(
  clock: Clock,
  { idleMs, deadMs }: HeartbeatTimes,
  probe: () => void,
  dead: () => void,
): Heartbeat {
  let heardAtMs = clock.monotonicMs();
  let unanswered = false;
  let timer: Timer;

  const watchFor = (afterMs: number): void => {
    const dueAtMs = clock.monotonicMs() + afterMs;
    timer = clock.setTimer(afterMs, () => look(clock.monotonicMs() - dueAtMs));
  };
  const ask = (): void => {
    unanswered = true;
    watchFor(deadMs - idleMs);
    probe();
  };
  const look = (lateMs: number): void => {
    const quietMs = clock.monotonicMs() - heardAtMs;
    if (quietMs < idleMs) watchFor(idleMs - quietMs);
    else if (!unanswered || lateMs > asleepMs) ask();
    else dead();
  };

  watchFor(idleMs);
  return {
    heard() {
      heardAtMs = clock.monotonicMs();
      unanswered = false;
    },
    stop: () => timer.cancel(),
  };
}
