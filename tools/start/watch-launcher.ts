import { readFileSync } from "node:fs";
import { processIsAlive } from "@kingly/home";

const everyMs = 1000;
const maxDepth = 8;
// `npm exec ...`, `.../bin/pnpm start`, `.../npx-cli.js`; not a path through `node_modules/.pnpm/`.
const launcherWord = /(^|[\s/])(npx|npm|pnpm)(-cli)?(\.[cm]?js)?(\s|$)/;

/** Calls `onGone` once when the package manager that runs this script has died: pnpm, or the npx above it.
 *
 * A signal to npx alone never reaches its children. Started without a package manager, nothing is watched: whoever
 * puts it in the background of a shell wants it to stay. Above the parent is looked only where /proc exists. */
export function watchLauncher(env: NodeJS.ProcessEnv, onGone: () => void): { close(): void } {
  if (env["npm_lifecycle_event"] === undefined) return { close() {} };
  const parent = process.ppid;
  const above = launchersAbove(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && above.every((pid) => processIsAlive(pid))) return;
    clearInterval(timer);
    onGone();
  }, everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

// Between npx and pnpm may stand a shell. What counts ends with the last package manager: a terminal may go.
function launchersAbove(pid: number): readonly number[] {
  const chain: { readonly pid: number; readonly launches: boolean }[] = [];
  for (let at: number | undefined = pid; at !== undefined && at > 1 && chain.length < maxDepth; at = parentOf(at)) {
    const words = readWords(at);
    const isShell = /^(\S*\/)?(sh|dash|bash|zsh|busybox)( |$)/.test(words);
    const launches = !isShell && launcherWord.test(words);
    if (!isShell && !launches) break;
    chain.push({ pid: at, launches });
  }
  return chain.slice(0, chain.findLastIndex((link) => link.launches) + 1).map((link) => link.pid);
}

function readWords(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command stands in brackets and may hold anything: count from the last one.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
