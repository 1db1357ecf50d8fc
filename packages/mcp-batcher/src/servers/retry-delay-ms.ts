const firstMs = 500;
const longestMs = 30_000;

/** Computes the wait before the try after `attempt` failed ones: 0.5 s doubling to 30 s, with up to a quarter more. [M22]
 *
 * `fraction` is chance in [0, 1), so that many servers do not all come back in one instant. */
export function retryDelayMs(attempt: number, fraction: number): number {
  const doubledMs = firstMs * 2 ** Math.min(Math.max(0, attempt - 1), 10);
  return Math.min(longestMs, Math.round(doubledMs * (1 + fraction / 4)));
}
