import type { AuthorizationEnd, Servers } from "@kingly/mcp-batcher/servers";
import type { Clock, Log } from "@kingly/runtime";

/** Where a server stands for a person who wants to authorize it. */
export interface ConsentState {
  readonly server: string;
  readonly status: string;
  /** What to open in a browser; absent: no consent is asked for. */
  readonly authorizationUrl?: string;
  readonly reason?: { readonly code: string; readonly message: string; readonly hint: string };
}

/** The consents that servers need of a person: asked for, awaited, and answered. */
export interface Consents {
  /** Asks the server again, so that there is something to open; undefined: there is no such server. */
  begin(server: string, signal: AbortSignal): Promise<ConsentState | undefined>;
  /** The answer for that server since it was last begun, or the next one; undefined when none came within a minute. */
  wait(server: string, signal: AbortSignal): Promise<AuthorizationEnd | undefined>;
  /** Takes what a browser came back with. [O86] */
  answer(query: string): Promise<AuthorizationEnd>;
}

/** The exact path that browsers come back to. [O86] */
export const callbackPath = "/oauth/callback";

const longestWaitMs = 60_000;

/** Creates the consents of the house's servers. [O86][O87] */
export function createConsents(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly servers: Servers;
}): Consents {
  const { clock, log, servers } = deps;
  const waiting = new Set<(end: AuthorizationEnd) => void>();
  // A browser may come back before anybody waits for it.
  const ends = new Map<string, AuthorizationEnd>();
  const stateOf = (server: string): ConsentState | undefined => {
    const state = servers.states().find(({ name }) => name === server);
    if (state === undefined) return undefined;
    const { status, authorizationUrl, reason } = state;
    return {
      server,
      status,
      ...(authorizationUrl === undefined ? {} : { authorizationUrl }),
      ...(reason === undefined ? {} : { reason }),
    };
  };
  return {
    async begin(server, signal) {
      ends.delete(server);
      // What it meets is in the state.
      await servers.listTools(server, signal).catch(() => {});
      return stateOf(server);
    },
    wait: (server, signal) =>
      new Promise((resolve) => {
        const leave = (end?: AuthorizationEnd): void => {
          waiting.delete(hear);
          timer.cancel();
          signal.removeEventListener("abort", onAbort);
          resolve(end);
        };
        const early = ends.get(server);
        if (early !== undefined) return resolve(early);
        const onAbort = (): void => leave();
        const hear = (end: AuthorizationEnd): void => {
          if (end.server === server) leave(end);
        };
        const timer = clock.setTimer(longestWaitMs, leave);
        waiting.add(hear);
        signal.addEventListener("abort", onAbort);
        return undefined;
      }),
    async answer(query) {
      const end = await servers.finishAuthorization(query);
      if (end.ok) log.info("a server was authorized", { server: end.server, status: end.status });
      else log.warn("a consent did not end in an authorization", { server: end.server, code: end.error.code });
      if (end.server !== undefined) ends.set(end.server, end);
      for (const hear of waiting) hear(end);
      return end;
    },
  };
}
