import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { createSilentLog, createSystemClock } from "@kingly/runtime";
import { createDoor, harden, isDoorError } from "../src/index.ts";
import type { DoorCall, DoorOptions, HardenOptions, Route } from "../src/index.ts";
import { readBody } from "../src/read-body.ts";
import { openHouse, toReply, token } from "./house.ts";
import type { Asked, House } from "./house.ts";

let house: House;
afterEach(() => house.close());

let calls: DoorCall[] = [];
const remember = (call: DoorCall): { status: number; json: unknown } => {
  calls.push(call);
  return { status: 200, json: { by: call.by, params: call.params, path: call.url.pathname, json: call.json ?? null } };
};
const routes: readonly Route[] = [
  { method: "GET", path: "/", open: true, handle: () => ({ status: 200, text: "page", contentType: "text/plain" }) },
  { method: "GET", path: "/v1/tasks", handle: remember },
  { method: "POST", path: "/v1/tasks", body: "json", handle: remember },
  { method: "DELETE", path: "/v1/tasks", handle: remember },
  { method: "GET", path: "/v1/tasks/:id", handle: remember },
  { method: "GET", path: "/v1/tasks/next", handle: () => ({ status: 204 }) },
  { method: "GET", path: "/files/*path", handle: remember },
  { method: "POST", path: "/open", body: "json", open: true, handle: remember },
];
const open = async (options: Partial<DoorOptions> = {}, limits: HardenOptions = {}): Promise<void> => {
  calls = [];
  house = await openHouse(() => ({ routes, ...options }), limits);
};
const bearer = { Authorization: `Bearer ${token}` };
const json = { ...bearer, "Content-Type": "application/json" };
const cookie = (): Asked => ({ Cookie: house.door.sessionCookie().split(";")[0] });
const outcome = async (method: string, path: string, headers: Asked = {}, body?: string | Buffer): Promise<string> => {
  const reply = await house.ask(method, path, headers, body);
  return `${reply.status}${reply.code === undefined ? "" : ` ${reply.code}`}`;
};

