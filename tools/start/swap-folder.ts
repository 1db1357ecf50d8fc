import { readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { processIsAlive } from "@kingly/home";

const maxAttempts = 20;

/** Puts the folder `from` in the place of `to`, both on one disk. Whoever does the same at once only comes before or after. */
export function swapFolder(from: string, to: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // A folder with something in it is never replaced by this.
      return renameSync(from, to);
    } catch (thrown) {
      if (attempt === maxAttempts) throw thrown;
    }
    const old = draftFolder(to, `old${attempt}`);
    try {
      renameSync(to, old);
    } catch {
      // Somebody else has just moved it away.
      continue;
    }
    rmSync(old, { recursive: true, force: true });
  }
}

/** Names a folder beside `to` that only this process uses. */
export function draftFolder(to: string, word: string): string {
  return `${to}-draft-${process.pid}-${word}`;
}

/** Removes what processes that are dead left behind beside `to`. */
export function sweepDrafts(to: string): void {
  const folder = dirname(to);
  for (const name of readdirSync(folder)) {
    const pid = /-draft-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !processIsAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
