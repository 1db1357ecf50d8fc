import type { OAuthClientProvider, OAuthDiscoveryState } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientInformationMixed, OAuthClientMetadata } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { StoredAuthorization } from "./authorization-store.ts";
import { exchangeIdToken } from "./exchange-id-token.ts";
import type { OAuthFetch } from "./oauth-fetch.ts";
import type { OAuthSettings } from "./oauth-settings.ts";

/** One way to a token: what is known when it begins, and what it leaves behind. */
export interface OAuthFlow {
  readonly settings: OAuthSettings;
  readonly clientName: string;
  /** Undefined: nobody consents. */
  readonly redirectUrl: string | undefined;
  readonly scope: string | undefined;
  /** What a token reaches whose answer does not say it. */
  readonly grantedScope: string | undefined;
  readonly discovery: OAuthDiscoveryState;
  readonly oauth: OAuthFetch;
  readonly state: string;
  /** False: the refresh token does not help, or has just been tried. */
  readonly mayRefresh: boolean;
  codeVerifier: string | undefined;
  /** Set when a person has to open it. */
  authorizationUrl: URL | undefined;
}

/** What a flow reads and writes of what is kept. */
export interface AuthorizationRecord {
  read(): StoredAuthorization;
  /** What is undefined is forgotten. */
  change(change: {
    readonly [Name in Exclude<keyof StoredAuthorization, "serverUrl">]?: StoredAuthorization[Name] | undefined;
  }): Promise<void>;
}

/** Creates what the SDK's flow asks for its decisions, over what is kept of a server. [M43] */
export async function createOAuthProvider(flow: OAuthFlow, record: AuthorizationRecord): Promise<OAuthClientProvider> {
  const { settings, redirectUrl, grantedScope } = flow;
  const own = ownClient(settings);
  const metadataUrl = settings.clientMetadataUrl;
  const signed =
    settings.privateKey === undefined || settings.clientId === undefined
      ? {}
      : {
          addClientAuthentication: (
            await import("@modelcontextprotocol/sdk/client/auth-extensions.js")
          ).createPrivateKeyJwtAuth({
            issuer: settings.clientId,
            subject: settings.clientId,
            privateKey: settings.privateKey,
            alg: settings.algorithm ?? "ES256",
          }),
        };
  return {
    ...signed,
    redirectUrl,
    ...(metadataUrl === undefined ? {} : { clientMetadataUrl: metadataUrl }),
    clientMetadata: describeClient(flow),
    state: () => flow.state,
    clientInformation() {
      const { client } = record.read();
      if (own === undefined) return client;
      // Whoever took it first is remembered with it.
      const issuer = settings.issuer ?? (client?.client_id === own.client_id ? client.issuer : undefined);
      return { ...own, ...(issuer === undefined ? {} : { issuer }) };
    },
    async saveClientInformation(client) {
      // A secret of the entry stays there.
      const kept: OAuthClientInformationMixed =
        own === undefined
          ? client
          : { client_id: own.client_id, ...(client.issuer === undefined ? {} : { issuer: client.issuer }) };
      await record.change({ client: kept, ...(redirectUrl === undefined ? {} : { clientRedirectUrl: redirectUrl }) });
    },
    tokens() {
      const { tokens } = record.read();
      if (tokens === undefined || flow.mayRefresh) return tokens;
      const { refresh_token: _, ...rest } = tokens;
      return rest;
    },
    saveTokens: (tokens) =>
      record.change({
        tokens: { ...(grantedScope === undefined ? {} : { scope: grantedScope }), ...tokens },
        pending: undefined,
      }),
    redirectToAuthorization: (url) => void (flow.authorizationUrl = url),
    saveCodeVerifier: (codeVerifier) => void (flow.codeVerifier = codeVerifier),
    codeVerifier: () => flow.codeVerifier ?? "",
    discoveryState: () => flow.discovery,
    async invalidateCredentials(what) {
      // Who took our own secret first stays the only one that gets it, also when it refuses it now.
      if (own === undefined && (what === "all" || what === "client")) await record.change({ client: undefined });
      if (what === "all" || what === "tokens") await record.change({ tokens: undefined });
    },
    prepareTokenRequest: (asked) => prepareTokenRequest(flow, asked),
  };
}

function ownClient({ clientId, clientSecret }: OAuthSettings): OAuthClientInformationMixed | undefined {
  if (clientId === undefined) return undefined;
  return { client_id: clientId, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) };
}

function describeClient({ clientName, redirectUrl, scope, discovery }: OAuthFlow): OAuthClientMetadata {
  const offered = discovery.authorizationServerMetadata?.token_endpoint_auth_methods_supported ?? ["none"];
  // A program on somebody's machine keeps no secret; one is taken where nothing else is offered.
  const method = ["none", "client_secret_basic", "client_secret_post"].find((each) => offered.includes(each));
  return {
    client_name: clientName,
    redirect_uris: redirectUrl === undefined ? [] : [redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: method ?? "none",
    ...(scope === undefined ? {} : { scope }),
  };
}

async function prepareTokenRequest(flow: OAuthFlow, scope: string | undefined): Promise<URLSearchParams | undefined> {
  const asked = scope === undefined ? {} : { scope };
  if (flow.settings.grant === "client_credentials") {
    return new URLSearchParams({ grant_type: "client_credentials", ...asked });
  }
  if (flow.settings.grant === "cross_app") {
    const assertion = await exchangeIdToken(flow);
    return new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion, ...asked });
  }
  return undefined;
}
