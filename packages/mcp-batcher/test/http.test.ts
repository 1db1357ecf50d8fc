import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HttpServerEntry } from "../src/servers/index.ts";
import { keepHouse, openHouse } from "./house.ts";
import { startHttpServer } from "./http-server.ts";
import type { TestHttpServer } from "./http-server.ts";

let http: TestHttpServer;
beforeEach(async () => {
  http = await startHttpServer();
});
afterEach(async () => {
  http.intercept = undefined;
  http.release();
  await http.kill();
});
keepHouse();

const streamable = (more: Partial<HttpServerEntry> = {}): HttpServerEntry => ({
  type: "http",
  url: `${http.origin}/mcp`,
  ...more,
});
const sse = (): HttpServerEntry => ({ type: "sse", url: `${http.origin}/sse` });
const hello = { tool: "hello", args: {} };
const said = { status: "ok", result: { content: [{ type: "text", text: "hello" }] } };
/** Resolves when the tool has been run so many times. */
const ran = async (tool: string, times: number): Promise<void> => {
  while ((http.runs.get(tool) ?? 0) < times) await new Promise((resolve) => setImmediate(resolve));
};

describe.each([
  ["Streamable HTTP", () => streamable()],
  ["the older SSE", sse],
])("%s", (_, entry) => {
  test("[M39] tools are listed and called, in parallel, with the entry's headers", async () => {
    const headers = { Authorization: "Bearer ${TOKEN}" };
    const { add, state, servers } = openHouse(
      { far: { ...entry(), headers } },
      { environment: { TOKEN: "s3cret-token" } },
    );
    expect(await Promise.all([add(hello), add(hello), add({ ...hello, kind: "write" })])).toMatchObject([
      said,
      said,
      said,
    ]);
    expect(state("far")).toMatchObject({ status: "ready" });
    expect((await servers.listTools("far")).map(({ name }) => name)).toEqual(["hello", "wait"]);
    expect(new Set(http.requests.map((request) => request.headers.authorization))).toEqual(
      new Set(["Bearer s3cret-token"]),
    );
  });

  test("[M39] a forgotten session was not sent: it is begun anew at once, and the write is made, once", async () => {
    const { add, when } = openHouse({ far: entry() });
    await add(hello);
    http.forgetSessions();
    expect(await add({ ...hello, kind: "write" })).toMatchObject(said);
    expect(http.runs.get("hello")).toBe(2);
    await when("far", ({ status }) => status === "ready");
  });

  test("[M39][M10] a server killed in mid-call: the write is unknown, and after its restart all goes on by itself", async () => {
    const { add, when } = openHouse({ far: entry() });
    await add(hello);
    const write = add({ tool: "wait", args: {}, kind: "write" });
    await ran("wait", 1);
    await http.kill();
    expect(await write).toMatchObject({ status: "unknown", error: { code: "connection_lost" } });
    const degraded = await when("far", ({ status }) => status === "degraded" || status === "failed");
    expect(degraded.nextRetryAtMs).toBeTypeOf("number");
    await http.restart();
    expect(await add(hello)).toMatchObject(said);
    expect(http.runs.get("wait")).toBe(1);
  });

  test("[M39][M21] 401 is needs-auth, at the start and later, and the next call asks again", async () => {
    const { add, state } = openHouse({ far: entry() });
    const refuse: TestHttpServer["intercept"] = (request, response) => {
      response.writeHead(401, { "www-authenticate": "Bearer" }).end();
      return request.method !== "";
    };
    http.intercept = refuse;
    expect(await add(hello)).toMatchObject({ status: "failed", error: { code: "needs_auth" } });
    expect(state("far")).toMatchObject({ status: "needs-auth", reason: { code: "needs_auth" } });
    expect(state("far").nextRetryAtMs).toBeUndefined();
    http.intercept = undefined;
    expect(await add(hello)).toMatchObject(said);
    http.intercept = refuse;
    expect(await add({ ...hello, kind: "write" })).toMatchObject({ status: "failed", error: { code: "needs_auth" } });
    expect(state("far").status).toBe("needs-auth");
  });

  test("[M39][M21] a server that is not there is failed with why and when, not with a stack", async () => {
    await http.kill();
    const { add, state, servers } = openHouse({ far: entry() });
    await servers.start();
    expect(state("far")).toMatchObject({ status: "failed", reason: { code: "server_unreachable" } });
    expect(state("far").reason?.message).toContain("ECONNREFUSED");
    expect(state("far").nextRetryAtMs).toBeTypeOf("number");
    await http.restart();
    expect(await add(hello)).toMatchObject(said);
  });
});

