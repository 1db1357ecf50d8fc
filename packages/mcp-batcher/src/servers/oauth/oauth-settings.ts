/** How an entry says that we show who asks. Every text may hold `${NAME}`. [M43] */
export interface OAuthSettings {
  /** `authorization_code`: a person consents in a browser. `client_credentials`: we are known by ourselves. `cross_app`: the
   * identity provider of an organisation vouches for a person (token exchange, then JWT bearer). @default "authorization_code" */
  readonly grant?: "authorization_code" | "client_credentials" | "cross_app";
  /** The id we are registered with. Absent: our client metadata document, else dynamic registration. */
  readonly clientId?: string;
  /** The secret of `clientId`. */
  readonly clientSecret?: string;
  /** A private key (PEM, PKCS #8) that is known of `clientId`, instead of a secret: `private_key_jwt`. */
  readonly privateKey?: string;
  /** What `privateKey` signs with, as in a JWT. @default "ES256" */
  readonly algorithm?: string;
  /** The only authorization server that may hear of `clientId` and its secret. Default: the first that took them. */
  readonly issuer?: string;
  /** What to ask for where the server does not say it. Default: what its metadata names. */
  readonly scopes?: readonly string[];
  /** The https address of our client metadata document: our id where the authorization server reads such. */
  readonly clientMetadataUrl?: string;
  /** The identity provider of `cross_app`. */
  readonly idp?: IdentityProvider;
}

/** Who vouches for a person. */
export interface IdentityProvider {
  readonly tokenEndpoint: string;
  /** The id we are registered with there. */
  readonly clientId: string;
  /** The person's ID token of it; it is read at each start of the connection. */
  readonly idToken: string;
}

const grants: ReadonlySet<unknown> = new Set([undefined, "authorization_code", "client_credentials", "cross_app"]);
const texts = ["clientId", "clientSecret", "privateKey", "algorithm", "issuer", "clientMetadataUrl"] as const;
const names: ReadonlySet<string> = new Set(["grant", ...texts, "scopes", "idp"]);

/** Says what is wrong with `oauth` of an entry, which may come from a file anybody wrote; undefined when nothing is. [M24] */
export function findOAuthFault(value: unknown): string | undefined {
  if (value === undefined || value === false) return undefined;
  if (!isObject(value)) return "oauth is neither false nor an object";
  const unknown = Object.keys(value).find((name) => !names.has(name));
  if (unknown !== undefined) return `oauth.${unknown} is none of ${[...names].join(", ")}`;
  const settings: Partial<Record<keyof OAuthSettings, unknown>> = value;
  const grant = settings.grant as OAuthSettings["grant"];
  if (!grants.has(grant)) return "oauth.grant is not one of authorization_code, client_credentials, cross_app";
  for (const name of texts) {
    const text = settings[name];
    if (text !== undefined && (typeof text !== "string" || text === "")) return `oauth.${name} is not a text`;
  }
  const { scopes, clientId, clientSecret, privateKey, idp } = settings;
  if (scopes !== undefined && !(Array.isArray(scopes) && scopes.every(isScope))) {
    return "oauth.scopes is not a list of words";
  }
  if ((clientSecret !== undefined || privateKey !== undefined) && clientId === undefined) {
    return "oauth names a secret or a key, but no clientId";
  }
  if (clientSecret !== undefined && privateKey !== undefined) return "oauth names both clientSecret and privateKey";
  if (grant === undefined || grant === "authorization_code") return undefined;
  if (clientSecret === undefined && privateKey === undefined)
    return `oauth.grant ${grant} needs clientSecret or privateKey`;
  if (grant !== "cross_app") return undefined;
  const isWhole =
    isObject(idp) && (["tokenEndpoint", "clientId", "idToken"] as const).every((name) => isText(idp[name]));
  return isWhole ? undefined : "oauth.idp does not name tokenEndpoint, clientId and idToken";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isScope(value: unknown): boolean {
  return typeof value === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value);
}
