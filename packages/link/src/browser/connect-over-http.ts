import type { Clock } from "@kingly/runtime";
import { connectHttp } from "../connect-http.ts";
import { returnToFirst } from "../return-to-first.ts";
import type { Connect, Socket } from "../socket.ts";
import type { AnywhereAddress } from "./connect-anywhere.ts";

/** Opens the link of a page over HTTP until the WebSocket opens again: all that is loaded when it did not open. [LK42] */
export async function connectOverHttp(
  deps: { readonly clock: Clock },
  address: AnywhereAddress,
  first: Connect,
  signal: AbortSignal,
): Promise<Socket> {
  return returnToFirst(deps.clock, first, await connectHttp(address, signal), address.againMs);
}
