import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { afterEach, describe, expect, test } from "vitest";
import { createLinkServer } from "../src/index.ts";
import type { LinkServer } from "../src/index.ts";
import { createWebSocketAcceptor } from "../src/node/index.ts";
import { createMemoryEventLog } from "./memory-event-log.ts";

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A link over real HTTP, and whatever a say brought to the app. */
async function openHouse(): Promise<{ port: number; link: LinkServer<null>; said: unknown[] }> {
  const said: unknown[] = [];
  const events = createMemoryEventLog();
  const link = createLinkServer<null>(deps, {
    eventLog: () => events,
    onSay: (say) => void said.push(say.body),
    onAsk: () => ({ ok: true, value: null }),
  });
  const acceptor = createWebSocketAcceptor();
  const server = createServer();
  server.on("upgrade", (request, socket, head) =>
    acceptor.handleUpgrade(request, socket, head, (socket) => link.accept(socket, null)),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(async () => {
    link.close();
    await acceptor.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, link, said };
}

/** A raw socket, and every byte that came. */
function knock(port: number, protocols?: string): { socket: TcpSocket; bytes(): Buffer; closed: Promise<unknown> } {
  const socket = connect(port, "127.0.0.1");
  const parts: Buffer[] = [];
  socket.on("error", () => {});
  socket.on("data", (part: Buffer) => parts.push(part));
  cleanups.push(() => socket.destroy());
  const offered = protocols === undefined ? "" : `Sec-WebSocket-Protocol: ${protocols}\r\n`;
  socket.write(
    `GET /v1/link HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n${offered}\r\n`,
  );
  const closed = new Promise((resolve) => socket.once("close", resolve));
  return { socket, bytes: () => Buffer.concat(parts), closed };
}

async function openRaw(port: number): Promise<ReturnType<typeof knock>> {
  const raw = knock(port, "kingly.1");
  while (!raw.bytes().includes("\r\n\r\n")) await once(raw.socket, "data");
  raw.socket.write(frame(0x81, '{"t":"hello","after":null}'));
  while (!raw.bytes().includes('"t":"hello"')) await once(raw.socket, "data");
  return raw;
}

/** A client's frame, masked with zeros: the payload stands in it as it is. */
function frame(first: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const head =
    body.length < 126
      ? Buffer.from([first, 0x80 | body.length])
      : Buffer.from([first, 0x80 | 126, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}

/** The code of the close frame at the end of what came. */
function closeCode(bytes: Buffer): number | undefined {
  const at = bytes.lastIndexOf(0x88);
  return at === -1 ? undefined : bytes.readUInt16BE(at + 2);
}

const bad = frame(0x81, Buffer.from([0x22, 0xff, 0xfe, 0x22]));
const nested = `{"t":"say","id":"a","b":${"[".repeat(8_000)}${"]".repeat(8_000)}}`;
const poisoned = '{"t":"say","id":"a","__proto__":{"admin":true}}';
const attacks: readonly (readonly [string, Buffer, number])[] = [
  ["bad UTF-8", bad, 1007],
  ["a reserved bit", frame(0xc1, "{}"), 1002],
  ["a reserved opcode", frame(0x83, "{}"), 1002],
  ["an unmasked frame", Buffer.from([0x81, 2, 0x7b, 0x7d]), 1002],
  ["a length of 2^62", Buffer.from([0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0]), 1009],
  ["a length over the limit, announced only", Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1]), 1009],
  ["pieces without end", Buffer.concat([frame(0x01, "{"), ...Array.from({ length: 200 }, () => frame(0, " "))]), 1008],
  ["empty pieces", Buffer.concat([frame(0x01, ""), ...Array.from({ length: 5_000 }, () => frame(0, ""))]), 1008],
  ["a control frame that is too long", frame(0x89, "x".repeat(126)), 1002],
  ["a control frame in pieces", frame(0x09, "x"), 1002],
  ["a binary frame", frame(0x82, "{}"), 1003],
  [
    "JSON that nests too deep, again and again",
    Buffer.concat(Array.from({ length: 16 }, () => frame(0x81, nested))),
    1002,
  ],
  ["keys of prototypes, again and again", Buffer.concat(Array.from({ length: 16 }, () => frame(0x81, poisoned))), 1002],
  ["a flood of nonsense", Buffer.concat(Array.from({ length: 5_000 }, () => frame(0x81, "no"))), 1002],
];

describe("hostile peers", () => {
  test.each(attacks)(
    "[LK38][LK5] %s closes the connection, whether the peer answers or not",
    async (_, bytes, code) => {
      const { port, link, said } = await openHouse();
      const raw = await openRaw(port);
      raw.socket.write(bytes);
      // The attacker answers no close frame: the end comes from the server.
      await raw.closed;
      expect(closeCode(raw.bytes())).toBe(code);
      expect([said, link.connections()]).toEqual([[], 0]);
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    },
  );

  test("[LK38] a flood of pings whose pongs nobody takes ends the connection, and memory stays", async () => {
    const { port, link } = await openHouse();
    const raw = await openRaw(port);
    raw.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 5_000 }, () => frame(0x89, "x".repeat(125))));
    const write = (): void => {
      while (!raw.socket.destroyed && raw.socket.write(pings));
    };
    raw.socket.on("drain", write);
    write();
    while (link.connections() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(link.connections()).toBe(0);
  });

  test.each([
    ["kingly.2, kingly.1", 101, undefined],
    ["kingly.1", 101, undefined],
    [undefined, 400, "subprotocol_missing"],
    [",", 400, "subprotocol_missing"],
    ["kingly.2", 426, "version_unsupported"],
    ["kingly.10, xkingly.1", 426, "version_unsupported"],
    ["KINGLY.1", 426, "version_unsupported"],
  ])("[LK37] whoever offers %s gets %i", async (offered, status, code) => {
    const { port, link } = await openHouse();
    const raw = knock(port, offered);
    await (status === 101 ? once(raw.socket, "data") : raw.closed);
    const [head = "", body = ""] = raw.bytes().toString("latin1").split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (status === 101) {
      expect(head).toMatch(/^sec-websocket-protocol: kingly\.1$/im);
      return;
    }
    const { error } = JSON.parse(body) as { error: { code: string; message: string; hint: string } };
    expect(error.code).toBe(code);
    expect(error.hint).toContain("kingly.1");
    expect(/^upgrade: websocket$/im.test(head)).toBe(status === 426);
    expect(link.connections()).toBe(0);
  });
});
