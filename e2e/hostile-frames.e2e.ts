// Raw sockets that break every rule of WebSocket and HTTP, against the real gateway.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHouse, root, until } from "./house.ts";
import type { House } from "./house.ts";
import { knock, post } from "./stranger.ts";

/** A client's frame, masked with zeros: the payload stands in it as it is. */
function frame(first: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const head =
    body.length < 126
      ? Buffer.from([first, 0x80 | body.length])
      : Buffer.from([first, 0x80 | 126, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}
const times = (count: number, bytes: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes));
const text = (payload: string | Buffer): Buffer => frame(0x81, payload);

/** The eleven, and what each sends after a whole handshake and hello. */
const attacks: readonly (readonly [string, Buffer])[] = [
  ["bad UTF-8", text(Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
  ["reserved bits", frame(0xf1, "{}")],
  ["unmasked client frame", Buffer.from([0x81, 2, 0x7b, 0x7d])],
  ["oversized length", Buffer.from([0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0])],
  ["fragmented for ever", Buffer.concat([frame(0x01, "{"), times(20_000, frame(0x00, " "))])],
  ["control frame too long", frame(0x89, "x".repeat(126))],
  ["binary", frame(0x82, "{}")],
  ["deep JSON", times(16, text(`{"t":"say","id":"a","b":${"[".repeat(30_000)}${"]".repeat(30_000)}}`))],
  ["prototype keys", times(16, text('{"t":"say","id":"a","text":"hi","__proto__":{"admin":true}}'))],
  ["frame flood", times(50_000, text('{"t":"say"}'))],
];

const maxGrownMb = 10;

describe("hostile frames against the real gateway", () => {
  let house: House;
  let port = 0;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    house = await openHouse({ settings: { KINGLY_LOG: "error" } });
    port = Number(new URL(house.url).port);
    await house.start("gateway");
    // Warm: what is loaded, compiled and set aside on first use is no cost of an attack. A leak would go on growing.
    for (let n = 0; n < 10; n += 1) for (const [, bytes] of attacks) await attack(bytes);
    await post(house, { text: "hi", id: "warm" });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await house.close();
  });

  const rssBytes = (): number => {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${house.pidOf("gateway")}/status`, "utf8"))?.[1];
    return Number(kilobytes) * 1024;
  };
  /** The least by which some rounds of it made the gateway grow: what an attack leaves behind, each round leaves again. The
   * heap's own ups and downs, some 10 MB, meet one round and not all. */
  const leastGrownMb = async (round: () => Promise<void>): Promise<number> => {
    let least = Number.POSITIVE_INFINITY;
    for (let n = 0; n < 4 && least >= maxGrownMb; n += 1) {
      const before = rssBytes();
      await round();
      least = Math.min(least, (rssBytes() - before) / 1_048_576);
    }
    return least;
  };
  const open = async (head: string): Promise<{ socket: Socket; seen: () => Buffer; closed: Promise<unknown> }> => {
    const socket = connect(port, "127.0.0.1");
    sockets.push(socket);
    const parts: Buffer[] = [];
    socket.on("error", () => {});
    socket.on("data", (part: Buffer) => parts.push(part));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await once(socket, "connect");
    socket.write(head);
    return { socket, seen: () => Buffer.concat(parts), closed };
  };
  const handshake = (): string =>
    `GET /v1/link HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${house.token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\nSec-WebSocket-Protocol: kingly.1\r\n\r\n`;
  /** Attacks over one whole connection; returns how long the server took to end it. */
  const attack = async (bytes: Buffer): Promise<number> => {
    const { socket, seen, closed } = await open(handshake());
    while (!seen().includes("\r\n\r\n")) await once(socket, "data");
    socket.write(text('{"t":"hello","after":null}'));
    while (!seen().includes('"t":"hello"')) await once(socket, "data");
    const startedAtMs = performance.now();
    socket.write(bytes);
    await closed;
    return performance.now() - startedAtMs;
  };

  test("[G62][LK38] ten attacks in frames are closed within 100 ms and cost less than 10 MB", async () => {
    const figures: string[] = [];
    const grownMb = await leastGrownMb(async () => {
      for (const [name, bytes] of attacks) {
        const tookMs: number[] = [];
        for (let n = 0; n < 5; n += 1) tookMs.push(await attack(bytes));
        // The middle of five: a machine that does something else for a moment is no fault of the gateway.
        const middleMs = tookMs.toSorted((a, b) => a - b)[2] ?? 0;
        figures.push(`${name} ${middleMs.toFixed(1)} ms`);
        expect([name, middleMs < 100]).toEqual([name, true]);
      }
    });
    console.info(`${figures.join(", ")}; grown ${grownMb.toFixed(1)} MB`);
    expect(grownMb).toBeLessThan(maxGrownMb);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect((await post(house, { text: "hi", id: "after" })).status).toBe(200);
  });

  test("[G62][D16][LK7] the eleventh: half handshakes and silent links end by their time, and others are answered", async () => {
    const grownMb = await leastGrownMb(async () => {
      const half = await Promise.all(
        Array.from({ length: 200 }, () => open(`GET /v1/link HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Slow: `)),
      );
      const silent = await Promise.all(Array.from({ length: 50 }, () => open(handshake())));
      const drip = setInterval(() => {
        for (const { socket } of half) if (!socket.destroyed) socket.write("x");
      }, 500);
      for (let n = 0; n < 20; n += 1) expect((await post(house, { text: "hi", id: `n${n}` })).status).toBe(200);
      await until(
        "all are ended",
        () => [...half, ...silent].every(({ socket }) => socket.destroyed) || undefined,
        12_000,
      );
      clearInterval(drip);
      expect(half.map(({ seen }) => seen().toString("latin1").slice(0, 12))).toEqual(half.map(() => "HTTP/1.1 408"));
      // Both limits are 5 s: either may be the one that ends it.
      expect(silent.map(({ seen }) => /hello_timeout|silent/.test(seen().toString("latin1")))).not.toContain(false);
    });
    expect(grownMb).toBeLessThan(maxGrownMb);
    expect((await knock(house, "/healthz")).status).toBe(200);
  });

  test("[H17] it listens on 127.0.0.1 and nowhere else, and does not start when it shall", async () => {
    const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
    const listening = ["tcp", "tcp6"].flatMap((family) =>
      readFileSync(`/proc/net/${family}`, "utf8")
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        // 0A: a socket that listens.
        .filter(([, local = "", , state]) => local.endsWith(`:${hexPort}`) && state === "0A")
        .map(([, local = ""]) => local),
    );
    expect(listening).toEqual([`0100007F:${hexPort}`]);
    for (const host of ["0.0.0.0", "::", "kingly.example"]) {
      const child = spawn(process.execPath, [join(root, "apps/gateway/src/main.ts")], {
        env: { ...process.env, KINGLY_HOME: join(house.home, "other"), KINGLY_HOST: host },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let said = "";
      child.stderr.on("data", (part: Buffer) => (said += part.toString("utf8")));
      const [code] = (await once(child, "close")) as [number | null];
      expect([code, said.trim().split("\n").length]).toEqual([78, 1]);
      expect(said).toMatch(/KINGLY_HOST is .* listens on 127\.0\.0\.1 only.* ssh -L/);
    }
  });

  test("[G5][LK37] a link without the version that is spoken here is refused in words", async () => {
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "MTIzNDU2Nzg5MDEyMzQ1Ng==",
    };
    const none = await knock(house, "/v1/link", { headers: upgrade });
    expect([none.status, none.code]).toEqual([400, "subprotocol_missing"]);
    const newer = await knock(house, "/v1/link", { headers: { ...upgrade, "sec-websocket-protocol": "kingly.2" } });
    expect([newer.status, newer.code, newer.json.error?.hint]).toEqual([
      426,
      "version_unsupported",
      expect.stringContaining("kingly.1"),
    ]);
  });
});