describe("what a server over HTTP may not do", () => {
  test("[M39] a stream that ends without an answer loses its call alone: others and the connection live", async () => {
    const { add, state } = openHouse({ far: streamable() });
    await add(hello);
    const slow = add({ tool: "wait", args: {}, kind: "write" });
    await ran("wait", 1);
    http.intercept = (request, response) => {
      if (request.method !== "POST") return false;
      http.intercept = undefined;
      response.writeHead(200, { "content-type": "text/event-stream" }).end(": nothing\n\n");
      return true;
    };
    expect(await add({ ...hello, kind: "write" })).toMatchObject({
      status: "unknown",
      error: { code: "connection_lost" },
    });
    expect(state("far").status).toBe("ready");
    http.release();
    expect(await slow).toMatchObject({ status: "ok" });
  });

  test("[M39][M10] HTTP 502 leaves a write in doubt, HTTP 403 does not", async () => {
    const { add } = openHouse({ far: streamable() });
    await add(hello);
    const answer = (status: number) => {
      http.intercept = (request, response) => {
        if (request.method === "POST") response.writeHead(status).end("no");
        return request.method === "POST";
      };
    };
    answer(502);
    expect(await add({ ...hello, kind: "write" })).toMatchObject({
      status: "unknown",
      error: { code: "server_error" },
    });
    answer(403);
    expect(await add({ ...hello, kind: "write" })).toMatchObject({ status: "failed", error: { code: "server_error" } });
  });

  test("[M38] a redirect to another origin is not followed, and no header reaches it; within the origin it is", async () => {
    const other = await startHttpServer();
    const headers = { Authorization: "Bearer s3cret-token" };
    const { add, servers } = openHouse({ far: streamable({ url: `${http.origin}/moved`, headers }) });
    let target = `${other.origin}/mcp`;
    http.intercept = (request, response) => {
      if (request.url !== "/moved") return false;
      response.writeHead(307, { location: target }).end();
      return true;
    };
    expect(await add(hello)).toMatchObject({ status: "failed" });
    expect(other.requests).toEqual([]);
    target = "/mcp";
    await servers.replace("far", streamable({ url: `${http.origin}/moved`, headers, concurrency: 2 }));
    expect(await add(hello)).toMatchObject(said);
    await other.kill();
  });

  test("[M38] a link-local address is refused before anything is sent, and is not tried again by itself", async () => {
    const { add, state } = openHouse({ cloud: streamable({ url: "http://169.254.169.254/latest/meta-data" }) });
    expect(await add(hello)).toMatchObject({ status: "failed", error: { code: "address_refused" } });
    expect(state("cloud")).toMatchObject({ status: "failed", reason: { code: "address_refused" } });
    expect(state("cloud").nextRetryAtMs).toBeUndefined();
  });

  test("[M38] an answer that never ends is broken off", async () => {
    const { add } = openHouse({ far: streamable() });
    await add(hello);
    http.intercept = (request, response) => {
      if (request.method !== "POST") return false;
      http.intercept = undefined;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: ");
      const chunk = "x".repeat(1_000_000);
      const more = (): void => void (response.writable && response.write(chunk, () => setImmediate(more)));
      more();
      return true;
    };
    expect(await add({ ...hello, kind: "write" })).toMatchObject({
      status: "unknown",
      error: { code: "connection_lost" },
    });
    expect(await add(hello)).toMatchObject(said);
  });
});
