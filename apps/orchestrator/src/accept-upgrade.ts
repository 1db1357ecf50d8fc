import type { IncomingMessage } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { DoorUpgrade } from "@kingly/door";
import type { Back } from "./back.ts";
import { openWorkspace } from "./open-workspace.ts";

/** Lets a gateway in that the door has checked: its workspace is opened first, or the upgrade refused with the reason. [O20] */
export function createAcceptUpgrade(deps: {
  readonly back: Back;
  /** Finishes the handshake and serves the link. */
  enter(request: IncomingMessage, socket: Duplex, head: Buffer, workspaceId: string): void;
}): DoorUpgrade["accept"] {
  const { back } = deps;
  return (request, socket, head, url) => {
    const workspaceId = url.searchParams.get("workspace") ?? "default";
    // Nobody else listens while the workspace is opened, and a client that leaves must not end the process.
    const leave = (): void => void socket.destroy();
    socket.on("error", leave);
    openWorkspace(back, workspaceId).then(
      (opening) => {
        if (!opening.ok) return refuse(socket, opening.status, opening.message);
        socket.off("error", leave);
        return deps.enter(request, socket, head, workspaceId);
      },
      (thrown: unknown) => {
        back.log.error("a workspace could not be opened", { workspaceId, why: String(thrown) });
        socket.destroy();
      },
    );
  };
}

function refuse(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ error: { code: "workspace_refused", message, hint: "Use another workspace." } });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
