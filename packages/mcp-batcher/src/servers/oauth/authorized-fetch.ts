import type { FetchLike } from "../guard-fetch.ts";

/** What a server said when it let us not in. */
export interface Refusal {
  /** The token that was sent. */
  readonly token: string | undefined;
  /** Its words: the header `WWW-Authenticate`. */
  readonly response: Response;
  /** It knows us, but the token does not reach so far. */
  readonly isStepUp: boolean;
  /** A token that came in answer to the last refusal was refused, too. */
  readonly isRepeated: boolean;
}

/** The authorization of one connection. */
export interface RequestAuthorization {
  /** The token to send now; undefined when there is none. */
  token(): Promise<string | undefined>;
  /** Gets another token; resolves when the request may be sent again. Rejects with an {@link McpBatcherError}. */
  renew(refusal: Refusal): Promise<void>;
}

// The first, one with a token, one with more scope, and one that shows that it is no use.
const maxSends = 4;

/** Sends the token of a server with every request to its own origin, and no other; a request that was refused for it has
 * done nothing, and is sent again when there is another. [M45][M47] */
export function createAuthorizedFetch(
  fetch: FetchLike,
  authorization: RequestAuthorization,
  serverUrl: URL,
): FetchLike {
  return async (input, init = {}) => {
    const url = new URL(input);
    if (url.origin !== serverUrl.origin) return fetch(url, init);
    for (let sends = 1; ; sends += 1) {
      const token = await authorization.token();
      const headers = new Headers(init.headers);
      if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
      const response = await fetch(url, { ...init, headers });
      const isStepUp = response.status === 403 && token !== undefined && saysScope(response);
      if (response.status !== 401 && !isStepUp) return response;
      await response.body?.cancel();
      await authorization.renew({ token, response, isStepUp, isRepeated: sends > 1 });
      init.signal?.throwIfAborted();
      if (sends === maxSends) return response;
    }
  };
}

function saysScope(response: Response): boolean {
  return /\berror="?insufficient_scope\b/i.test(response.headers.get("www-authenticate") ?? "");
}
