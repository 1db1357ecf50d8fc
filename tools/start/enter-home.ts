import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { claimProcess, prepareHome, readToken, resolveHome } from "@kingly/home";
import type { Environment, Home } from "@kingly/home";

/** The home, checked and claimed for this start; or the sentence that says what must be changed. */
export type HomeEntry =
  | { readonly ok: true; readonly home: Home; readonly token: string; readonly release: () => void }
  | { readonly ok: false; readonly message: string };

/** Where a running start notes its address, for a second one to name. */
export function addressPath(home: Home): string {
  return join(home.runPath, "start.address");
}

/** Checks settings, folders and token, and makes this process the only start of the home. */
export function enterHome(env: Environment, cwd: string): HomeEntry {
  const home = resolveHome(env, cwd);
  const [problem] = home.problems;
  if (problem !== undefined) return { ok: false, message: problem.message };
  if (!canBeMade(home.path)) {
    return { ok: false, message: `No folder can be made at ${home.path}: set KINGLY_HOME to another place.` };
  }
  const prepared = prepareHome(home);
  if (!prepared.ok) return { ok: false, message: prepared.error.message };
  const reading = readToken(home, env);
  if (!reading.ok) return { ok: false, message: reading.error.message };
  const claim = claimProcess(home, "start");
  if (claim.ok) return { ok: true, home, token: reading.token, release: () => claim.release() };
  if (claim.error.code !== "already_running") return { ok: false, message: claim.error.message };
  return {
    ok: false,
    message: `Kingly already runs in ${home.path} at ${readAddress(home)} (pid ${claim.error.pid}); stop it first, or set KINGLY_HOME to another folder.`,
  };
}

// Where a folder stands that can hold none, as in /proc, the answer is ENOENT; Node's recursive mkdir then tries for
// ever. Every other failure is told better by prepareHome.
function canBeMade(path: string): boolean {
  const parent = dirname(path);
  if (parent === path || existsSync(path)) return true;
  if (!canBeMade(parent)) return false;
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (thrown) {
    return !(thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT" && existsSync(parent));
  }
}

function readAddress(home: Home): string {
  try {
    const text = readFileSync(addressPath(home), "utf8").trim();
    if (/^http:\/\/127\.0\.0\.1:\d+$/.test(text)) return text;
  } catch {
    // It has not come so far: our own settings are the best that is known.
  }
  return `http://127.0.0.1:${home.gatewayPort}`;
}
