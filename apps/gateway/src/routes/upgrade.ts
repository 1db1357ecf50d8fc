import { STATUS_CODES } from "node:http";
import type { DoorUpgrade, Refusal } from "@kingly/door";
import type { LinkServer } from "@kingly/link";
import type { WebSocketAcceptor } from "@kingly/link/node";
import type { ConnectionCaps } from "../limits/connection-caps.ts";
import type { FairIntake } from "../limits/fair-intake.ts";
import type { RateLimits } from "../limits/rate-limits.ts";
import { tooManyConnections, tooManyRequests } from "../limits/refusals.ts";
import type { LinkSession } from "../on-link.ts";
import type { PersonOf } from "../people.ts";
import { createRepeatGuard } from "../repeat-guard.ts";
import type { Workspaces } from "../workspaces.ts";
import { openNamed } from "./named-workspace.ts";

/** Creates the way in to `GET /v1/link`: opens the workspace that `?workspace=` names, then the WebSocket. [G5]
 *
 * A name that cannot be opened is refused as any request is: over HTTP, with code, message and hint. */
export function createLinkUpgrade(deps: {
  readonly workspaces: Workspaces;
  readonly acceptor: WebSocketAcceptor;
  readonly link: LinkServer<LinkSession>;
  readonly personOf: PersonOf;
  readonly rates: RateLimits;
  readonly caps: ConnectionCaps;
  readonly intake: FairIntake;
  /** How long the same request of one link is asked back. */
  readonly askAgainMs: number;
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
            const session: LinkSession = {
              workspace,
              person,
              take: deps.rates.connection(who),
              repeats: createRepeatGuard(deps.askAgainMs),
            };
            const connection = deps.link.accept(deps.intake(peer), session);
            // What is true now, and every change of it: nobody has to look. Whole each time: before the hello only the
            // newest note counts. [G28][G85]
            const { suggestions } = workspace;
            const tell = (): void => {
              const back = workspace.backConnected() ? "there" : "away";
              const suggest = suggestions.of(person.name);
              connection.note({ back, ...(suggest === undefined ? {} : { suggest }) });
            };
            tell();
            const watches = [workspace.watchBack(tell), suggestions.watch(person.name, tell)];
            socket.once("close", () => {
              for (const stop of watches) stop();
            });
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
