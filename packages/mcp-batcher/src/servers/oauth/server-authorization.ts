import type { HttpServerEntry, ServerEntry } from "../server-entry.ts";
import { isHttpEntry } from "../server-entry.ts";
import {
  authorizationFailed,
  consentNeeded,
  invalidCallback,
  scopeNeeded,
  toAuthorizationError,
} from "./authorization-errors.ts";
import { readStored } from "./authorization-store.ts";
import type { AuthorizationStore, StoredAuthorization } from "./authorization-store.ts";
import type { Refusal, RequestAuthorization } from "./authorized-fetch.ts";
import { isLoopback } from "./check-oauth-url.ts";
import { finishConsent, fitsState } from "./finish-consent.ts";
import { consentMs, obtainToken } from "./obtain-token.ts";
import type { FlowDeps } from "./obtain-token.ts";
import type { AuthorizationRecord } from "./oauth-provider.ts";

/** The authorization of one server, across its connections. */
export interface ServerAuthorization {
  /** That of a connection to the entry; undefined when the entry has none, or brings its own header. */
  use(entry: ServerEntry): RequestAuthorization | undefined;
  /** What a person has to open; undefined when nothing waits for it. */
  pendingUrl(): string | undefined;
  /** What must not be shown of it: values by the names to show instead. */
  secrets(): ReadonlyMap<string, string>;
  /** Whether an answer with this state is for this server. */
  isAskedBy(entry: ServerEntry, state: string): Promise<boolean>;
  /** Takes the answer to a consent. Rejects with an {@link McpBatcherError}. [M46] */
  finish(entry: ServerEntry, answer: URLSearchParams): Promise<void>;
  /** Forgets tokens, registration and what waits, for good: nothing is kept by this one after it. */
  forget(): Promise<void>;
}

/** What it needs beside flows. */
export interface AuthorizationDeps extends FlowDeps {
  readonly store: AuthorizationStore;
  readonly consentHint: (server: string) => string;
  /** Told when a consent is asked for, or no more. */
  readonly onChange: () => void;
}

// A server that refuses and an error that tells of it may still speak of the one before.
const maxSecrets = 32;

/** Creates the authorization of a server. What refuses many requests at once is answered once. [M43][M45] */
export function createServerAuthorization(deps: AuthorizationDeps, name: string): ServerAuthorization {
  let kept: StoredAuthorization | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isForgotten = false;
  const secrets = new Map<string, string>();

  const keepSecrets = ({ tokens, pending, client }: StoredAuthorization): void => {
    const found = {
      "access token": tokens?.access_token,
      "refresh token": tokens?.refresh_token,
      "ID token": tokens?.id_token,
      "code verifier": pending?.codeVerifier,
      "client secret": client !== undefined && "client_secret" in client ? client.client_secret : undefined,
    };
    for (const [label, value] of Object.entries(found)) {
      if (value !== undefined && value.length >= 6) secrets.set(value, label);
    }
    for (const value of secrets.keys()) if (secrets.size > maxSecrets) secrets.delete(value);
  };
  const load = async (serverUrl: string): Promise<StoredAuthorization> => {
    if (kept?.serverUrl === serverUrl) return kept;
    kept = readStored(await deps.store.get(name), serverUrl);
    keepSecrets(kept);
    return kept;
  };
  const recordOf = async (serverUrl: string): Promise<AuthorizationRecord> => {
    await load(serverUrl);
    return {
      read: () => (kept?.serverUrl === serverUrl ? kept : { serverUrl }),
      async change(change) {
        const entries = Object.entries({ ...kept, ...change, serverUrl }).filter(([, value]) => value !== undefined);
        const next = { ...(Object.fromEntries(entries) as Partial<StoredAuthorization>), serverUrl };
        const isOther = kept?.pending?.state !== next.pending?.state;
        if (isForgotten) return;
        kept = next;
        keepSecrets(next);
        await deps.store.set(name, next);
        if (isOther) deps.onChange();
      },
    };
  };
  // One after another: a refresh token that is used twice is taken for a stolen one.
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };
  const renew = async (entry: HttpServerEntry, refusal: Refusal): Promise<void> => {
    const record = await recordOf(entry.url);
    const now = record.read().tokens?.access_token;
    if (now !== undefined && now !== refusal.token) return;
    let scope: string | undefined;
    try {
      const pending = await obtainToken(deps, entry, record, refusal);
      if (pending === undefined) return;
      ({ scope } = pending);
      throw consentNeeded(scope, deps.consentHint(name));
    } catch (cause) {
      const error = toAuthorizationError(cause);
      throw refusal.isStepUp ? scopeNeeded(error, scope ?? "an unknown scope") : error;
    }
  };
  const wants = (entry: ServerEntry): entry is HttpServerEntry => {
    if (!isHttpEntry(entry) || entry.oauth === false) return false;
    if (Object.keys(entry.headers ?? {}).some((header) => header.toLowerCase() === "authorization")) return false;
    return entry.oauth !== undefined || deps.redirectUrl !== undefined;
  };
  return {
    use(entry) {
      if (!wants(entry)) return undefined;
      const url = URL.parse(entry.url);
      const isSafe = url !== null && (url.protocol === "https:" || isLoopback(url));
      return {
        token: async () => (isSafe ? (await load(entry.url)).tokens?.access_token : undefined),
        async renew(refusal) {
          if (isSafe) return inTurn(() => renew(entry, refusal));
          throw authorizationFailed(
            "The server wants to know who asks, over http: a token would be read by everybody on the way.",
            "Use its https address.",
          );
        },
      };
    },
    pendingUrl() {
      const pending = kept?.pending;
      return pending === undefined || deps.clock.nowMs() - pending.sinceMs >= consentMs
        ? undefined
        : pending.authorizationUrl;
    },
    secrets: () => secrets,
    isAskedBy: async (entry, state) => wants(entry) && fitsState((await load(entry.url)).pending, state),
    async finish(entry, answer) {
      if (!wants(entry)) throw invalidCallback("its server is not one that a person consents to");
      await inTurn(async () => {
        try {
          await finishConsent(deps, entry, await recordOf(entry.url), answer);
        } catch (cause) {
          throw toAuthorizationError(cause);
        }
      });
    },
    async forget() {
      isForgotten = true;
      kept = undefined;
      await deps.store.set(name, undefined);
    },
  };
}
