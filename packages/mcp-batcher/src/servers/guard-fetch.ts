import { describeCause } from "../describe-cause.ts";
import { isMcpBatcherError, McpBatcherError } from "../mcp-batcher-error.ts";
import { checkAddress } from "./check-address.ts";
import type { Lookup } from "./check-address.ts";
import type { Ending } from "./connection.ts";
import { limitStream } from "./limit-stream.ts";

/** A fetch as the SDK's transports take it. */
export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** What a guarded fetch tells of what it sees. */
export interface FetchWatch {
  /** The server is gone, forgot us, or wants to know who we are. */
  readonly onLost: (ending: Ending) => void;
  /** A request was sent: its answer comes in a stream. */
  readonly onSent: (id: string | number) => void;
  /** The stream of a request has ended; `isResumable`: the SDK asks for the rest of it. */
  readonly onStreamEnd: (id: string | number, isResumable: boolean) => void;
  /** The rest of broken streams cannot be had. */
  readonly onNoRest: () => void;
}

const maxMessageBytes = 10_000_000;
// These say that no byte of the request reached anybody.
const neverSent: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Creates the fetch of one connection: refuses addresses, limits what comes, and says what a failure means. [M38][M39] */
export function createGuardedFetch(
  deps: { readonly fetch: FetchLike; readonly lookup: Lookup },
  options: { readonly isSse: boolean; readonly allowLinkLocal: boolean },
  watch: FetchWatch,
): FetchLike {
  let streams = 0;

  const lose = (error: McpBatcherError, isRetriedAtOnce = false): McpBatcherError => {
    watch.onLost({ error, isRetriedAtOnce });
    return error;
  };
  const send = async (url: URL, init: RequestInit): Promise<Response> => {
    try {
      return await deps.fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted === true) throw cause;
      // Who has not enough for this call is let in for others.
      if (isMcpBatcherError(cause)) throw cause.code === "needs_scope" ? cause : lose(cause);
      const effect = neverSent.has(codeOf(cause)) ? "none" : "unknown";
      throw lose(lost(`${url.host} cannot be reached: ${describeNetwork(cause)}.`, effect, cause));
    }
  };
  const judge = async (response: Response, isPost: boolean, hasSession: boolean): Promise<void> => {
    if (response.ok || response.status < 400) return;
    if (response.status === 401) {
      await response.body?.cancel();
      throw lose(
        new McpBatcherError("needs_auth", "The server answered 401: it wants to know who asks.", {
          hint: 'Give its token in the headers of the entry, as in { "Authorization": "Bearer ${TOKEN}" }, or name oauth there.',
        }),
      );
    }
    if (!isPost) return;
    const isForgotten = response.status === 404 || (response.status === 400 && (await saysSession(response)));
    if (hasSession && isForgotten) {
      await response.body?.cancel();
      throw lose(lost("The server has forgotten the session.", "none"), true);
    }
    if (response.status >= 500) {
      await response.body?.cancel();
      throw new McpBatcherError("server_error", `The server answered with HTTP ${response.status}.`, {
        hint: "Try again later; after a write, read back what it did.",
        effect: "unknown",
      });
    }
  };
  const watched = (response: Response, id: string | number | undefined, isFirstSse: boolean): Response => {
    if (response.body === null) return response;
    const isEvents = response.headers.get("content-type")?.includes("text/event-stream") === true;
    const body = limitStream(response.body, {
      maxBytes: maxMessageBytes,
      isEvents,
      onEnd: (isResumable) => {
        if (isFirstSse) lose(lost("The stream of the server ended.", "unknown"));
        else if (id !== undefined && isEvents) watch.onStreamEnd(id, isResumable);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  };
  return async (input, init = {}) => {
    const url = new URL(input);
    if (!options.allowLinkLocal) await checkAddress(url.hostname, deps.lookup);
    const isPost = init.method === "POST";
    const headers = new Headers(init.headers);
    const isStream = options.isSse && !isPost && init.method !== "DELETE";
    // The old transport would open another stream by itself, of a session that nobody has greeted.
    if (isStream && (streams += 1) > 1) throw lose(lost("The stream of the server ended.", "unknown"));
    const id = isPost ? idOf(init.body) : undefined;
    if (id !== undefined) watch.onSent(id);
    const response = await send(url, init);
    await judge(response, isPost, options.isSse || headers.has("mcp-session-id"));
    if (headers.has("last-event-id") && !response.ok) watch.onNoRest();
    return watched(response, id, isStream && response.ok);
  };
}

function lost(message: string, effect: "none" | "unknown", cause?: unknown): McpBatcherError {
  return new McpBatcherError("connection_lost", message, {
    hint: "The connection is made again by itself; after a write, read back what it did.",
    effect,
    ...(cause === undefined ? {} : { cause }),
  });
}

function idOf(body: unknown): string | number | undefined {
  if (typeof body !== "string") return undefined;
  const { id, method } = JSON.parse(body) as { readonly id?: string | number; readonly method?: string };
  return method === undefined ? undefined : id;
}

async function saysSession(response: Response): Promise<boolean> {
  try {
    return /session/i.test((await response.clone().text()).slice(0, 2_000));
  } catch {
    return false;
  }
}

// fetch hides the system's words in the cause of its own.
function describeNetwork(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return describeCause(inner) || String(codeOf(cause));
}

function codeOf(cause: unknown): unknown {
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  return typeof inner === "object" && inner !== null && "code" in inner ? inner.code : undefined;
}
