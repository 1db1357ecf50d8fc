import type { Clock } from "@kingly/runtime";
import type { EventStreamAddress } from "../connect-event-stream.ts";
import { connectWithFallback } from "../connect-with-fallback.ts";
import type { Connect } from "../link-client.ts";
import { connectWebSocket } from "./connect-web-socket.ts";

/** Creates the `connect` of a page: WebSocket first, an event stream and POSTs where WebSockets do not pass. [LK42]
 *
 * What speaks over HTTP is loaded when it is needed. */
export function connectAnywhere(
  deps: { readonly clock: Clock },
  address: EventStreamAddress & { readonly webSocketUrl: string | URL; readonly againMs?: number },
): Connect {
  const { webSocketUrl, againMs, ...http } = address;
  return connectWithFallback(deps, {
    first: (signal) => connectWebSocket(webSocketUrl, { signal }),
    second: async () => (await import("../connect-event-stream.ts")).connectEventStream(http),
    ...(againMs === undefined ? {} : { againMs }),
  });
}
