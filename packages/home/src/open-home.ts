import { claimProcess } from "./claim-process.ts";
import { prepareHome } from "./prepare-home.ts";
import { readToken } from "./read-token.ts";
import { resolveHome } from "./resolve-home.ts";
import type { Environment, Home } from "./resolve-home.ts";

/** An open home: its token and the claim to be the only process of this name in it; or what must be changed first. */
export type HomeOpening =
  | {
      readonly ok: true;
      readonly home: Home;
      readonly token: string;
      /** True when others could read the token until now: tell the person to delete it for a new one. */
      readonly tokenWasOpen: boolean;
      release(): void;
    }
  | { readonly ok: false; readonly home: Home; readonly code: string; readonly message: string; readonly pid?: number };

/** Does what every process of a Kingly does first: settings, folders, token, claim; in this order. [H15]
 *
 * The first thing that fails is told in one sentence that says what to do; nothing stays claimed then. */
export function openHome(env: Environment, cwd: string, name: string): HomeOpening {
  const home = resolveHome(env, cwd);
  const [problem] = home.problems;
  if (problem !== undefined) return { ok: false, home, code: problem.code, message: problem.message };
  const prepared = prepareHome(home);
  if (!prepared.ok) return { ok: false, home, ...prepared.error };
  const reading = readToken(home, env);
  if (!reading.ok) return { ok: false, home, ...reading.error };
  const claim = claimProcess(home, name);
  if (!claim.ok) return { ok: false, home, ...claim.error };
  return { ok: true, home, token: reading.token, tokenWasOpen: reading.tightened, release: () => claim.release() };
}
