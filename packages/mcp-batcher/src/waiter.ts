import type { Operation, Outcome } from "./operation.ts";

/** One `add`: its promise, settled exactly once, and its way out. */
export interface Waiter {
  readonly operation: Operation;
  readonly promise: Promise<Outcome>;
  /** Settles the promise. Later calls do nothing. */
  settle(outcome: Outcome): void;
}

/** Creates a waiter. `onCancel` is called once when the operation's signal aborts before it is settled. [M1][M9] */
export function createWaiter(operation: Operation, onCancel: () => void, onSettled: () => void): Waiter {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const { signal } = operation;
  let settled = false;
  signal?.addEventListener("abort", onCancel, { once: true });
  return {
    operation,
    promise,
    settle(outcome) {
      if (settled) return;
      settled = true;
      // A long-lived signal must not collect the listeners of all that it outlives.
      signal?.removeEventListener("abort", onCancel);
      onSettled();
      resolve(outcome);
    },
  };
}
