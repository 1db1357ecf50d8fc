import type { Clock } from "@kingly/runtime";
import { returnToFirst } from "./return-to-first.ts";
import type { Connect } from "./socket.ts";
import { tryFirst } from "./try-first.ts";

/** Two ways to a server. */
export interface FallbackOptions {
  /** The way that is tried first, each time. */
  readonly first: Connect;
  /** The way when the first does not open, or opened and never spoke. */
  readonly second: Connect;
  /** So long may the first take. Milliseconds, less than the client's `connectMs`, default 2,000. */
  readonly firstMs?: number;
  /** So often the first is tried while the second is in use. Milliseconds, default 60,000. */
  readonly againMs?: number;
}

/** Makes one `connect` of two: WebSocket first, what passes everywhere second, and back when the first opens again.
 *
 * The client keeps its cursor, outbox and status: to it a change of ways is a loss like any other. [LK42] */
export function connectWithFallback(deps: { readonly clock: Clock }, options: FallbackOptions): Connect {
  const { clock } = deps;
  const { first, second, firstMs, againMs } = options;
  return tryFirst(
    clock,
    first,
    async (signal, first) => returnToFirst(clock, first, await second(signal), againMs),
    firstMs,
  );
}
