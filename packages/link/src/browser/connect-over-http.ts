import type { Clock } from "@kingly/runtime";
import { connectEventStream } from "../connect-event-stream.ts";
import { returnToFirst } from "../return-to-first.ts";
import type { Connect, Socket } from "../socket.ts";
import type { AnywhereAddress } from "./connect-anywhere.ts";

/** Opens the link of a page over HTTP until the WebSocket opens again: all that is loaded when it did not open. [LK42] */
export function connectOverHttp(deps: { readonly clock: Clock }, address: AnywhereAddress, first: Connect): Socket {
  return returnToFirst(deps.clock, first, connectEventStream(address), address.againMs);
}
