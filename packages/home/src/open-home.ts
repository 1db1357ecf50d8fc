import { claimProcess } from "./claim-process.ts";
import { prepareHome } from "./prepare-home.ts";
import { readToken } from "./read-token.ts";
import { resolveHome } from "./resolve-home.ts";
import type { Environment, Home } from "./resolve-home.ts";

/** An open home: where it is, its token, and the claim to be the only process of this name in it. */
export type HomeOpening =
  | { readonly ok: true; readonly home: Home; readonly token: string; release(): void }
  | { readonly ok: false; readonly message: string };

/** Does what every process of a Kingly does first: settings, folders, token, claim; in this order. [H15]
 *
 * The first thing that fails is told in one sentence that says what to do; nothing stays claimed then. */
export function openHome(env: Environment, cwd: string, name: string): HomeOpening {
  const home = resolveHome(env, cwd);
  const [problem] = home.problems;
  if (problem !== undefined) return { ok: false, message: problem.message };
  const prepared = prepareHome(home);
  if (!prepared.ok) return { ok: false, message: prepared.error.message };
  const reading = readToken(home, env);
  if (!reading.ok) return { ok: false, message: reading.error.message };
  const claim = claimProcess(home, name);
  if (!claim.ok) return { ok: false, message: claim.error.message };
  return { ok: true, home, token: reading.token, release: () => claim.release() };
}
