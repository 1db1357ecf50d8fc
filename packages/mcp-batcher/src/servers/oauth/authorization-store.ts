import type { OAuthDiscoveryState } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";

/** A consent that a person was asked for: what its answer must fit. */
export interface PendingAuthorization {
  /** Chance that comes back with the answer, and proves that it answers this question. */
  readonly state: string;
  readonly codeVerifier: string;
  readonly redirectUrl: string;
  /** What the person opens. */
  readonly authorizationUrl: string;
  readonly scope?: string;
  /** The authorization server as it was found then: the code goes to no other. */
  readonly discovery: OAuthDiscoveryState;
  /** When it was asked, in milliseconds of the clock. */
  readonly sinceMs: number;
}

/** All that is kept of one server's authorization. Plain JSON, and secret as a whole. */
export interface StoredAuthorization {
  /** The address that it was made for: it is used for no other. */
  readonly serverUrl: string;
  /** Who we are for its authorization server, as it was registered. */
  readonly client?: OAuthClientInformationMixed;
  /** The address that `client` was registered with. */
  readonly clientRedirectUrl?: string;
  readonly tokens?: OAuthTokens;
  readonly pending?: PendingAuthorization;
}

/** Where authorizations are kept, by the names of servers; given by the app, so that they outlive the process. Only one
 * process may use it at a time. What it gives back is checked: something else counts as nothing. */
export interface AuthorizationStore {
  get(server: string): unknown;
  /** Undefined: forget it. */
  set(server: string, authorization: StoredAuthorization | undefined): void | Promise<void>;
}

/** Creates a store that lasts as long as the process. */
export function createMemoryAuthorizations(): AuthorizationStore {
  const kept = new Map<string, StoredAuthorization>();
  return {
    get: (server) => kept.get(server),
    set(server, authorization) {
      if (authorization === undefined) kept.delete(server);
      else kept.set(server, authorization);
    },
  };
}

/** Reads what a store gave: nothing unless it was made for this address and is whole. [M45] */
export function readStored(value: unknown, serverUrl: string): StoredAuthorization {
  const none = { serverUrl };
  if (!isObject(value) || value["serverUrl"] !== serverUrl) return none;
  const { client, clientRedirectUrl, tokens, pending } = value;
  return {
    serverUrl,
    ...(isObject(client) && areTexts(client, ["client_id"]) ? { client: client as OAuthClientInformationMixed } : {}),
    ...(typeof clientRedirectUrl === "string" ? { clientRedirectUrl } : {}),
    ...(isObject(tokens) && areTexts(tokens, ["access_token", "token_type"]) ? { tokens: tokens as OAuthTokens } : {}),
    ...(isPending(pending) ? { pending } : {}),
  };
}

function isPending(value: unknown): value is PendingAuthorization {
  const names = ["state", "codeVerifier", "redirectUrl", "authorizationUrl"];
  return isObject(value) && areTexts(value, names) && isObject(value["discovery"]) && Number.isFinite(value["sinceMs"]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function areTexts(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === "string" && value[name] !== "");
}
