import { plainText } from "../../plain-text.ts";
import { authorizationFailed } from "./authorization-errors.ts";
import { isLoopback } from "./check-oauth-url.ts";
import type { OAuthFlow } from "./oauth-provider.ts";

const jag = "urn:ietf:params:oauth:token-type:id-jag";
const hint = "Look whether idp in oauth of the entry is right, and whether its ID token is still good.";

/** Asks the identity provider of the entry to vouch for its person at this authorization server (RFC 8693); gives the
 * assertion. The address of the provider is the entry's own: no server can name another. [M48] */
export async function exchangeIdToken(
  flow: Pick<OAuthFlow, "settings" | "discovery" | "scope" | "oauth">,
): Promise<string> {
  const { settings, discovery, scope, oauth } = flow;
  const { idp } = settings;
  const resource = discovery.resourceMetadata?.resource;
  if (idp === undefined || resource === undefined) {
    throw authorizationFailed("The server has no metadata that names it, which its identity provider must hear.", hint);
  }
  const url = URL.parse(idp.tokenEndpoint);
  if (url === null || (url.protocol !== "https:" && !isLoopback(url))) {
    throw authorizationFailed("idp.tokenEndpoint is neither https nor on this machine.", hint);
  }
  const response = await oauth.fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      requested_token_type: jag,
      audience: discovery.authorizationServerMetadata?.issuer ?? discovery.authorizationServerUrl,
      resource,
      subject_token: idp.idToken,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      client_id: idp.clientId,
      ...(scope === undefined ? {} : { scope }),
    }),
  });
  const answer = await readJson(response);
  if (!response.ok) {
    const code = plainText(typeof answer["error"] === "string" ? answer["error"] : `HTTP ${response.status}`).slice(
      0,
      60,
    );
    throw authorizationFailed(`The identity provider ${url.host} refused to vouch: ${code}.`, hint);
  }
  const { access_token: assertion, issued_token_type: type } = answer;
  if (typeof assertion !== "string" || assertion === "" || type !== jag) {
    throw authorizationFailed(`The identity provider ${url.host} gave something else than was asked for.`, hint);
  }
  return assertion;
}

async function readJson(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const answer: unknown = await response.json();
    return typeof answer === "object" && answer !== null ? (answer as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