describe("who comes in", () => {
  test("[D1][D11] of every set of refusals that apply the first of the order wins", async () => {
    await open();
    const defects = [
      { headers: { Host: "evil.test" }, wanted: "403 host_refused" },
      { headers: { Origin: "http://evil.test" }, wanted: "403 origin_refused" },
      { headers: { Authorization: "Bearer wrong-wrong-wrong-wrong" }, wanted: "401 unauthorized" },
      { path: "/nothing", wanted: "404 not_found" },
      { method: "PUT", wanted: "405 method_not_allowed" },
      { headers: { "Content-Type": "text/plain" }, wanted: "415 unsupported_media_type" },
      { large: true, wanted: "413 too_large" },
      { broken: true, wanted: "400 malformed_json" },
    ];
    expect(await outcome("POST", "/v1/tasks", json, "{}")).toBe("200");
    const wrong: string[] = [];
    for (let set = 1; set < 2 ** defects.length; set += 1) {
      const chosen = defects.filter((_, at) => (set & (1 << at)) !== 0);
      const headers = Object.assign({}, json, ...chosen.map((defect) => defect.headers));
      const method = chosen.some((defect) => defect.method) ? "PUT" : "POST";
      const path = chosen.some((defect) => defect.path) ? "/nothing" : "/v1/tasks";
      const space = chosen.some((defect) => defect.large) ? 70_000 : 0;
      const body = `${" ".repeat(space)}${chosen.some((defect) => defect.broken) ? "{" : "{}"}`;
      const reply = await house.ask(method, path, headers, body);
      const seen = `${reply.status} ${reply.code}`;
      if (seen !== chosen[0]?.wanted) wrong.push(`${chosen.map((defect) => defect.wanted).join(" + ")} gave ${seen}`);
      const error: unknown = JSON.parse(reply.body).error;
      expect(error).toEqual({
        code: reply.code,
        message: expect.stringMatching(/./),
        hint: expect.stringMatching(/./),
      });
    }
    expect(wrong).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  test("[D2] a Host that is missing, doubled or another is refused", async () => {
    await open();
    const port = house.host.split(":")[1];
    const hosts = [
      undefined,
      "",
      "evil.test",
      "127.0.0.1",
      `127.0.0.1:${port}0`,
      `127.0.0.1.:${port}`,
      `x${house.host}`,
    ];
    hosts.push(`localhost:${port}`, `[::1]:${port}`, `127.1:${port}`, `${house.host}, evil.test`, `u@${house.host}`);
    for (const Host of hosts) expect(await outcome("GET", "/", { Host })).toBe("403 host_refused");
    expect(await outcome("GET", "/", { Host: [house.host, "evil.test"] })).toBe("403 host_refused");
    expect(await outcome("GET", "/", { Host: [house.host, house.host] })).toBe("403 host_refused");
    const old = house.knock();
    old.socket.write("GET / HTTP/1.0\r\n\r\n");
    await old.closed;
    expect(toReply(old.text()).code).toBe("host_refused");
  });

  test("[D2] an absolute-form target must name an allowed host too, and // is a path", async () => {
    await open();
    expect(await outcome("GET", "http://evil.test/v1/tasks", bearer)).toBe("403 host_refused");
    expect(await outcome("GET", `http://${house.host}@evil.test/v1/tasks`, bearer)).toBe("403 host_refused");
    expect(await outcome("GET", `http://evil.test@${house.host}/v1/tasks`, bearer)).toBe("403 host_refused");
    expect(await outcome("GET", `http://${house.host}/v1/tasks`, { ...bearer, Host: "evil.test" })).toBe(
      "403 host_refused",
    );
    expect(await outcome("GET", `http://${house.host}/v1/tasks?x=1`, bearer)).toBe("200");
    expect(await outcome("GET", "//evil.test/v1/tasks", bearer)).toBe("404 not_found");
    expect(await outcome("OPTIONS", "*", bearer)).toBe("404 not_found");
    expect(calls.map((call) => call.url.href)).toEqual([`${house.origin}/v1/tasks?x=1`]);
  });

  test("[D3] every Origin but the exact one is refused, on open routes too", async () => {
    await open();
    const port = house.host.split(":")[1];
    const origins = ["null", "", "http://evil.test", `https://${house.host}`, `${house.origin}/`, `${house.origin}.`];
    origins.push(`HTTP://${house.host}`, `${house.origin}0`, `http://127.0.0.1`, `http://localhost:${port}`);
    origins.push(`${house.origin}.evil.test`, `http://evil.test?${house.origin}`, `${house.origin}, ${house.origin}`);
    for (const Origin of origins) {
      expect(await outcome("GET", "/", { Origin })).toBe("403 origin_refused");
      expect(await outcome("POST", "/v1/tasks", { ...json, Origin }, "{}")).toBe("403 origin_refused");
    }
    const Origin = [house.origin, house.origin];
    expect(await outcome("GET", "/v1/tasks", { ...bearer, Origin })).toBe("403 origin_refused");
    expect(await outcome("GET", "/v1/tasks", { ...bearer, Origin: house.origin })).toBe("200");
  });

  test("[D4][D5] what counts without an Origin", async () => {
    await open();
    const asks: readonly (readonly [string, string, Asked, string])[] = [
      ["POST", "/v1/tasks", json, "200"],
      ["POST", "/v1/tasks", { ...json, "Sec-Fetch-Site": "cross-site" }, "200"],
      ["GET", "/v1/tasks", cookie(), "200"],
      ["GET", "/v1/tasks", { ...cookie(), "Sec-Fetch-Site": "same-origin" }, "200"],
      ["GET", "/v1/tasks", { ...cookie(), "Sec-Fetch-Site": "none" }, "200"],
      ["GET", "/v1/tasks", { ...cookie(), "Sec-Fetch-Site": "same-site" }, "403 origin_refused"],
      ["GET", "/v1/tasks", { ...cookie(), "Sec-Fetch-Site": "cross-site" }, "403 origin_refused"],
      ["GET", "/v1/tasks", { ...cookie(), "Sec-Fetch-Site": ["none", "cross-site"] }, "403 origin_refused"],
      ["POST", "/v1/tasks", { ...cookie(), "Content-Type": "application/json" }, "403 origin_refused"],
      ["DELETE", "/v1/tasks", { ...cookie(), "Sec-Fetch-Site": "same-origin" }, "403 origin_refused"],
      ["GET", "/v1/tasks", { Cookie: "kingly_session=wrong", "Sec-Fetch-Site": "cross-site" }, "403 origin_refused"],
      ["GET", "/v1/tasks", { Cookie: "other=1", "Sec-Fetch-Site": "cross-site" }, "401 unauthorized"],
      ["POST", "/v1/tasks", { ...cookie(), Origin: house.origin, "Content-Type": "application/json" }, "200"],
      ["POST", "/open", { "Content-Type": "application/json" }, "200"],
      ["POST", "/open", { ...json, ...cookie(), Authorization: "Bearer wrong", "Sec-Fetch-Site": "cross-site" }, "200"],
      ["GET", "/", { Cookie: "kingly_session=wrong", "Sec-Fetch-Site": "cross-site" }, "200"],
    ];
    for (const [method, path, headers, wanted] of asks) {
      const body = method === "POST" ? "{}" : "";
      expect([method, path, headers, await outcome(method, path, headers, body)]).toEqual([
        method,
        path,
        headers,
        wanted,
      ]);
    }
    expect(calls.map((call) => call.by)).toEqual([
      "bearer",
      "bearer",
      "cookie",
      "cookie",
      "cookie",
      "cookie",
      "open",
      "open",
    ]);
  });

  test("[D6] a missing, wrong or doubled token is 401, on unknown paths too, and a Bearer wins over a cookie", async () => {
    await open();
    const wrong = ["", "Bearer", "Bearer ", `Basic ${token}`, `Bearer ${token}x`, `Bearer ${token.slice(1)}`, token];
    for (const Authorization of [...wrong, `Bearer ${token} x`, [`Bearer ${token}`, `Bearer ${token}`]]) {
      expect(await outcome("GET", "/v1/tasks", { Authorization })).toBe("401 unauthorized");
    }
    for (const path of ["/nothing", "/v1/tasks?token=x", "/%ff"])
      expect(await outcome("GET", path)).toBe("401 unauthorized");
    expect(await outcome("PUT", "/")).toBe("401 unauthorized");
    expect(await outcome("GET", "/v1/tasks", { ...cookie(), Authorization: "Bearer wrong" })).toBe("401 unauthorized");
    expect(await outcome("GET", "/v1/tasks", { Authorization: `bearer ${token}` })).toBe("200");
    expect(JSON.stringify(house.log.entries)).not.toContain(token);
    expect(house.log.entries.filter((entry) => entry.level === "warn").length).toBeGreaterThan(10);
  });

  test("[D7] a cookie is signed, ends after its time, and belongs to one token", async () => {
    await open();
    const written = house.door.sessionCookie();
    expect(written).toMatch(
      /^kingly_session=1700000000000\.[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const pair = written.split(";")[0] ?? "";
    const [name, signature] = pair.split(".");
    const get = (Cookie: string): Promise<string> => outcome("GET", "/v1/tasks", { Cookie });
    expect(await get(`a=b; ${pair}; c=d`)).toBe("200");
    expect(await get(`kingly_session=other; ${pair}`)).toBe("200");
    const flipped = `${signature?.startsWith("A") ? "B" : "A"}${signature?.slice(1)}`;
    for (const bad of [
      `${name?.slice(0, -1)}1.${signature}`,
      `${name}.${flipped}`,
      `${name}.`,
      `${name}`,
      `${pair}x`,
    ]) {
      expect(await get(bad)).toBe("401 unauthorized");
    }
    expect(await get(`x${pair}`)).toBe("401 unauthorized");

    const deps = { log: createSilentLog(), clock: house.clock };
    const options = { hosts: [house.host], origins: [], routes: [] };
    expect(createDoor(deps, { ...options, token }).sessionCookie()).toBe(written);
    const [stranger = ""] = createDoor(deps, { ...options, token: `${token}2` })
      .sessionCookie()
      .split(";");
    expect(await get(stranger)).toBe("401 unauthorized");

    const dayMs = 86_400_000;
    house.clock.advance(30 * dayMs - 1);
    expect(await get(pair)).toBe("200");
    house.clock.advance(1);
    expect(await get(pair)).toBe("401 unauthorized");
    const ahead = createDoor({ ...deps, clock: createSystemClock() }, { ...options, token });
    expect(await get(ahead.sessionCookie().split(";")[0] ?? "")).toBe("401 unauthorized");
  });
});

describe("upgrades", () => {
  const upgrades: DoorOptions["upgrades"] = [
    {
      path: "/v1/link",
      accept: (_request, socket, head, url) =>
        socket.end(`HTTP/1.1 101 Switching Protocols\r\nX-Saw: ${head.toString()} ${url.search}\r\n\r\n`),
    },
    {
      path: "/broken",
      accept: () => {
        throw new Error("secret reason");
      },
    },
  ];
  const ws: Asked = { Connection: "Upgrade", Upgrade: "websocket" };

  test("[D8] the same checks in the same order, refused on the socket", async () => {
    await open({ upgrades });
    const asks: readonly (readonly [string, Asked, string])[] = [
      ["/nothing", { Host: "evil.test", Origin: "http://evil.test" }, "403 host_refused"],
      ["/nothing", { Host: undefined }, "403 host_refused"],
      ["http://evil.test/v1/link", bearer, "403 host_refused"],
      ["/nothing", { Origin: "http://evil.test" }, "403 origin_refused"],
      ["/v1/link", { ...bearer, Origin: "null" }, "403 origin_refused"],
      ["/v1/link", cookie(), "403 origin_refused"],
      ["/v1/link", { ...cookie(), "Sec-Fetch-Site": "same-origin" }, "403 origin_refused"],
      ["/v1/link", {}, "401 unauthorized"],
      ["/nothing", { Origin: house.origin }, "401 unauthorized"],
      ["/", {}, "401 unauthorized"],
      ["/nothing", bearer, "404 not_found"],
      ["/v1/tasks", bearer, "404 not_found"],
      ["/v1/link", bearer, "101"],
      ["/v1/link", { ...cookie(), Origin: house.origin }, "101"],
    ];
    for (const [path, headers, wanted] of asks) {
      const asked = { ...ws, ...headers };
      expect([path, headers, await outcome("GET", path, asked)]).toEqual([path, headers, wanted]);
    }
    expect(await outcome("POST", "/v1/link", { ...ws, ...bearer })).toBe("405 method_not_allowed");
    const reply = await house.ask("GET", "/v1/link", ws);
    expect(reply.headers.get("connection")).toBe("close");
    expect(reply.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(Number(reply.headers.get("content-length"))).toBe(reply.body.length);
    expect((await house.ask("GET", "/v1/link?after=3", { ...ws, ...bearer }, "")).headers.get("x-saw")).toBe(
      " ?after=3",
    );
    house.door.close();
    expect(await outcome("GET", "/v1/link", { ...ws, ...bearer })).toBe("503 closing");
  });

  test("[D8] an accept that throws closes the socket and tells only the log", async () => {
    await open({ upgrades });
    const visit = house.knock();
    visit.socket.write(`GET /broken HTTP/1.1\r\nHost: ${house.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`);
    visit.socket.write(`Authorization: Bearer ${token}\r\n\r\n`);
    await visit.closed;
    expect(visit.text()).toBe("");
    expect(house.log.entries).toMatchObject([
      { level: "error", fields: { why: expect.stringContaining("secret reason") } },
    ]);
  });
});

describe("where to", () => {
  test("[D9] parameters are decoded, plain routes win, HEAD works where GET does", async () => {
    await open();
    const params = async (path: string): Promise<unknown> =>
      JSON.parse((await house.ask("GET", path, bearer)).body).params;
    expect(await params("/v1/tasks/a%20b%2Fc")).toEqual({ id: "a b/c" });
    expect(await params("/files/a/b%3F/c?x")).toEqual({ path: "a/b?/c" });
    expect(await params("/files/../v1/tasks/__proto__")).toEqual({ id: "__proto__" });
    expect((await house.ask("GET", "/v1/tasks/next", bearer)).status).toBe(204);
    const asked = await house.ask("GET", "/v1/tasks", bearer);
    const head = await house.ask("HEAD", "/v1/tasks", bearer);
    expect([head.status, head.body, head.headers.get("content-length")]).toEqual([200, "", String(asked.body.length)]);
    for (const path of [
      "/v1/tasks/",
      "/v1",
      "/v1/tasks/%zz",
      "/V1/tasks",
      "/files",
      "/files/",
      "/v1/tasks/a/b",
      "/x",
    ]) {
      expect(await outcome("GET", path, bearer)).toBe("404 not_found");
    }
    expect((await house.ask("HEAD", "/nothing", bearer)).status).toBe(404);
  });

  test("[D10] another method is 405 and Allow names those that exist", async () => {
    await open();
    const reply = await house.ask("PATCH", "/v1/tasks", bearer);
    expect([reply.status, reply.code, reply.headers.get("allow")]).toEqual([
      405,
      "method_not_allowed",
      "DELETE, GET, HEAD, POST",
    ]);
    expect((await house.ask("POST", "/v1/tasks/7", bearer)).headers.get("allow")).toBe("GET, HEAD");
    expect((await house.ask("HEAD", "/open", bearer)).headers.get("allow")).toBe("POST");
    expect(await outcome("OPTIONS", "/v1/tasks", bearer)).toBe("405 method_not_allowed");
  });
});

describe("bodies", () => {
  test("[D21] only JSON in UTF-8 is taken where JSON is wanted", async () => {
    await open();
    for (const type of ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']) {
      expect(await outcome("POST", "/v1/tasks", { ...json, "Content-Type": type }, "{}")).toBe("200");
    }
    const bad = [undefined, "", "text/plain", "application/json-patch+json", "application/json; charset=latin1"];
    for (const type of [...bad, "application/x-www-form-urlencoded", ["application/json", "text/plain"]]) {
      const headers = { ...json, "Content-Type": type };
      expect(await outcome("POST", "/v1/tasks", headers, "{}")).toBe("415 unsupported_media_type");
    }
    const zipped = { ...json, "Content-Encoding": "gzip" };
    expect(await outcome("POST", "/v1/tasks", zipped, "{}")).toBe("415 unsupported_media_type");
  });

  const chunked = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
  const inChunks = { ...json, "Transfer-Encoding": "chunked", "Content-Length": undefined };

  test("[D12][D13] a body over the limit is 413, by length or by counting, and the answer arrives whole", async () => {
    await open();
    const text = (length: number): string => JSON.stringify("x".repeat(length - 2));
    expect(await outcome("POST", "/v1/tasks", json, text(65_536))).toBe("200");
    expect(await outcome("POST", "/v1/tasks", json, text(65_537))).toBe("413 too_large");
    expect(await outcome("POST", "/v1/tasks", json, text(70_000))).toBe("413 too_large");
    expect(await outcome("POST", "/v1/tasks", inChunks, `${chunked(text(65_536))}0\r\n\r\n`)).toBe("200");
    const many = chunked(`"${"y".repeat(999)}`).repeat(70);
    for (const body of [chunked(text(70_000)), many]) {
      const reply = await house.ask("POST", "/v1/tasks", inChunks, `${body}0\r\n\r\n`);
      expect([reply.status, reply.code, reply.headers.get("connection")]).toEqual([413, "too_large", "close"]);
    }
    expect(await outcome("DELETE", "/v1/tasks", bearer, text(70_000))).toBe("413 too_large");
    expect(await outcome("DELETE", "/v1/tasks", { ...inChunks }, `${many}0\r\n\r\n`)).toBe("413 too_large");
    expect(await outcome("DELETE", "/v1/tasks", bearer, "ignored")).toBe("200");
    expect(calls).toHaveLength(3);
    expect(house.clock.pendingTimers()).toBe(0);
  });

  test("[D13] by length the answer comes before the body is sent", async () => {
    await open();
    const visit = house.knock();
    visit.socket.write(`POST /v1/tasks HTTP/1.1\r\nHost: ${house.host}\r\nAuthorization: Bearer ${token}\r\n`);
    visit.socket.write("Content-Type: application/json\r\nContent-Length: 70000\r\n\r\n");
    await visit.got("too_large");
    visit.socket.write(" ".repeat(70_000));
    await visit.closed;
    expect(toReply(visit.text())).toMatchObject({ status: 413, code: "too_large" });
  });

  test.each([["bytes"], ["time"]])("[D12] reading on after a refusal ends by %s", async (limit) => {
    await open();
    const visit = house.knock();
    visit.socket.write(`POST /v1/tasks HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 9007199254740991\r\n\r\n`);
    await visit.got("host_refused");
    expect(house.clock.pendingTimers()).toBe(1);
    let isClosed = false;
    void visit.closed.then(() => (isClosed = true));
    if (limit === "time") {
      house.clock.advance(1999);
      expect(house.clock.pendingTimers()).toBe(1);
      house.clock.advance(1);
    } else {
      const part = Buffer.alloc(65_536, " ");
      while (!isClosed)
        if (!visit.socket.write(part)) await Promise.race([once(visit.socket, "drain"), visit.closed]).catch(() => {});
    }
    await visit.closed;
    expect(house.clock.pendingTimers()).toBe(0);
    expect(toReply(visit.text())).toMatchObject({ status: 403, code: "host_refused" });
  });

  test("[D13] a body that is cut off reaches no handler and is no error", async () => {
    await open();
    for (const length of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
      const visit = house.knock();
      const arrived = once(house.server, "request");
      visit.socket.write(`POST /v1/tasks HTTP/1.1\r\nHost: ${house.host}\r\nAuthorization: Bearer ${token}\r\n`);
      visit.socket.write(`Content-Type: application/json\r\n${length}\r\n\r\n{"a`);
      const request = (await arrived)[0] as IncomingMessage;
      const left = new Promise((resolve) => request.once("close", resolve));
      visit.socket.destroy();
      await left;
      await setImmediate();
    }
    expect(calls).toEqual([]);
    expect(house.log.entries.filter((entry) => entry.level === "error")).toEqual([]);
    expect(await outcome("GET", "/v1/tasks", bearer)).toBe("200");
  });

  test("[D13] a body that is cut off is told from a complete one, and waits for nobody", async () => {
    await open();
    const readings: Promise<unknown>[] = [];
    house.server.removeAllListeners("request").on("request", (request: IncomingMessage) => {
      request.on("error", () => {});
      readings.push(readBody(request, 100));
    });
    const visit = house.knock();
    const arrived = once(house.server, "request");
    visit.socket.write(`POST / HTTP/1.1\r\nHost: ${house.host}\r\nContent-Length: 9\r\n\r\n{"a`);
    await arrived;
    visit.socket.destroy();
    expect(await Promise.all(readings)).toEqual([{ ok: false, why: "gone" }]);
  });

  test("[D14] 1,024 keys pass, one more does not, and colons in texts are no keys", async () => {
    await open();
    const body = (keys: number): string =>
      JSON.stringify([{ text: ":".repeat(2_000) }, ...Array.from({ length: keys - 1 }, () => ({ k: 1 }))]);
    expect(await outcome("POST", "/v1/tasks", json, body(1_024))).toBe("200");
    expect(await outcome("POST", "/v1/tasks", json, body(1_025))).toBe("400 malformed_json");
    expect(calls).toHaveLength(1);
  });

  test("[D14] what is not our JSON is 400 malformed_json", async () => {
    await open();
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    const bad = [
      "{",
      "",
      "{}{}",
      "{'a':1}",
      "[1,]",
      "NaN",
      nested(33),
      nested(5000),
      "[".repeat(60_000),
      '{"a":"\u0001"}',
    ];
    const keys = ['{"__proto__":1}', '{"a":[{"constructor":{}}]}', '{"\\u005f_proto__":1}', '[{"prototype":null}]'];
    const bytes = [
      Buffer.from([0x22, 0xff, 0x22]),
      Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
      Buffer.from("{}", "utf16le"),
    ];
    for (const body of [...bad, ...keys, ...bytes]) {
      expect(await outcome("POST", "/v1/tasks", json, body)).toBe("400 malformed_json");
    }
    expect(calls).toEqual([]);
    for (const good of [nested(32), '"__proto__"', `"\\"${"[".repeat(40)}"`, "null", '{"é":"\\ud800"}', " 1 "]) {
      const reply = await house.ask("POST", "/v1/tasks", json, good);
      expect([good, reply.status]).toEqual([good, 200]);
      expect(calls.at(-1)?.json).toEqual(JSON.parse(good));
    }
  });
});

describe("answers", () => {
  test("[D15] every answer has the security headers, and an answer may replace them", async () => {
    const route: Route = {
      method: "GET",
      path: "/asset",
      handle: () => ({ status: 200, text: "x", contentType: "text/css", headers: { "Cache-Control": "max-age=5" } }),
    };
    await open({ routes: [...routes, route], headers: { "Referrer-Policy": "same-origin", "X-More": "1" } });
    const policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
      `connect-src 'self' ws://${house.host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
    for (const path of ["/", "/v1/tasks", "/nothing", "/asset"]) {
      const { headers } = await house.ask("GET", path, bearer);
      expect(headers.get("content-security-policy")).toBe(policy);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("x-more")).toBe("1");
      expect(headers.get("cache-control")).toBe(path === "/asset" ? "max-age=5" : "no-store");
    }
  });

  const get = (path: string, handle: Route["handle"]): Route => ({ method: "GET", path, open: true, handle });

  test("[D18] JSON, text, bytes and a bare status", async () => {
    await open({
      routes: [
        get("/json", () => ({ status: 201, json: { a: "é" }, headers: { "Set-Cookie": ["a=1", "b=2"] } })),
        get("/text", () => Promise.resolve({ status: 200, text: "é", contentType: "text/plain; charset=utf-8" })),
        get("/bytes", () => ({ status: 200, bytes: Uint8Array.of(65, 66), contentType: "image/png" })),
        get("/bare", () => ({ status: 204 })),
      ],
    });
    const json = await house.ask("GET", "/json");
    expect([json.status, json.body, json.headers.get("content-length")]).toEqual([201, '{"a":"Ã©"}', "10"]);
    const text = await house.ask("GET", "/text");
    expect([text.body, text.headers.get("content-type")]).toEqual(["Ã©", "text/plain; charset=utf-8"]);
    const bytes = await house.ask("GET", "/bytes");
    expect([bytes.body, bytes.headers.get("content-type")]).toEqual(["AB", "image/png"]);
    const bare = await house.ask("GET", "/bare");
    expect([bare.status, bare.body, bare.headers.has("content-length")]).toEqual([204, "", false]);
  });

  test("[D18] a handler that fails is 500 without a reason; the log has it", async () => {
    const fail = (): never => {
      throw new Error("secret reason");
    };
    const round: Record<string, unknown> = {};
    round["self"] = round;
    await open({
      routes: [
        get("/throws", fail),
        get("/rejects", ({ response }) => {
          response.setHeader("X-Half", "done");
          return Promise.reject(new Error("secret reason"));
        }),
        get("/round", () => ({ status: 200, json: round })),
        get("/half", ({ response }) => {
          response.write("half");
          return fail();
        }),
      ],
    });
    for (const path of ["/throws", "/rejects", "/round"]) {
      const reply = await house.ask("GET", path);
      expect([reply.status, reply.code, reply.headers.has("x-half")]).toEqual([500, "internal", false]);
      expect(reply.body).not.toContain("secret");
    }
    const half = await house.ask("GET", "/half");
    expect(half.body.endsWith("0\r\n\r\n")).toBe(false);
    const errors = house.log.entries.filter((entry) => entry.level === "error");
    expect(errors.map((entry) => entry.fields["place"])).toEqual(["/throws", "/rejects", "/round", "/half"]);
    expect(errors[0]?.fields["why"]).toContain("secret reason");
  });

  test("[D19] the signal aborts when the client leaves, not when it was answered", async () => {
    const signals: AbortSignal[] = [];
    await open({
      routes: [
        get("/stream", ({ response, signal }) => {
          signals.push(signal);
          response.writeHead(200, { "Content-Type": "text/event-stream" });
          response.write(": hello\n\n");
          return "streamed";
        }),
        get("/whole", ({ signal }) => {
          signals.push(signal);
          return { status: 200, json: 1 };
        }),
      ],
    });
    await house.ask("GET", "/whole");
    const visit = house.knock();
    visit.socket.write(`GET /stream HTTP/1.1\r\nHost: ${house.host}\r\n\r\n`);
    await visit.got("hello");
    expect(visit.text()).toContain("frame-ancestors 'none'");
    const [whole, stream] = signals;
    expect([whole?.aborted, stream?.aborted]).toEqual([false, false]);
    const aborted = new Promise((resolve) => stream?.addEventListener("abort", resolve));
    visit.socket.destroy();
    await aborted;
    expect(whole?.aborted).toBe(false);

    const head = await house.ask("HEAD", "/stream");
    expect([head.status, head.body, head.headers.get("content-type")]).toEqual([200, "", "text/event-stream"]);
    expect(signals[2]?.aborted).toBe(true);
  });

  test("[D19] close aborts and ends what runs, and refuses from then on", async () => {
    let wait: Promise<unknown> | undefined;
    await open({
      routes: [
        get("/stream", ({ response }) => {
          response.write("first");
          return "streamed";
        }),
        get("/wait", ({ signal }) => {
          wait = new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("left"))));
          return wait.then(() => ({ status: 200 }));
        }),
      ],
    });
    const stream = house.ask("GET", "/stream");
    const arrived = once(house.server, "request");
    await arrived;
    const secondArrived = once(house.server, "request");
    const waiting = house.ask("GET", "/wait");
    await secondArrived;
    await setImmediate();
    house.door.close();
    house.door.close();
    expect((await stream).body).toContain("first\r\n0\r\n\r\n");
    expect((await waiting).code).toBe("closing");
    expect(await outcome("GET", "/stream")).toBe("503 closing");
    expect(house.log.entries.filter((entry) => entry.level === "error")).toEqual([]);
  });
});

describe("the server", () => {
  test("[D16] slow headers and slow bodies end with 408", async () => {
    await open({}, { headersTimeoutMs: 40, requestTimeoutMs: 60, checkEveryMs: 10 });
    const slowHeaders = house.knock();
    slowHeaders.socket.write(`GET / HTTP/1.1\r\nHost: ${house.host}\r\nX-Slow: `);
    const slowBody = house.knock();
    slowBody.socket.write(`POST /v1/tasks HTTP/1.1\r\nHost: ${house.host}\r\nAuthorization: Bearer ${token}\r\n`);
    slowBody.socket.write("Content-Type: application/json\r\nContent-Length: 5\r\n\r\n{");
    await Promise.all([slowHeaders.closed, slowBody.closed]);
    expect(toReply(slowHeaders.text())).toMatchObject({ status: 408, code: "too_slow" });
    expect(toReply(slowBody.text())).toMatchObject({ status: 408, code: "too_slow" });
    expect(calls).toEqual([]);
  });

  test("[D16] what is not HTTP and too many header bytes are refused in our form", async () => {
    await open();
    const nonsense = house.knock();
    nonsense.socket.write("hello?\r\n\r\n");
    await nonsense.closed;
    expect(toReply(nonsense.text())).toMatchObject({ status: 400, code: "bad_request" });
    const both = house.knock();
    both.socket.write(
      `POST /open HTTP/1.1\r\nHost: ${house.host}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
    );
    await both.closed;
    expect(toReply(both.text()).status).toBe(400);
    expect(await outcome("GET", "/", { "X-Long": "x".repeat(20_000) })).toBe("431 headers_too_large");
    expect([house.server.headersTimeout, house.server.maxHeadersCount, house.server.keepAliveTimeout]).toEqual([
      5000, 64, 5000,
    ]);
  });

  test("[D22] one connection more than the most is closed, and those that are open go on", async () => {
    await open({}, { maxConnections: 3 });
    const held = [house.knock(), house.knock(), house.knock()];
    await Promise.all(held.map(({ socket }) => once(socket, "connect")));
    for (const { socket } of held) socket.write(`GET / HTTP/1.1\r\nHost: ${house.host}\r\nX-Wait: `);
    const extra = house.knock();
    await extra.closed;
    expect(extra.text()).toBe("");
    held[0]?.socket.write("no\r\n\r\n");
    await held[0]?.got("HTTP/1.1 200");
    for (const { socket } of held) socket.destroy();
    expect(harden(createServer()).maxConnections).toBe(4096);
  });

  test("[D20] wrong options and routes are refused before anything is served", async () => {
    await open();
    const codeOf = (options: Partial<DoorOptions>): unknown => {
      try {
        const good = { token, hosts: [house.host], origins: [], routes };
        createDoor({ log: createSilentLog(), clock: house.clock }, { ...good, ...options });
      } catch (thrown) {
        return isDoorError(thrown) ? thrown.code : thrown;
      }
      return undefined;
    };
    expect(codeOf({})).toBe(undefined);
    const handle: Route["handle"] = () => ({ status: 200 });
    for (const options of [{ token: "short" }, { hosts: [] }, { hosts: ["a; script-src *"] }, { maxBodyBytes: -1 }]) {
      expect(codeOf(options)).toBe("BAD_OPTION");
    }
    expect([codeOf({ cookieName: "a=b" }), codeOf({ cookieMaxAgeMs: 0 })]).toEqual(["BAD_OPTION", "BAD_OPTION"]);
    for (const path of ["x", "/a/*rest/b", "/:", "/a b", "/*"]) {
      expect(codeOf({ routes: [{ method: "GET", path, handle }] })).toBe("BAD_ROUTE");
    }
    expect(codeOf({ routes: [{ method: "get", path: "/", handle }] })).toBe("BAD_ROUTE");
    const twice = ["/a/:id", "/a/:other"].map((path) => ({ method: "GET", path, handle }));
    expect(codeOf({ routes: twice })).toBe("BAD_ROUTE");
  });
});
