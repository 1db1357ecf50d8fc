import type { Fault } from "../fault.ts";

/** Why an upgrade is not made: the HTTP status beside the fault. */
export interface VersionRefusal extends Fault {
  readonly status: 400 | 426;
}

// What RFC 7230 calls a token; a subprotocol is one.
const tokens = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/;

/** Checks what a client offers as subprotocols: undefined when ours is among them, whatever else is. [LK37]
 *
 * None, or what is no list of names, is `subprotocol_missing` (400); only others are `version_unsupported` (426). */
export function checkSubprotocol(offered: string | undefined, spoken: string): VersionRefusal | undefined {
  const list = (offered ?? "").trim();
  const hint = `Offer ${spoken} in Sec-WebSocket-Protocol: new WebSocket(url, ["${spoken}"]).`;
  if (!tokens.test(list)) {
    const message = "The client offers no version of the link.";
    return { status: 400, code: "subprotocol_missing", message, hint };
  }
  if (list.split(/[ \t]*,[ \t]*/).includes(spoken)) return undefined;
  const message = `The client speaks ${list.slice(0, 100)}, this server speaks ${spoken}.`;
  return { status: 426, code: "version_unsupported", message, hint };
}
