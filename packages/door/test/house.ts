// A real server behind a door, and raw sockets to knock with.
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import type { ManualClock, MemoryLog } from "@kingly/runtime/testing";
import { createDoor, harden } from "../src/index.ts";
import type { Door, DoorOptions, HardenOptions } from "../src/index.ts";

export const token = "a-token-for-tests-0123456789";

export interface Reply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly code: string | undefined;
}

export interface House {
  readonly door: Door;
  readonly server: Server;
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  readonly host: string;
  readonly origin: string;
  /** Opens a socket; what it gets is collected. */
  knock(): Knock;
  /** Sends one request and reads until the server closes. `undefined` leaves a header out, Host too. */
  ask(method: string, path: string, headers?: Asked, body?: string | Buffer): Promise<Reply>;
  close(): Promise<void>;
}
export type Asked = Readonly<Record<string, string | readonly string[] | undefined>>;
export interface Knock {
  readonly socket: Socket;
  text(): string;
  /** Resolves once what came holds `part`. */
  got(part: string): Promise<void>;
  closed: Promise<void>;
}

export function toReply(text: string): Reply {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [status = "", ...lines] = head.split("\r\n");
  const headers = new Map(
    lines.map((line) => [line.split(": ")[0]?.toLowerCase() ?? "", line.split(": ").slice(1).join(": ")]),
  );
  const body = rest.join("\r\n\r\n");
  let code: string | undefined;
  if (headers.get("content-type") === "application/json" && body !== "") code = JSON.parse(body).error?.code;
  return { status: Number(status.split(" ")[1]), headers, body, code };
}

export async function openHouse(
  make: (host: string) => Partial<DoorOptions>,
  limits: HardenOptions = {},
): Promise<House> {
  const clock = createManualClock();
  const log = createMemoryLog();
  const server = harden(createServer(), limits);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;
  const door = createDoor({ log, clock }, { token, hosts: [host], origins: [origin], routes: [], ...make(host) });
  server.on("request", door.handle);
  server.on("upgrade", door.upgrade);

  const knock = (): Knock => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => (text += part));
    socket.on("error", () => {});
    return {
      socket,
      text: () => text,
      got: async (part) => {
        while (!text.includes(part)) await once(socket, "data");
      },
      closed: new Promise((resolve) => socket.once("close", () => resolve())),
    };
  };
  return {
    door,
    server,
    clock,
    log,
    host,
    origin,
    knock,
    async ask(method, path, headers = {}, body = "") {
      const all: Asked = {
        Host: host,
        Connection: "close",
        ...(body.length > 0 ? { "Content-Length": String(Buffer.byteLength(body)) } : {}),
        ...headers,
      };
      const lines = Object.entries(all).flatMap(([name, value]) =>
        value === undefined ? [] : [value].flat().map((one) => `${name}: ${one}\r\n`),
      );
      const visit = knock();
      visit.socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
      visit.socket.write(body);
      await visit.closed;
      return toReply(visit.text());
    },
    async close() {
      door.close();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
