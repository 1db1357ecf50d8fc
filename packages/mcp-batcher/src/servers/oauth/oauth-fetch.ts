import type { Clock } from "@kingly/runtime";
import { describeCause } from "../../describe-cause.ts";
import { isMcpBatcherError, McpBatcherError } from "../../mcp-batcher-error.ts";
import { checkAddress } from "../check-address.ts";
import type { Lookup } from "../check-address.ts";
import type { FetchLike } from "../guard-fetch.ts";
import { authorizationFailed } from "./authorization-errors.ts";
import { checkOAuthUrl } from "./check-oauth-url.ts";

/** A fetch for metadata and tokens, and what it met last. */
export interface OAuthFetch {
  readonly fetch: FetchLike;
  /** The last answer's status; undefined before the first, and after a request that nobody answered. */
  status(): number | undefined;
  /** Set when somebody could not be reached or answered with 5xx: worth another try, and no reason to ask a person. */
  trouble(): McpBatcherError | undefined;
}

const maxBytes = 262_144;
const maxMs = 10_000;

/** Creates the fetch of one flow: https only (http on this machine for a server of it), 256 KiB and 10 s an answer, no
 * redirect to another origin, and no header but those of the flow itself. [M44] */
export function createOAuthFetch(
  deps: { readonly fetch: FetchLike; readonly lookup: Lookup; readonly clock: Clock },
  options: { readonly isLocalServer: boolean; readonly allowLinkLocal: boolean },
): OAuthFetch {
  let status: number | undefined;
  let trouble: McpBatcherError | undefined;

  const send = async (url: URL, init: RequestInit): Promise<Response> => {
    const late = new AbortController();
    const timer = deps.clock.setTimer(maxMs, () => late.abort(new Error(`no answer within ${maxMs / 1000} s`)));
    try {
      if (!options.allowLinkLocal) await checkAddress(url.hostname, deps.lookup);
      const response = await deps.fetch(url, { ...init, redirect: "manual", signal: late.signal });
      const body = await readLimited(response, url);
      const { statusText, headers } = response;
      return new Response(body, { status: response.status, statusText, headers });
    } catch (cause) {
      if (isMcpBatcherError(cause)) throw cause;
      const reason: unknown = late.signal.aborted ? late.signal.reason : cause;
      const words = describeCause(reason instanceof Error && reason.cause !== undefined ? reason.cause : reason);
      trouble = unreachable(`${url.host} cannot be reached: ${words}.`, cause);
      throw trouble;
    } finally {
      timer.cancel();
    }
  };
  return {
    status: () => status,
    trouble: () => trouble,
    async fetch(input, init = {}) {
      status = undefined;
      const url = checkOAuthUrl(input, "address of the authorization server", options.isLocalServer);
      const response = await send(url, init);
      ({ status } = response);
      if (status >= 500) trouble = unreachable(`${url.host} answered with HTTP ${status}.`);
      const target = status >= 300 && status < 400 ? URL.parse(response.headers.get("location") ?? "", url.href) : null;
      if (target !== null && target.origin !== url.origin) {
        throw authorizationFailed(
          `${url.host} sends us on to another origin, ${target.origin.slice(0, 100)}; that is not followed.`,
          "Report it to whoever runs the server.",
        );
      }
      return response;
    },
  };
}

function unreachable(message: string, cause?: unknown): McpBatcherError {
  return new McpBatcherError("connection_lost", `The way to a token: ${message}`, {
    hint: "It is tried again by itself.",
    ...(cause === undefined ? {} : { cause }),
  });
}

async function readLimited(response: Response, url: URL): Promise<Uint8Array<ArrayBuffer> | null> {
  if (response.body === null) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw authorizationFailed(
        `What ${url.host} answered takes more than ${maxBytes} bytes.`,
        "Report it to whoever runs the server.",
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
