import { STATUS_CODES } from "node:http";
import type { DoorUpgrade, Refusal } from "@kingly/door";
import type { WebSocketAcceptor } from "@kingly/link/node";
import type { JoinLink } from "../join-link.ts";
import type { ConnectionCaps } from "../limits/connection-caps.ts";
import type { RateLimits } from "../limits/rate-limits.ts";
import { tooManyConnections, tooManyRequests } from "../limits/refusals.ts";
import type { PersonOf } from "../people.ts";
import type { Workspaces } from "../workspaces.ts";
import { openNamed } from "./named-workspace.ts";

/** Creates the way in to `GET /v1/link`: opens the workspace that `?workspace=` names, then the WebSocket. [G5]
 *
 * A name that cannot be opened is refused as any request is: over HTTP, with code, message and hint. */
export function createLinkUpgrade(deps: {
  readonly workspaces: Workspaces;
  readonly acceptor: WebSocketAcceptor;
  readonly personOf: PersonOf;
  readonly rates: RateLimits;
  readonly caps: ConnectionCaps;
  readonly joinLink: JoinLink;
}): DoorUpgrade {
  return {
    path: "/v1/link",
    accept(request, socket, head, url, who) {
      // Whoever leaves while the workspace is opened: an error that nobody listens to would end the process.
      socket.on("error", () => socket.destroy());
      const refuse = (refusal: Refusal): void => {
        const body = JSON.stringify({ error: { code: refusal.code, message: refusal.message, hint: refusal.hint } });
        const head = [
          `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? "Refused"}`,
          "content-type: application/json",
          `content-length: ${Buffer.byteLength(body)}`,
          "cache-control: no-store",
          "connection: close",
          ...Object.entries(refusal.headers ?? {}).map(([name, value]) => `${name}: ${String(value)}`),
        ];
        socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
      };
      const person = deps.personOf(who);
      const waitMs = deps.rates.take(who, "open");
      if (waitMs > 0) return refuse(tooManyRequests(waitMs));
      const leave = deps.caps.open(who);
      if (leave === undefined) return refuse(tooManyConnections);
      socket.once("close", leave);
      openNamed(deps.workspaces, url.searchParams.get("workspace"), person).then(
        (opened) => {
          if (!opened.ok) return refuse(opened.refusal);
          const { workspace } = opened;
          return deps.acceptor.handleUpgrade(request, socket, head, (peer) => {
            socket.once("close", deps.joinLink(peer, who, person, workspace));
          });
        },
        () => refuse(notOpened),
      );
      return undefined;
    },
  };
}

const notOpened: Refusal = {
  status: 503,
  code: "not_opened",
  message: "The workspace cannot be opened now.",
  hint: "Look at /readyz and the log of the gateway, then try again.",
};
