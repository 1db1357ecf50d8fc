// Loaded before a server (`--import`): at SIGUSR2 six hours pass. The wall clock jumps, and what runs every ten seconds or
// more runs once, as it would have; connections stay, because no timer of theirs is touched.
import { isMainThread } from "node:worker_threads";

const hours = 6;
if (isMainThread) {
  let passedMs = 0;
  const nowMs = Date.now;
  Date.now = () => nowMs() + passedMs;
  const every = globalThis.setInterval;
  const sweeps: (() => void)[] = [];
  globalThis.setInterval = ((run: () => void, everyMs?: number, ...more: []) => {
    if (typeof everyMs === "number" && everyMs >= 10_000) sweeps.push(() => run(...more));
    return every(run, everyMs, ...more);
  }) as typeof setInterval;
  process.on("SIGUSR2", () => {
    passedMs += hours * 3_600_000;
    for (const sweep of sweeps) sweep();
  });
}
