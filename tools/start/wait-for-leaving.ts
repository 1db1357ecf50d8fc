import { setTimeout as sleep } from "node:timers/promises";
import { claimProcess } from "@kingly/home";
import type { Home } from "@kingly/home";

/** Waits while apps of a start that was killed still leave; after `withinMs` the new ones say themselves who is there. */
export async function waitForLeaving(
  home: Home,
  names: readonly string[],
  withinMs: number,
  onWait: () => void,
): Promise<void> {
  const untilMs = performance.now() + withinMs;
  let told = false;
  while (names.some((name) => isThere(home, name)) && performance.now() < untilMs) {
    if (!told) onWait();
    told = true;
    await sleep(50);
  }
}

/** Removes the pid file that a dead app left; tells whether a living one has it. */
export function isThere(home: Home, name: string): boolean {
  // Whoever can claim the name is alone. A dead holder is cleared away by it, a living one is left in peace.
  const claim = claimProcess(home, name);
  if (claim.ok) claim.release();
  return !claim.ok && claim.error.code === "already_running";
}
