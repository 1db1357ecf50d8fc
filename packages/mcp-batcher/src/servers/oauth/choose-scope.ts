import type { OAuthDiscoveryState } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthSettings } from "./oauth-settings.ts";

/** What a scope is chosen by. Scopes are words with spaces between. */
export interface ScopeQuestion {
  readonly settings: OAuthSettings;
  readonly discovery: OAuthDiscoveryState;
  /** What the refusal asked for. */
  readonly challenge: string | undefined;
  /** What the token reaches that was not enough; undefined when there was none. */
  readonly granted: string | undefined;
}

/** Chooses what to ask for: what the refusal says, else the entry, else the server's metadata; with what was consented to
 * before, and `offline_access` where a person consents and the authorization server knows it. Undefined: nothing. [M47] */
export function chooseScope({ settings, discovery, challenge, granted }: ScopeQuestion): string | undefined {
  const asked = words(challenge);
  const named = settings.scopes ?? discovery.resourceMetadata?.scopes_supported ?? [];
  const scope = new Set([...words(granted), ...(asked.length > 0 ? asked : named)]);
  const isInteractive = (settings.grant ?? "authorization_code") === "authorization_code";
  const offered = discovery.authorizationServerMetadata?.scopes_supported;
  if (isInteractive && scope.size > 0 && offered?.includes("offline_access") === true) scope.add("offline_access");
  return scope.size === 0 ? undefined : [...scope].join(" ");
}

/** Whether one scope reaches as far as another. */
export function coversScope(granted: string | undefined, asked: string | undefined): boolean {
  const has = new Set(words(granted));
  return words(asked).every((word) => word === "offline_access" || has.has(word));
}

function words(scope: string | undefined): readonly string[] {
  return scope?.split(/\s+/).filter(Boolean) ?? [];
}
