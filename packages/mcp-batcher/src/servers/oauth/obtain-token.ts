import type { Clock, Random } from "@kingly/runtime";
import type { Lookup } from "../check-address.ts";
import type { FetchLike } from "../guard-fetch.ts";
import type { HttpServerEntry } from "../server-entry.ts";
import { authorizationFailed, headerHint, waysUnknown } from "./authorization-errors.ts";
import type { PendingAuthorization } from "./authorization-store.ts";
import type { Refusal } from "./authorized-fetch.ts";
import { checkOAuthUrl, isLoopback } from "./check-oauth-url.ts";
import { chooseScope, coversScope } from "./choose-scope.ts";
import { discover, isSameUrl } from "./discover.ts";
import { createOAuthFetch } from "./oauth-fetch.ts";
import type { OAuthFetch } from "./oauth-fetch.ts";
import { createOAuthProvider } from "./oauth-provider.ts";
import type { AuthorizationRecord, OAuthFlow } from "./oauth-provider.ts";
import type { OAuthSettings } from "./oauth-settings.ts";

/** How long a consent that was asked for can be given. */
export const consentMs = 600_000;

/** What flows are made with. */
export interface FlowDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: FetchLike;
  readonly lookup: Lookup;
  readonly clientName: string;
  /** The address of our client metadata document, for entries that name none. */
  readonly clientMetadataUrl: string | undefined;
  /** Where a browser comes back to; undefined: nobody can consent. */
  readonly redirectUrl: string | undefined;
}

/** The settings of an entry, with what all entries share. */
export function settingsOf({ clientMetadataUrl }: FlowDeps, { oauth }: HttpServerEntry): OAuthSettings {
  return { ...(clientMetadataUrl === undefined ? {} : { clientMetadataUrl }), ...(oauth === false ? {} : oauth) };
}

/** Creates the fetch of a flow for a server. */
export function oauthFetchFor(deps: FlowDeps, serverUrl: URL, entry: HttpServerEntry): OAuthFetch {
  return createOAuthFetch(deps, {
    isLocalServer: isLoopback(serverUrl),
    allowLinkLocal: entry.allowLinkLocal === true,
  });
}

/** Gets a token after a refusal, by the SDK's flow: from a refresh token or without a person where that can be, else gives
 * the consent that a person is to be asked for; one that was asked for already stays. Rejects when there is no way. [M43] */
export async function obtainToken(
  deps: FlowDeps,
  entry: HttpServerEntry,
  record: AuthorizationRecord,
  refusal: Refusal,
): Promise<PendingAuthorization | undefined> {
  const { auth, extractWWWAuthenticateParams } = await import("@modelcontextprotocol/sdk/client/auth.js");
  const serverUrl = new URL(entry.url);
  const settings = settingsOf(deps, entry);
  const isInteractive = (settings.grant ?? "authorization_code") === "authorization_code";
  if (!isInteractive && refusal.isRepeated && !refusal.isStepUp) {
    throw authorizationFailed("The server refused the token that it was just given.", "Ask whoever runs the server.");
  }
  const { scope: challenge, resourceMetadataUrl } = extractWWWAuthenticateParams(refusal.response);
  const { tokens, client, pending } = record.read();
  const oauth = oauthFetchFor(deps, serverUrl, entry);
  // A secret of ours belongs to whoever took it first.
  const bound = settings.clientId !== undefined && client?.client_id === settings.clientId ? client.issuer : undefined;
  const discovery = await discover(oauth, {
    serverUrl,
    resourceMetadataUrl,
    issuer: settings.issuer ?? bound,
    isInteractive,
  });
  const granted = refusal.isStepUp ? tokens?.scope : undefined;
  const scope = chooseScope({ settings, discovery, challenge, granted });
  if (refusal.isStepUp && coversScope(tokens?.scope, scope)) {
    throw authorizationFailed("The token has all of that already.", "Ask whoever runs the server what it wants.");
  }
  const { redirectUrl } = deps;
  const isAsked =
    pending !== undefined &&
    pending.scope === scope &&
    pending.redirectUrl === redirectUrl &&
    isSameUrl(pending.discovery.authorizationServerUrl, discovery.authorizationServerUrl) &&
    deps.clock.nowMs() - pending.sinceMs < consentMs;
  const mayRefresh = !refusal.isStepUp && !refusal.isRepeated;
  if (isInteractive && isAsked && !(mayRefresh && tokens?.refresh_token !== undefined)) return pending;
  const flow: OAuthFlow = {
    settings,
    clientName: deps.clientName,
    redirectUrl: isInteractive ? redirectUrl : undefined,
    scope,
    grantedScope: isInteractive ? tokens?.scope : scope,
    discovery,
    oauth,
    state: Buffer.from(deps.random.bytes(32)).toString("base64url"),
    mayRefresh,
    codeVerifier: undefined,
    authorizationUrl: undefined,
  };
  if (isInteractive && redirectUrl === undefined) {
    throw authorizationFailed("A person must consent, and there is nowhere for a browser to come back to.", headerHint);
  }
  const run = async () =>
    auth(await createOAuthProvider(flow, record), {
      serverUrl,
      fetchFn: oauth.fetch,
      ...(scope === undefined ? {} : { scope }),
      ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl }),
    });
  // Nothing says that there is an authorization server: its usual places were tried, as of 2025-03-26.
  const isGuess = discovery.resourceMetadata === undefined && discovery.authorizationServerMetadata === undefined;
  let result = await run().catch((cause: unknown) => {
    throw isGuess ? waysUnknown(cause) : cause;
  });
  if (result === "AUTHORIZED") return undefined;
  // The refresh did not fail for good: nobody is to be asked for that.
  if (mayRefresh && tokens?.refresh_token !== undefined && oauth.trouble() !== undefined) throw oauth.trouble();
  const known = record.read();
  if (settings.clientId === undefined && known.clientRedirectUrl !== redirectUrl) {
    // We were registered with another address to come back to: its answer would be refused.
    await record.change({ client: undefined });
    result = await run();
  }
  const { authorizationUrl, codeVerifier } = flow;
  if (authorizationUrl === undefined || codeVerifier === undefined || redirectUrl === undefined) {
    throw authorizationFailed(`The flow ended as ${result}.`, "Report it.");
  }
  checkOAuthUrl(authorizationUrl, "address to consent at", isLoopback(serverUrl));
  const asked: PendingAuthorization = {
    state: flow.state,
    codeVerifier,
    redirectUrl,
    authorizationUrl: authorizationUrl.href,
    ...(scope === undefined ? {} : { scope }),
    discovery,
    sinceMs: deps.clock.nowMs(),
  };
  await record.change({ pending: asked });
  return asked;
}
