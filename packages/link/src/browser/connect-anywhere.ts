import type { Clock } from "@kingly/runtime";
import type { HttpAddress } from "../connect-http.ts";
import type { Connect } from "../socket.ts";
import { tryFirst } from "../try-first.ts";
import { connectWebSocket } from "./connect-web-socket.ts";

/** Where a page finds its server, by either way. */
export interface AnywhereAddress extends HttpAddress {
  readonly webSocketUrl: string | URL;
  /** So often the WebSocket is tried while HTTP is in use. Milliseconds, default 60,000. */
  readonly againMs?: number;
}

/** Creates the `connect` of a page: WebSocket first, the same frames over plain HTTP where WebSockets do not pass. [LK42]
 *
 * What speaks over HTTP is loaded when it is needed. */
export function connectAnywhere(deps: { readonly clock: Clock }, address: AnywhereAddress): Connect {
  return tryFirst(
    deps.clock,
    (signal) => connectWebSocket(address.webSocketUrl, { signal }),
    async (signal, first) => (await import("./connect-over-http.ts")).connectOverHttp(deps, address, first, signal),
  );
}
