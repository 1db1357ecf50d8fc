import { readFileSync } from "node:fs";
import { join } from "node:path";
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

function readAddress(home: Home): string {
  try {
    const text = readFileSync(addressPath(home), "utf8").trim();
    if (/^http:\/\/127\.0\.0\.1:\d+$/.test(text)) return text;
  } catch {
    // It has not come so far: our own settings are the best that is known.
  }
  return `http://127.0.0.1:${home.gatewayPort}`;
}
