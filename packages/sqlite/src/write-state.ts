import type { DatabaseClock } from "./clock.ts";
import { DatabaseError, isDatabaseError } from "./database-error.ts";
import type { DatabaseErrorCode } from "./database-error.ts";

/** Whether the file takes writes now. `why` is the code and message of the commit that failed. */
export type DatabaseState =
  | { readonly state: "ok" }
  | { readonly state: "read_only"; readonly why: { readonly code: DatabaseErrorCode; readonly message: string } };

/** Keeps a file whose disk fails readable: writes are refused at once, and one is let through now and then. [DB19] */
export interface WriteState {
  now(): DatabaseState;
  /** Returns why a new unit is refused, or undefined when it may be tried. */
  refusal(): DatabaseError | undefined;
  committed(): void;
  /** Takes note of a failed commit; returns the error that its callers get. */
  failed(error: unknown): unknown;
}

const ofTheDisk: ReadonlySet<DatabaseErrorCode> = new Set(["FULL", "IO", "READ_ONLY"]);

/** Creates the state. A change is told to `changed`, which must not throw. */
export function createWriteState(
  deps: { readonly clock: DatabaseClock; changed(state: DatabaseState): void },
  options: { readonly path: string; readonly writeRetryMs: number },
): WriteState {
  let now: DatabaseState = { state: "ok" };
  let nextTryMs = 0;
  return {
    now: () => now,
    refusal() {
      if (now.state === "ok") return undefined;
      const nowMs = deps.clock.monotonicMs();
      if (nowMs >= nextTryMs) {
        // This unit finds out; those that come before it knows are refused.
        nextTryMs = nowMs + options.writeRetryMs;
        return undefined;
      }
      const message = `${options.path} takes no writes now, reads go on. ${now.why.message} The next try is in ${Math.ceil(nextTryMs - nowMs)} ms.`;
      return new DatabaseError(now.why.code, message);
    },
    committed() {
      if (now.state === "ok") return;
      now = { state: "ok" };
      deps.changed(now);
    },
    failed(error) {
      if (!isDatabaseError(error) || !ofTheDisk.has(error.code)) return error;
      nextTryMs = deps.clock.monotonicMs() + options.writeRetryMs;
      const wasOk = now.state === "ok";
      now = { state: "read_only", why: { code: error.code, message: error.message } };
      if (wasOk) deps.changed(now);
      return error;
    },
  };
}
