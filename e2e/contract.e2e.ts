import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHouse, readLog, until } from "./house.ts";
import type { House } from "./house.ts";
import { knock, post } from "./stranger.ts";

interface List {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
  readonly stale?: boolean;
}

const get = [
  "/v1/tasks",
  "/v1/tasks/task_x",
  "/v1/projects",
  "/v1/workspaces",
  "/v1/workflows",
  "/v1/memory",
  "/v1/jobs",
  "/v1/servers",
];
const json = { "content-type": "application/json" };
const foreign = { origin: "http://evil.example" };

describe("the outside contract over HTTP", () => {
  let house: House;

  beforeAll(async () => {
    house = await openHouse();
    await Promise.all([house.start("orchestrator"), house.start("gateway")]);
    await until("readiness", async () => (await knock(house, "/readyz")).status === 200 || undefined);
  });
  afterAll(() => house.close());

  test("[G5][G3] an utterance is answered when it is recorded, and again with the very same body", async () => {
    const first = await post(house, { text: "Create a login page", id: "say-1" });
    expect([first.status, first.headers["content-type"]]).toEqual([200, "application/json"]);
    expect(JSON.parse(first.body)).toEqual({
      id: "say-1",
      reply: { text: expect.any(String), by: "reflex", state: "recorded" },
      commands: [
        {
          cid: expect.stringMatching(/^[A-Za-z0-9]{14}$/),
          line: expect.stringMatching(/^tc#[A-Za-z0-9]{14}:Login page/),
        },
      ],
    });
    const again = await Promise.all(
      Array.from({ length: 20 }, () => post(house, { text: "Create a login page", id: "say-1" })),
    );
    expect(again.filter(({ status, body }) => status !== 200 || body !== first.body)).toEqual([]);
    await until("the task", async () => (await house.json<List>("/v1/tasks?q=login")).items.length > 0 || undefined);
    const told = (await readLog(house)).filter(({ line }) => line.includes(":say-1|Create a login page"));
    expect(told).toHaveLength(1);
    const tasks = await house.json<List>("/v1/tasks");
    expect(tasks.items.filter(({ title }) => title === "Login page")).toHaveLength(1);
    expect((await post(house, { text: "Create a house", id: "say-1" })).code).toBe("id_reused");
    expect((await post(house, { text: "Create a house", id: "say-1" })).status).toBe(409);
    const made = JSON.parse((await post(house, { text: "What is the status?" })).body) as {
      id: string;
      reply: { state: string };
    };
    expect([/^[A-Za-z0-9_-]{1,64}$/.test(made.id), made.reply.state]).toEqual([true, "done"]);
  });

  test("[G5] every refusal of an utterance has its status, its code, a message and a hint", async () => {
    const deep = `{"text":${"[".repeat(40)}${"]".repeat(40)}}`;
    const cases: readonly (readonly [number, string, Promise<Awaited<ReturnType<typeof post>>>])[] = [
      [400, "malformed_json", post(house, "{")],
      [400, "malformed_json", post(house, "")],
      [400, "malformed_json", post(house, Buffer.from([0x7b, 0xff, 0x7d]))],
      [400, "malformed_json", post(house, deep)],
      [400, "malformed_json", post(house, "[".repeat(60_000))],
      [400, "malformed_json", post(house, '{"text":"hi","__proto__":{"a":1}}')],
      [400, "invalid_utterance", post(house, "[]")],
      [400, "invalid_utterance", post(house, "null")],
      [400, "invalid_utterance", post(house, {})],
      [400, "invalid_utterance", post(house, { text: " " })],
      [400, "invalid_utterance", post(house, { text: 7 })],
      [400, "invalid_utterance", post(house, { text: "x".repeat(8001) })],
      [400, "invalid_utterance", post(house, { text: "hi", id: "a b" })],
      [400, "invalid_utterance", post(house, { text: "hi", id: "x".repeat(65) })],
      [400, "invalid_utterance", post(house, '{"text":"half \\ud800"}')],
      [400, "invalid_utterance", post(house, { text: "hi", workspace: "../x" })],
      [413, "too_large", post(house, { text: "x".repeat(70_000) })],
      [415, "unsupported_media_type", post(house, { text: "hi" }, { headers: { "content-type": "text/plain" } })],
      [415, "unsupported_media_type", post(house, { text: "hi" }, { headers: { "content-encoding": "gzip" } })],
    ];
    for (const [status, code, answer] of cases) {
      const reply = await answer;
      expect([reply.status, reply.code]).toEqual([status, code]);
      expect(Object.keys(reply.json.error ?? {})).toEqual(["code", "message", "hint"]);
      expect([reply.json.error?.message, reply.json.error?.hint]).not.toContain("");
    }
  });

  test("[G5] of all refusals that apply the first of the one order is given", async () => {
    const wrong = { host: "evil.example", ...foreign, authorization: "Bearer wrong" };
    const big = "x".repeat(70_000);
    const at = async (
      path: string,
      method: string,
      headers: Record<string, string>,
      body?: string,
    ): Promise<unknown> => {
      const { status, code } = await knock(house, path, {
        method,
        headers,
        bearer: false,
        ...(body === undefined ? {} : { body }),
      });
      return [status, code];
    };
    const { host: _, ...badOrigin } = wrong;
    const { authorization } = wrong;
    const right = { authorization: `Bearer ${house.token}` };
    expect(await at("/nowhere", "PUT", wrong, big)).toEqual([403, "host_refused"]);
    expect(await at("/nowhere", "PUT", badOrigin, big)).toEqual([403, "origin_refused"]);
    expect(await at("/nowhere", "PUT", { authorization }, big)).toEqual([401, "unauthorized"]);
    expect(await at("/nowhere", "PUT", {}, big)).toEqual([401, "unauthorized"]);
    expect(await at("/nowhere", "PUT", right, big)).toEqual([404, "not_found"]);
    expect(await at("/v1/utterances", "PUT", right, big)).toEqual([405, "method_not_allowed"]);
    expect(await at("/v1/utterances", "POST", right, big)).toEqual([415, "unsupported_media_type"]);
    expect(await at("/v1/utterances", "POST", { ...right, ...json }, big)).toEqual([413, "too_large"]);
    expect(await at("/v1/utterances", "POST", { ...right, ...json }, "{")).toEqual([400, "malformed_json"]);
    expect(await at("/v1/utterances", "POST", { ...right, ...json }, "{}")).toEqual([400, "invalid_utterance"]);
  });

  test("[G5] a wrong method is told which ones there are", async () => {
    for (const [path, method, allow] of [
      ["/v1/utterances", "GET", "POST"],
      ["/v1/session", "GET", "POST"],
      ...get.map((one) => [one, "DELETE", "GET, HEAD"] as const),
      ["/v1/events", "POST", "GET, HEAD"],
      ["/v1/link", "POST", "GET, HEAD"],
      ["/readyz", "POST", "GET, HEAD"],
    ] as const) {
      const reply = await knock(house, path, { method });
      expect([path, reply.status, reply.code, reply.headers.allow]).toEqual([path, 405, "method_not_allowed", allow]);
    }
    const plain = await knock(house, "/v1/link");
    expect([plain.status, plain.code]).toEqual([426, "upgrade_required"]);
  });

  test("[G5] only the page, its assets and the two lights are open; HEAD works where GET does", async () => {
    for (const path of ["/", "/healthz", "/readyz"]) {
      const { status } = await knock(house, path, { bearer: false });
      expect([path, status === 401 || status === 403]).toEqual([path, false]);
    }
    for (const path of [...get, "/v1/events", "/v1/link", "/v1/board", "/v1/conversation", "/metrics"]) {
      expect([path, (await knock(house, path, { bearer: false })).code]).toEqual([path, "unauthorized"]);
    }
    for (const path of ["/healthz", "/readyz", "/v1/tasks", "/v1/events", "/v1/board", "/metrics"]) {
      const reply = await knock(house, path, { method: "HEAD" });
      expect([path, reply.status, reply.body]).toEqual([path, 200, ""]);
    }
    expect(JSON.parse((await knock(house, "/healthz")).body)).toEqual({ ok: true });
  });

  test("[G5] the token is traded for a cookie that only the page can use", async () => {
    expect((await knock(house, "/v1/session", { method: "POST", bearer: false })).code).toBe("unauthorized");
    const traded = await knock(house, "/v1/session", { method: "POST" });
    const [cookie = ""] = traded.headers["set-cookie"] ?? [];
    expect(traded.status).toBe(204);
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const session = { cookie: cookie.split(";")[0] ?? "" };
    const own = { ...session, origin: house.url };
    const code = async (headers: Record<string, string>, method = "GET"): Promise<unknown> =>
      (await knock(house, method === "GET" ? "/v1/tasks" : "/v1/session", { method, headers, bearer: false })).code ??
      "ok";
    expect(await code(own)).toBe("ok");
    expect(await code({ ...session, "sec-fetch-site": "same-origin" })).toBe("ok");
    expect(await code({ ...session, "sec-fetch-site": "cross-site" })).toBe("origin_refused");
    expect(await code({ ...session, ...foreign })).toBe("origin_refused");
    expect(await code(session, "POST")).toBe("origin_refused");
    expect(await code(own, "POST")).toBe("ok");
    expect(await code({ ...own, cookie: `${session.cookie}x` })).toBe("unauthorized");
    expect((await post(house, { text: "hi" }, { bearer: false, headers: own })).status).toBe(200);
  });

  test("[G10][G5] lists have items and next, a limit, a cursor, and name what is wrong with a query", async () => {
    for (let n = 0; n < 5; n += 1) await post(house, { text: `Create page number ${n}`, id: `many-${n}` });
    await until(
      "five tasks",
      async () => (await house.json<List>("/v1/tasks?limit=200")).items.length >= 5 || undefined,
    );
    const all = (await house.json<List>("/v1/tasks?limit=200")).items.map(({ id }) => id);
    const paged: unknown[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: List = await house.json<List>(
        `/v1/tasks?limit=2${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      expect(page.items.length).toBeLessThanOrEqual(2);
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    }
    expect(paged).toEqual(all);
    const [first] = (await house.json<List>("/v1/tasks?limit=1")).items;
    for (const key of ["id", "title", "status", "confidence", "complexity", "parentId", "createdAtMs", "updatedAtMs"])
      expect(first).toHaveProperty(key);
    expect(await house.json(`/v1/tasks/${String(first?.["id"])}`)).toMatchObject({ id: first?.["id"] });
    expect((await knock(house, "/v1/tasks/task_gone")).code).toBe("not_found");
    for (const path of [
      "/v1/projects",
      "/v1/workspaces",
      "/v1/workflows",
      "/v1/memory",
      "/v1/memory?q=tea",
      "/v1/jobs",
    ]) {
      const list = await house.json<List>(path);
      expect([path, Array.isArray(list.items), list.next === null || typeof list.next === "string"]).toEqual([
        path,
        true,
        true,
      ]);
    }
    for (const query of ["?limit=0", "?limit=201", "?limit=x", "?cursor=nonsense", "?workspace=a%20b"]) {
      const { status, code } = await knock(house, `/v1/tasks${query}`);
      expect([query, status, code]).toEqual([query, 400, "invalid_query"]);
    }
  });

  test("[G10][G5] lists are answered as of a moment, on one axis or both, and say what is wrong with a time", async () => {
    const before = Date.now();
    await post(house, { text: "Create a travel page", id: "as-of-1" });
    const made = async (query: string): Promise<number> =>
      (await house.json<List>(`/v1/tasks?limit=200${query}`)).items.filter(({ title }) => title === "Travel page")
        .length;
    await until("the task", async () => (await made("")) === 1 || undefined);
    const iso = new Date(before - 1).toISOString();
    const later = before + 3_600_000;
    expect(
      await Promise.all([`&asOf=${iso}`, `&validAt=${before - 1}`, `&believedAt=${before - 1}`].map(made)),
    ).toEqual([0, 0, 0]);
    expect(await Promise.all([`&asOf=${later}`, `&validAt=${later}`].map(made))).toEqual([1, 1]);
    for (const path of ["projects", "workspaces", "workflows", "memory", "memory?q=tea"]) {
      const list = await house.json<List>(`/v1/${path}${path.includes("?") ? "&" : "?"}asOf=${iso}`);
      expect([path, Array.isArray(list.items)]).toEqual([path, true]);
    }
    for (const [path, code] of [
      ["/v1/tasks?asOf=yesterday", "invalid_query"],
      ["/v1/memory?validAt=2026-02-31", "invalid_query"],
      ["/v1/tasks?asOf=5&believedAt=5", "invalid_query"],
      ["/v1/jobs?asOf=5", "not_supported"],
    ] as const) {
      const refused = await knock(house, path);
      expect([path, refused.status, refused.code]).toEqual([path, 400, code]);
    }
  });

  test("[G14] readiness names its checks and metrics are Prometheus' text", async () => {
    const { ready, checks } = await house.json<{ ready: boolean; checks: { name: string; ok: boolean }[] }>("/readyz");
    expect(ready).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["gateway journal", "link", "orchestrator database"]),
    );
    const { body, headers } = await knock(house, "/metrics");
    expect(headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
    const sample = /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_]\w*="[^"\n]*",?)*\})? (NaN|[+-]Inf|[-+0-9.e]+)$/;
    const lines = body.split("\n").filter((line) => line !== "");
    expect(lines.filter((line) => !line.startsWith("# ") && !sample.test(line))).toEqual([]);
    expect(body).toMatch(/^kingly_back_connected\{workspace="default"\} 1$/m);
  });
});
