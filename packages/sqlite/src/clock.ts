/** A timer that has been set. Cancelling it twice, or after it fired, does nothing. */
export interface DatabaseTimer {
  cancel(): void;
  /** Lets the process leave before it fires; where it is missing, the timer keeps the process. */
  unref?(): void;
}

/** Time as this room needs it; the `Clock` of @kingly/runtime fits. `nowMs` only names backups, the rest is monotonic. */
export interface DatabaseClock {
  nowMs(): number;
  monotonicMs(): number;
  setTimer(afterMs: number, fire: () => void): DatabaseTimer;
}

/** Creates the machine's clock. */
export function createDatabaseClock(): DatabaseClock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    setTimer(afterMs, fire) {
      const handle = setTimeout(fire, afterMs);
      return { cancel: () => clearTimeout(handle), unref: () => void handle.unref() };
    },
  };
}

/** Sets a timer that is no reason for the process to stay: for what an open database does when nobody waits. */
export function setQuietTimer(clock: DatabaseClock, afterMs: number, fire: () => void): DatabaseTimer {
  const timer = clock.setTimer(afterMs, fire);
  timer.unref?.();
  return timer;
}
