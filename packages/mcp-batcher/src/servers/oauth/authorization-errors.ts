import { describeCause } from "../../describe-cause.ts";
import { isMcpBatcherError, McpBatcherError } from "../../mcp-batcher-error.ts";
import { plainText } from "../../plain-text.ts";

const maxWords = 300;

/** The way to a token is barred, by somebody else than the person. [M44] */
export function authorizationFailed(message: string, hint: string, cause?: unknown): McpBatcherError {
  return new McpBatcherError("authorization_failed", message, { hint, ...(cause === undefined ? {} : { cause }) });
}

/** What helps where OAuth does not. */
export const headerHint = 'Give its token in the headers of the entry, as in { "Authorization": "Bearer ${TOKEN}" }.';

/** The server wants to know who asks, and nothing says how. [M43] */
export function waysUnknown(cause: unknown): McpBatcherError {
  const message = "The server answered 401 and does not say how to authorize.";
  return new McpBatcherError("needs_auth", message, { hint: headerHint, cause });
}

/** A person has to consent; the address to open is in the state of the server. [M43] */
export function consentNeeded(scope: string | undefined, hint: string): McpBatcherError {
  const what = scope === undefined || scope === "" ? "" : ` to: ${scope.slice(0, maxWords)}`;
  return new McpBatcherError("needs_auth", `A person must consent in a browser${what}.`, {
    hint,
  });
}

/** The token does not reach as far as this call; others still work. [M47] */
export function scopeNeeded(error: McpBatcherError, scope: string): McpBatcherError {
  const message = `The server wants more than was consented to: ${scope.slice(0, maxWords)}. ${error.message}`;
  return new McpBatcherError("needs_scope", message, { hint: error.hint, cause: error });
}

/** What came back is not the answer to anything that was asked. [M46] */
export function invalidCallback(why: string): McpBatcherError {
  return new McpBatcherError("invalid_callback", `This is not the answer to a consent that was asked for: ${why}.`, {
    hint: "Begin again: make a call, and open the authorizationUrl of the server's state within 10 minutes.",
  });
}

/** Translates what the SDK's flow rejected with. Words of the authorization server are foreign: cleaned and cut. [M44] */
export function toAuthorizationError(cause: unknown): McpBatcherError {
  if (isMcpBatcherError(cause)) return cause;
  const hint = "Look whether clientId, its secret and issuer in oauth of the entry are right; then try again.";
  if (cause instanceof Error && "errorCode" in cause) {
    // An answer that is no OAuth error comes with its whole body: nobody wants to read that.
    const words = plainText(cause.message).split(" Raw body: ")[0]?.slice(0, maxWords) ?? "";
    const code = plainText(String(cause.errorCode)).slice(0, 60);
    return authorizationFailed(`The authorization server refused: ${code}${words === "" ? "" : ` (${words})`}.`, hint);
  }
  // The schemas of the SDK name every fault on lines of their own.
  if (cause instanceof Error && cause.name === "ZodError") {
    return authorizationFailed("The authorization server answered with something that is not what it should be.", hint);
  }
  return authorizationFailed(`There is no way to a token: ${describeCause(cause).slice(0, maxWords)}`, hint);
}
