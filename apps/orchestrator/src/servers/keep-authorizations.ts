import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AuthorizationStore, StoredAuthorization } from "@kingly/mcp-batcher/servers";
import type { Log } from "@kingly/runtime";

/** The authorizations of servers, kept; and who wants to know what must never be shown of them. */
export interface KeptAuthorizations extends AuthorizationStore {
  /** Told the tokens, verifiers and secrets there are, and those that come. */
  onSecrets(listener: (secrets: readonly string[]) => void): void;
}

/** Keeps the authorizations of servers in `authorizations.json` of the home, mode 0600. [O85]
 *
 * A file as the token of the home is, not a table: no backup of the database holds a token, and a restored one brings none
 * back. One that cannot be read counts as empty and is not written over: what comes then lasts as long as the process. */
export function keepAuthorizations(homePath: string, log: Log): KeptAuthorizations {
  const path = join(homePath, "authorizations.json");
  let kept = new Map<string, unknown>();
  let isBroken = false;
  let listener = (_secrets: readonly string[]): void => {};
  if (existsSync(path)) {
    try {
      kept = new Map(Object.entries(readObject(readFileSync(path, "utf8"))));
    } catch {
      // Never its words: they may be a part of a token.
      isBroken = true;
      log.warn("the authorizations of servers cannot be read; mend the file or move it away", { path });
    }
  }
  return {
    get: (server) => kept.get(server),
    set(server, authorization) {
      if (authorization === undefined && !kept.has(server)) return;
      const others = [...kept].filter(([name]) => name !== server);
      const changed = new Map(authorization === undefined ? others : [...others, [server, authorization]]);
      listener(secretsIn(authorization));
      if (isBroken) {
        kept = changed;
        return;
      }
      const next = `${path}.next`;
      const text = `${JSON.stringify(Object.fromEntries(changed), null, 2)}\n`;
      // On the disk before it counts: a refresh token that was used is good for nothing after a cut of power, and one that
      // is still there was not forgotten.
      // A new file: one that a stop left behind, or that somebody put there, has a mode of its own.
      rmSync(next, { force: true });
      writeFileSync(next, text, { mode: 0o600, flag: "wx", flush: true });
      renameSync(next, path);
      kept = changed;
    },
    onSecrets(hear) {
      listener = hear;
      for (const authorization of kept.values()) hear(secretsIn(authorization));
    },
  };
}

function readObject(text: string): object {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("it is not an object");
  return value;
}

// It may come from a file that somebody has changed: every part may be missing.
function secretsIn(value: unknown): readonly string[] {
  const { tokens, pending, client } = (value ?? {}) as Partial<StoredAuthorization>;
  const all: readonly unknown[] = [
    tokens?.access_token,
    tokens?.refresh_token,
    tokens?.id_token,
    pending?.codeVerifier,
    pending?.state,
    (client as { readonly client_secret?: unknown } | null | undefined)?.client_secret,
  ];
  return all.filter((each) => typeof each === "string");
}
