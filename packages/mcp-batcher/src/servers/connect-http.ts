import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { askByClient } from "../call-by-client.ts";
import { McpBatcherError } from "../mcp-batcher-error.ts";
import { systemLookup } from "./check-address.ts";
import type { Connection, ConnectionWatch, Ending } from "./connection.ts";
import { createConnection } from "./create-connection.ts";
import { createGuardedFetch } from "./guard-fetch.ts";
import { createAuthorizedFetch } from "./oauth/authorized-fetch.ts";
import type { HttpServerEntry } from "./server-entry.ts";

const connectionClosed = -32_000;

/** Connects to a server over Streamable HTTP or the older SSE, by the MCP SDK. [M38][M39]
 *
 * Redirects are followed within the origin only: headers never reach another. A call whose stream broke off without an
 * answer is told as lost, and the connection as ended when the server cannot be reached or has forgotten the session. */
export async function connectHttp(entry: HttpServerEntry, watch: ConnectionWatch): Promise<Connection> {
  const url = URL.parse(entry.url);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new McpBatcherError("invalid_config", "The url of the server is not an address of http or https.", {
      hint: "Correct url in the server's entry.",
    });
  }
  const isSse = entry.type === "sse";
  const unanswered = new Set<string | number>();
  const broken = new Set<string | number>();
  let isClosing = false;
  let ending: Ending | undefined;
  let ping: (() => Promise<unknown>) | undefined;

  const { promise: lost, resolve: lose } = Promise.withResolvers<Ending>();
  // Told at once, so that nobody is sent here any more; closed later, so that the request that showed it is told first
  // what it met.
  const onLost = (how: Ending): void => {
    if (isClosing || ending !== undefined) return;
    ending = how;
    lose(how);
    setImmediate(() => void transport.close());
  };
  // Asked for anew each time: it changes while we wait.
  const wasLost = (): Ending | undefined => ending;
  const giveUp = (id: string | number): void => {
    broken.delete(id);
    if (!unanswered.delete(id)) return;
    transport.onmessage?.({
      jsonrpc: "2.0",
      id,
      error: { code: connectionClosed, message: "the stream ended without an answer" },
    });
  };
  const { authorization } = watch;
  const authorized =
    authorization === undefined ? globalThis.fetch : createAuthorizedFetch(globalThis.fetch, authorization, url);
  const fetch = createGuardedFetch(
    { fetch: authorized, lookup: systemLookup },
    { isSse, allowLinkLocal: entry.allowLinkLocal === true },
    {
      onLost,
      onSent: (id) => void unanswered.add(id),
      onStreamEnd(id, isResumable) {
        // What has come is heard in the meantime.
        setImmediate(() =>
          setImmediate(() => {
            if (!unanswered.has(id) || isClosing || ending !== undefined) return;
            if (isResumable) broken.add(id);
            // When the server is gone, the ping finds it out, and all calls end with the connection.
            else void ping?.().finally(() => giveUp(id));
          }),
        );
      },
      onNoRest: () => {
        for (const id of broken) giveUp(id);
      },
    },
  );
  const init = { fetch, requestInit: { headers: { ...entry.headers } } };
  const transport = await createTransport(url, isSse, init);
  watch.signal.throwIfAborted();
  const connecting = createConnection(
    transport,
    {
      ...watch,
      onNoise(error) {
        if (error.message.startsWith("Maximum reconnection attempts")) for (const id of broken) giveUp(id);
        watch.onNoise(error);
      },
    },
    {
      pid: () => undefined,
      ending: () => ending ?? { error: closedByUs, isRetriedAtOnce: false },
      mayWaitForEnd: () => false,
      onHeard: (id) => void (unanswered.delete(id), broken.delete(id)),
      onOpen: (client) => void (ping = () => askByClient(client, "ping").catch(() => {})),
    },
  );
  let connection: Connection;
  try {
    connection = await connecting;
  } catch (cause) {
    // The transports hide what a request met in words of their own.
    throw wasLost()?.error ?? cause;
  }
  return {
    ...connection,
    ended: Promise.race([lost, connection.ended]),
    async close() {
      isClosing = true;
      if ("terminateSession" in transport && typeof transport.terminateSession === "function") {
        await (transport.terminateSession() as Promise<void>).catch(() => {});
      }
      await connection.close();
    },
  };
}

const closedByUs = new McpBatcherError("connection_lost", "The connection was closed.", { hint: "Nothing to do." });

async function createTransport(
  url: URL,
  isSse: boolean,
  init: {
    readonly fetch: typeof globalThis.fetch | ReturnType<typeof createGuardedFetch>;
    readonly requestInit: RequestInit;
  },
): Promise<Transport> {
  if (isSse) {
    const { SSEClientTransport } = await import("@modelcontextprotocol/sdk/client/sse.js");
    return new SSEClientTransport(url, init);
  }
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  return new StreamableHTTPClientTransport(url, init);
}
