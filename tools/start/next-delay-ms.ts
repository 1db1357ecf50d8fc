const firstMs = 250;
const longestMs = 10_000;
const soundLifeMs = 30_000;

/** Says how long to wait before a dead app is started again: 250 ms, doubling to 10 s, anew after 30 s of life. */
export function nextDelayMs(lastDelayMs: number, livedMs: number): number {
  if (lastDelayMs === 0 || livedMs >= soundLifeMs) return firstMs;
  return Math.min(lastDelayMs * 2, longestMs);
}
