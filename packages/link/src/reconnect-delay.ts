/** How long a client waits before it tries again. */
export interface ReconnectTimes {
  /** The widest first wait. Milliseconds, default 250. */
  readonly reconnectMinMs: number;
  /** The widest wait of all. Milliseconds, default 5,000. */
  readonly reconnectMaxMs: number;
}

/** Computes the wait before attempt number `attempt` (1 is the first retry), in whole milliseconds. [LK28]
 *
 * Full jitter: `fraction` (in [0, 1)) of a width that doubles with each attempt, so that a thousand clients of one
 * restarted server do not come back at once. */
export function reconnectDelay(attempt: number, fraction: number, times: ReconnectTimes): number {
  const widthMs = Math.min(times.reconnectMaxMs, times.reconnectMinMs * 2 ** (attempt - 1));
  return Math.floor(fraction * widthMs);
}
