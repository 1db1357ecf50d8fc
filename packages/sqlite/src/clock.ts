/** A timer that has been set. Cancelling it twice, or after it fired, does nothing. */
export interface DatabaseTimer {
  cancel(): void;
}

/** Time as this room needs it; the `Clock` of @kingly/runtime fits. `nowMs` only names backups, the rest is monotonic. */
export interface DatabaseClock {
  nowMs(): number;
  monotonicMs(): number;
  setTimer(afterMs: number, fire: () => void): DatabaseTimer;
}

/** Creates the machine's clock. Its timers never keep the process alive: an open database is no reason to stay. */
export function createDatabaseClock(): DatabaseClock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    setTimer(afterMs, fire) {
      const handle = setTimeout(fire, afterMs);
      handle.unref();
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
