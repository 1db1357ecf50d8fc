import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { askByClient, callByClient } from "../call-by-client.ts";
import type { ClientLike } from "../client-like.ts";
import type { Connection, ConnectionWatch, Ending } from "./connection.ts";
import { listByClient } from "./list-by-client.ts";

// Longer delays make the SDK's timers fire at once.
const longestTimerMs = 2 ** 31 - 1;
const connectionClosed = -32_000;

/** What a transport knows that others do not. */
export interface TransportTraits {
  pid(): number | undefined;
  /** Why the connection ended; asked once it has. */
  ending(): Ending;
  /** Whether a transport that could not connect will still tell its end. */
  mayWaitForEnd(cause: unknown): boolean;
  /** Told of each answer that came. */
  onHeard?(id: string | number): void;
  /** Told once, before the server is greeted. */
  onOpen?(client: ClientLike): void;
}

/** Greets a server over a transport of the SDK, and makes a connection of it. */
export async function createConnection(
  transport: Transport,
  watch: ConnectionWatch,
  traits: TransportTraits,
): Promise<Connection> {
  const [{ Client }, { ElicitRequestSchema, ToolListChangedNotificationSchema }] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/types.js"),
  ]);
  watch.signal.throwIfAborted();
  // What we cannot do is not said: a server that asks for it is told that we do not know how.
  const { elicit } = watch;
  const capabilities = elicit === undefined ? {} : { elicitation: { form: {} } };
  const client = new Client({ name: "kingly", version: "0.1.0" }, { capabilities });
  if (elicit !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }, { signal }) => {
      const answer = await elicit(params, signal);
      return answer.action === "accept"
        ? { action: "accept", content: answer.content as ElicitResult["content"] }
        : { action: answer.action };
    });
  }
  client.setNotificationHandler(ToolListChangedNotificationSchema, watch.onToolsChanged);
  traits.onOpen?.(client);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  // The SDK knows no addEventListener.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  client.onclose = resolve;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  client.onerror = watch.onNoise;
  // The SDK's own timer would only double the caller's.
  const onAbort = (): void => void transport.close();
  watch.signal.addEventListener("abort", onAbort, { once: true });
  try {
    await client.connect(transport, { signal: watch.signal, timeout: longestTimerMs });
  } catch (cause) {
    if (traits.mayWaitForEnd(cause)) {
      void transport.close();
      await closed;
    } else void transport.close().catch(() => {});
    throw cause;
  } finally {
    watch.signal.removeEventListener("abort", onAbort);
  }
  // The SDK hears a notification some microtasks after its message came, and forgets who waits for progress at once with
  // the response: progress in the same chunk would be dropped. Responses wait for what came before them.
  const hear = transport.onmessage;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  transport.onmessage = (message, extra): void => {
    if ("method" in message) hear?.(message, extra);
    else {
      if (message.id !== undefined) traits.onHeard?.(message.id);
      setImmediate(() => hear?.(message, extra));
    }
  };
  return {
    pid: traits.pid(),
    ended: closed.then(() => traits.ending()),
    callTool: (call, options) => callByClient(client, call, options),
    listTools: (signal) => listByClient(client, signal),
    async ping() {
      try {
        await askByClient(client, "ping");
      } catch (cause) {
        // Whoever refuses a ping has answered it; without an answer the code is the SDK's own.
        const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
        if (typeof code !== "number" || code === connectionClosed) throw cause;
      }
    },
    async close() {
      await transport.close();
      await closed;
    },
  };
}
