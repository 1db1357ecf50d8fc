/** Returns how long to wait after a failed attempt: full jitter below an exponential ceiling. [Q15]
 *
 * `attempt` is the one that failed, from 1; `fraction` is chance in [0, 1). The ceiling is `backoffMs` after the first
 * attempt, doubles with each one, and never exceeds `maxBackoffMs`. */
export function backoffMs(
  attempt: number,
  fraction: number,
  limits: { readonly backoffMs: number; readonly maxBackoffMs: number },
): number {
  const ceilingMs = Math.min(limits.maxBackoffMs, limits.backoffMs * 2 ** Math.max(0, attempt - 1));
  return Math.floor(fraction * ceilingMs);
}
