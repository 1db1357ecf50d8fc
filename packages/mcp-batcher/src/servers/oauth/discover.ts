import type { OAuthDiscoveryState } from "@modelcontextprotocol/sdk/client/auth.js";
import type {
  AuthorizationServerMetadata,
  OAuthProtectedResourceMetadata,
} from "@modelcontextprotocol/sdk/shared/auth.js";
import { plainText } from "../../plain-text.ts";
import { authorizationFailed } from "./authorization-errors.ts";
import { checkOAuthUrl, isLoopback } from "./check-oauth-url.ts";
import type { OAuthFetch } from "./oauth-fetch.ts";

/** What a flow is found by. */
export interface DiscoveryQuestion {
  readonly serverUrl: URL;
  /** Where the server's refusal says that its metadata is. */
  readonly resourceMetadataUrl?: URL | undefined;
  /** The only authorization server that may hear of us. */
  readonly issuer?: string | undefined;
  /** A person will consent: the proof of the code must be understood. */
  readonly isInteractive: boolean;
}

const reportIt = "Report it to whoever runs the server; nothing secret was sent.";

/** Finds and judges the authorization server of a server: by its metadata (RFC 9728), without one at its own origin (as of
 * 2025-03-26). What a document says must fit where it was found, and every address in it is checked. [M44] */
export async function discover(oauth: OAuthFetch, question: DiscoveryQuestion): Promise<OAuthDiscoveryState> {
  const sdk = await import("@modelcontextprotocol/sdk/client/auth.js");
  const { serverUrl, resourceMetadataUrl, isInteractive } = question;
  const isLocal = isLoopback(serverUrl);
  const resourceMetadata = await findResource(oauth, question);
  const named = resourceMetadata?.authorization_servers ?? [];
  const issuer = named.find((each) => isSameUrl(each, question.issuer ?? each)) ?? named[0];
  const authorizationServerUrl = issuer ?? `${serverUrl.origin}/`;
  if (question.issuer !== undefined && !isSameUrl(authorizationServerUrl, question.issuer)) {
    throw authorizationFailed(
      `The server names the authorization server ${shown(authorizationServerUrl)}; ours is ${shown(question.issuer)}.`,
      "If it has moved, correct issuer in oauth of the entry, or forget the authorization and begin again.",
    );
  }
  checkOAuthUrl(authorizationServerUrl, "authorization server", isLocal);
  let metadata: AuthorizationServerMetadata | undefined;
  try {
    metadata = await sdk.discoverAuthorizationServerMetadata(authorizationServerUrl, { fetchFn: oauth.fetch });
  } catch (cause) {
    throw oauth.trouble() ?? judged(cause, `metadata of ${shown(authorizationServerUrl)}`);
  }
  if (metadata === undefined && issuer !== undefined) {
    throw authorizationFailed(`${shown(issuer)} has no metadata as an authorization server.`, reportIt);
  }
  if (metadata !== undefined) {
    const isRight =
      issuer === undefined
        ? URL.parse(metadata.issuer)?.origin === serverUrl.origin
        : isSameUrl(metadata.issuer, issuer);
    if (!isRight) {
      throw authorizationFailed(
        `The metadata of ${shown(authorizationServerUrl)} is of another issuer, ${shown(metadata.issuer)}.`,
        reportIt,
      );
    }
    checkOAuthUrl(metadata.authorization_endpoint, "authorization endpoint", isLocal);
    checkOAuthUrl(metadata.token_endpoint, "token endpoint", isLocal);
    if (metadata.registration_endpoint !== undefined) {
      checkOAuthUrl(metadata.registration_endpoint, "registration endpoint", isLocal);
    }
    if (isInteractive && issuer !== undefined && !metadata.code_challenge_methods_supported?.includes("S256")) {
      throw authorizationFailed(`${shown(issuer)} does not say that it protects codes by PKCE with S256.`, reportIt);
    }
  }
  return {
    authorizationServerUrl,
    ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl: resourceMetadataUrl.href }),
    ...(resourceMetadata === undefined ? {} : { resourceMetadata }),
    ...(metadata === undefined ? {} : { authorizationServerMetadata: metadata }),
  };
}

/** Whether two addresses are one, but for a slash at the end and the way they are spelled. */
export function isSameUrl(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => (URL.parse(text)?.href ?? text).replace(/\/$/, ""));
  return a === b;
}

async function findResource(
  oauth: OAuthFetch,
  { serverUrl, resourceMetadataUrl }: DiscoveryQuestion,
): Promise<OAuthProtectedResourceMetadata | undefined> {
  const { discoverOAuthProtectedResourceMetadata } = await import("@modelcontextprotocol/sdk/client/auth.js");
  try {
    return await discoverOAuthProtectedResourceMetadata(
      serverUrl,
      resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl },
      oauth.fetch,
    );
  } catch (cause) {
    const status = oauth.status();
    const isAbsent = status !== undefined && ((status >= 400 && status < 500) || cause instanceof SyntaxError);
    // An older server has none, and may answer with a page. One that the server itself names must be there.
    if (isAbsent && resourceMetadataUrl === undefined) return undefined;
    throw oauth.trouble() ?? judged(cause, "metadata of the server");
  }
}

function judged(cause: unknown, what: string): unknown {
  if (!(cause instanceof Error)) return cause;
  if (cause.name === "ZodError") {
    const [issue] = "issues" in cause && Array.isArray(cause.issues) ? (cause.issues as readonly unknown[]) : [];
    const { path, message } = (issue ?? {}) as { readonly path?: readonly unknown[]; readonly message?: string };
    const where = path?.map(String).join(".").slice(0, 60) ?? "";
    return authorizationFailed(`The ${what} is not right: ${where} ${message?.slice(0, 100) ?? ""}.`, reportIt);
  }
  if (cause instanceof SyntaxError) return authorizationFailed(`The ${what} is not JSON.`, reportIt);
  return cause;
}

function shown(url: string): string {
  return plainText(url).slice(0, 200);
}
