import { timingSafeEqual } from "node:crypto";
import { plainText } from "../../plain-text.ts";
import type { HttpServerEntry } from "../server-entry.ts";
import { authorizationFailed, invalidCallback } from "./authorization-errors.ts";
import type { PendingAuthorization } from "./authorization-store.ts";
import { isSameUrl } from "./discover.ts";
import { consentMs, oauthFetchFor, settingsOf } from "./obtain-token.ts";
import type { FlowDeps } from "./obtain-token.ts";
import { createOAuthProvider } from "./oauth-provider.ts";
import type { AuthorizationRecord } from "./oauth-provider.ts";

/** Whether an answer belongs to a consent that was asked for; compared in a time that tells nothing. */
export function fitsState(pending: PendingAuthorization | undefined, state: string): boolean {
  if (pending === undefined || state === "") return false;
  const [mine, given] = [Buffer.from(pending.state), Buffer.from(state)];
  return mine.length === given.length && timingSafeEqual(mine, given);
}

/** Takes the answer to a consent and gets the token. An answer is taken once, within 10 minutes; one with another state
 * takes nothing away from the right one. Rejects when there is no token. [M46] */
export async function finishConsent(
  deps: FlowDeps,
  entry: HttpServerEntry,
  record: AuthorizationRecord,
  answer: URLSearchParams,
): Promise<void> {
  const { pending, tokens } = record.read();
  if (pending === undefined || !fitsState(pending, answer.get("state") ?? ""))
    throw invalidCallback("its state is unknown");
  await record.change({ pending: undefined });
  if (deps.clock.nowMs() - pending.sinceMs >= consentMs) throw invalidCallback("it came too late");
  const { authorizationServerMetadata: metadata, authorizationServerUrl } = pending.discovery;
  const issuer = answer.get("iss");
  const mustSay = metadata !== undefined && "authorization_response_iss_parameter_supported" in metadata;
  if (
    issuer === null
      ? mustSay && metadata["authorization_response_iss_parameter_supported"] === true
      : !isSameUrl(issuer, metadata?.issuer ?? authorizationServerUrl)
  ) {
    throw invalidCallback("it does not come from the authorization server that was asked");
  }
  const error = answer.get("error");
  if (error !== null) {
    const words = [error, answer.get("error_description") ?? ""].map((text) => plainText(text).slice(0, 200));
    throw authorizationFailed(
      `The consent was not given: ${words.filter(Boolean).join(", ")}.`,
      "Begin again when it is meant to be given.",
    );
  }
  const code = answer.get("code") ?? "";
  if (code === "") throw invalidCallback("it holds no code");
  const { auth } = await import("@modelcontextprotocol/sdk/client/auth.js");
  const serverUrl = new URL(entry.url);
  const oauth = oauthFetchFor(deps, serverUrl, entry);
  const provider = await createOAuthProvider(
    {
      settings: settingsOf(deps, entry),
      clientName: deps.clientName,
      redirectUrl: pending.redirectUrl,
      scope: pending.scope,
      grantedScope: pending.scope,
      discovery: pending.discovery,
      oauth,
      state: pending.state,
      mayRefresh: false,
      codeVerifier: pending.codeVerifier,
      authorizationUrl: undefined,
    },
    record,
  );
  try {
    await auth(provider, {
      serverUrl,
      authorizationCode: code,
      fetchFn: oauth.fetch,
      ...(pending.scope === undefined ? {} : { scope: pending.scope }),
    });
  } catch (cause) {
    // A refused code says nothing about the token there was.
    await record.change({ tokens });
    throw cause;
  }
}
