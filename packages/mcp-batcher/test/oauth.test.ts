import { createManualClock } from "@kingly/runtime/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryAuthorizations } from "../src/servers/index.ts";
import type { HttpServerEntry, OAuthSettings, ServerEntry, StoredAuthorization } from "../src/servers/index.ts";
import { keepHouse, openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { startHttpServer } from "./http-server.ts";
import type { TestHttpServer } from "./http-server.ts";
import { protect, startOAuthServer } from "./oauth-server.ts";
import type { Protection, TestOAuthServer } from "./oauth-server.ts";

let http: TestHttpServer;
let oauth: TestOAuthServer;
let protection: Protection;
beforeEach(async () => {
  [http, oauth] = await Promise.all([startHttpServer(), startOAuthServer()]);
  protection = protect(http, oauth);
});
afterEach(async () => {
  http.intercept = undefined;
  http.release();
  await Promise.all([http.kill(), oauth.kill().catch(() => {})]);
});
keepHouse();

const redirectUrl = "http://127.0.0.1:9/oauth/callback";
const hello = { tool: "hello", args: {} };
const said = { status: "ok", result: { content: [{ type: "text", text: "hello" }] } };
const entryOf = (more: Partial<HttpServerEntry> = {}): HttpServerEntry => ({
  type: "http",
  url: `${http.origin}/mcp`,
  ...more,
});
const open = (
  more: Partial<HttpServerEntry> = {},
  options: Parameters<typeof openHouse>[1] = {},
  others: Record<string, ServerEntry> = {},
) => openHouse({ far: entryOf(more), ...others }, { oauth: { redirectUrl }, ...options });
/** What a person's browser does with the address: it comes back with the answer. */
const consentTo = async (house: House, name = "far"): Promise<string> => {
  const { authorizationUrl = "" } = house.state(name);
  const response = await fetch(authorizationUrl, { redirect: "manual" });
  return response.headers.get("location") ?? "";
};
/** Asks, consents, and is let in. */
const letIn = async (house: House, name = "far"): Promise<void> => {
  await house.add({ ...hello, server: name });
  expect(await house.servers.finishAuthorization(await consentTo(house, name))).toEqual({
    ok: true,
    server: name,
    status: "ready",
  });
};

describe("the consent of a person", () => {
  test("[M43][M46] 401 is needs-auth with what to open; after the answer it connects without a restart", async () => {
    const house = open();
    expect(await house.add(hello)).toMatchObject({ status: "failed", error: { code: "needs_auth" } });
    const { authorizationUrl = "", status } = house.state("far");
    expect(status).toBe("needs-auth");
    const asked = new URL(authorizationUrl).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      code_challenge_method: "S256",
      redirect_uri: redirectUrl,
      resource: `${http.origin}/mcp`,
      response_type: "code",
    });
    expect(asked.get("state")).toHaveLength(43);
    expect(await house.servers.finishAuthorization(await consentTo(house))).toEqual({
      ok: true,
      server: "far",
      status: "ready",
    });
    expect(house.state("far").authorizationUrl).toBeUndefined();
    expect(await house.add({ ...hello, kind: "write" })).toMatchObject(said);
  });

  test("[M43] calls that are refused together ask one person once, and so does one that comes later", async () => {
    const house = open();
    await Promise.all([house.add(hello), house.add({ ...hello, kind: "write" }), house.servers.start()]);
    const { authorizationUrl } = house.state("far");
    await house.add(hello);
    expect(house.state("far").authorizationUrl).toBe(authorizationUrl);
    expect(oauth.asked("/register")).toBe(1);
  });

  test("[M43][M46] what was asked before the end of a process is answered after its restart", async () => {
    const store = createMemoryAuthorizations();
    const first = open({}, { oauth: { redirectUrl, store } });
    await first.add(hello);
    const callback = await consentTo(first);
    await first.batcher.close();
    await first.servers.close();
    const second = open({}, { oauth: { redirectUrl, store } });
    // Asked again meanwhile, the question is still the same.
    await second.add(hello);
    expect(await second.servers.finishAuthorization(callback)).toMatchObject({ ok: true, status: "ready" });
    const third = open({}, { oauth: { redirectUrl, store } });
    expect(await third.add(hello)).toMatchObject(said);
  });

  test("[M43] without an address to come back to, with a header of its own, or with oauth: false nobody is asked", async () => {
    const headers = { authorization: "Bearer of-my-own" };
    for (const house of [open({}, { oauth: {} }), open({ headers }), open({ oauth: false })]) {
      expect(await house.add(hello)).toMatchObject({
        error: { code: "needs_auth", message: expect.stringContaining("401") },
      });
      expect(house.state("far").authorizationUrl).toBeUndefined();
    }
    expect(oauth.requests).toEqual([]);
  });

  test("[M43] a server that answers 401 and says nothing of authorization is told so, with what else helps", async () => {
    const house = open();
    http.intercept = (_, response) => {
      response.writeHead(401).end();
      return true;
    };
    expect(await house.add(hello)).toMatchObject({
      error: {
        code: "needs_auth",
        message: expect.stringContaining("does not say how"),
        hint: expect.stringContaining("headers"),
      },
    });
    expect(house.state("far").authorizationUrl).toBeUndefined();
  });

  test("[M43] a trial of an entry asks nobody and keeps nothing", async () => {
    const { servers } = open();
    expect(await servers.test(entryOf())).toMatchObject({ ok: false, status: "needs-auth" });
    expect(oauth.requests).toEqual([]);
  });

  test("[M46] an answer with another state, of another issuer, without a code, or a second time is refused", async () => {
    const house = open();
    await house.add(hello);
    const right = new URL(await consentTo(house));
    const spoiled = (name: string, value: string): string => {
      const url = new URL(right);
      url.searchParams.set(name, value);
      return url.href;
    };
    const refused = { ok: false, error: { code: "invalid_callback" } };
    expect(await house.servers.finishAuthorization(spoiled("state", "guessed"))).toMatchObject(refused);
    expect(await house.servers.finishAuthorization("")).toMatchObject(refused);
    expect(oauth.asked("/token")).toBe(0);
    // What somebody guessed took nothing away.
    expect(await house.servers.finishAuthorization(right.search)).toMatchObject({ ok: true });
    expect(await house.servers.finishAuthorization(right.href)).toMatchObject(refused);
    for (const [name, value] of [
      ["iss", "https://evil.example"],
      ["code", ""],
    ] as const) {
      await house.servers.forgetAuthorization("far");
      await house.add(hello);
      const url = new URL(await consentTo(house));
      url.searchParams.set(name, value);
      expect(await house.servers.finishAuthorization(url.href)).toMatchObject(refused);
    }
    expect(oauth.asked("/token")).toBe(1);
  });

  test("[M46] an answer is taken for 10 minutes, and a new consent is asked for after that", async () => {
    const clock = createManualClock();
    const house = open({}, { clock });
    await house.add(hello);
    const late = await consentTo(house);
    const first = house.state("far").authorizationUrl;
    clock.advance(600_000);
    expect(house.state("far").authorizationUrl).toBeUndefined();
    expect(await house.servers.finishAuthorization(late)).toMatchObject({ error: { code: "invalid_callback" } });
    expect(oauth.asked("/token")).toBe(0);
    await house.add(hello);
    expect(house.state("far").authorizationUrl).not.toBe(first);
    expect(await house.servers.finishAuthorization(await consentTo(house))).toMatchObject({ ok: true });
  });

  test("[M46] a consent that was not given is told with the cleaned words of the authorization server", async () => {
    const house = open();
    await house.add(hello);
    const asked = new URL(house.state("far").authorizationUrl ?? "").searchParams;
    const answer = {
      state: asked.get("state") ?? "",
      error: "access_denied",
      error_description: "no\u001b[31m",
      iss: oauth.origin,
    };
    expect(await house.servers.finishAuthorization(`?${new URLSearchParams(answer).toString()}`)).toMatchObject({
      ok: false,
      server: "far",
      error: { code: "authorization_failed", message: "The consent was not given: access_denied, no." },
    });
    expect(house.state("far").authorizationUrl).toBeUndefined();
  });
});

describe("tokens", () => {
  test("[M47] one that has expired is refreshed once, whatever number of calls it was refused for, and nobody is asked", async () => {
    const store = createMemoryAuthorizations();
    const house = open({}, { oauth: { redirectUrl, store } });
    await letIn(house);
    oauth.expire();
    const outcomes = await Promise.all([1, 2, 3].map(() => house.add({ ...hello, kind: "write" })));
    expect(outcomes).toMatchObject([said, said, said]);
    expect(http.runs.get("hello")).toBe(3);
    expect(oauth.requests.filter(({ body }) => body.get("grant_type") === "refresh_token")).toHaveLength(1);
    expect(house.state("far")).toMatchObject({ status: "ready" });
    // The next process has what the refresh gave.
    expect(await open({}, { oauth: { redirectUrl, store } }).add(hello)).toMatchObject(said);
  });

  test("[M47] a refused refresh is needs-auth again, with what to open", async () => {
    const house = open();
    await letIn(house);
    oauth.expire();
    oauth.revoke();
    expect(await house.add({ ...hello, kind: "write" })).toMatchObject({
      status: "failed",
      error: { code: "needs_auth" },
    });
    expect(house.state("far")).toMatchObject({ status: "needs-auth", reason: { code: "needs_auth" } });
    expect(await house.servers.finishAuthorization(await consentTo(house))).toMatchObject({
      ok: true,
      status: "ready",
    });
    expect(await house.add({ ...hello, kind: "write" })).toMatchObject(said);
    expect(http.runs.get("hello")).toBe(1);
  });

  test("[M47] an authorization server that is away is tried again by itself: nobody is asked, and the token is kept", async () => {
    const house = open();
    await letIn(house);
    oauth.expire();
    await oauth.kill();
    expect(await house.add({ ...hello, kind: "write" })).toMatchObject({
      status: "failed",
      error: { code: "server_unreachable" },
    });
    expect(house.state("far").authorizationUrl).toBeUndefined();
    expect(house.state("far").nextRetryAtMs).toBeTypeOf("number");
    await oauth.restart();
    await house.when("far", ({ status }) => status === "ready");
    expect(await house.add(hello)).toMatchObject(said);
  });

  test("[M47] more scope is asked for with what was granted before; the connection stays, and other calls go on", async () => {
    protection.resource["scopes_supported"] = ["read"];
    const house = open();
    await letIn(house);
    protection.scope = "write";
    expect(await house.add({ ...hello, kind: "write" })).toMatchObject({
      status: "failed",
      error: { code: "needs_scope", message: expect.stringContaining("read write") },
    });
    const { status, authorizationUrl = "" } = house.state("far");
    expect(status).toBe("ready");
    expect(new URL(authorizationUrl).searchParams.get("scope")).toBe("read write");
    protection.scope = "read";
    expect(await house.add(hello)).toMatchObject(said);
    protection.scope = "write";
    expect(await house.servers.finishAuthorization(await consentTo(house))).toMatchObject({
      ok: true,
      status: "ready",
    });
    expect(await house.add({ ...hello, kind: "write" })).toMatchObject(said);
    // What the token has already is not asked for again.
    for (const each of oauth.tokens.values()) Object.assign(each, { scope: "read" });
    expect(await house.add(hello)).toMatchObject({ error: { code: "needs_scope" } });
    expect(house.state("far").authorizationUrl).toBeUndefined();
  });

  test("[M45] two servers with one authorization server have a token each, which the other never sees", async () => {
    const other = await startHttpServer();
    const otherProtection = protect(other, oauth);
    const near: HttpServerEntry = { type: "sse", url: `${other.origin}/mcp` };
    const house = open({}, {}, { near: { ...near, type: "http" } });
    await letIn(house, "far");
    await letIn(house, "near");
    expect(await house.add(hello)).toMatchObject(said);
    expect(await house.add({ ...hello, server: "near" })).toMatchObject(said);
    const [mine, theirs] = [protection.seen, otherProtection.seen];
    expect(mine.size).toBe(1);
    expect(theirs.size).toBe(1);
    expect([...mine].some((token) => theirs.has(token))).toBe(false);
    await other.kill();
  });

  test("[M45] a token stays with the address that it was made for: another one under the same name gets none", async () => {
    const other = await startHttpServer();
    const store = createMemoryAuthorizations();
    const house = open({}, { oauth: { redirectUrl, store } });
    await letIn(house);
    await house.servers.replace("far", { type: "http", url: `${other.origin}/mcp` });
    expect(await house.add(hello)).toMatchObject(said);
    expect(other.requests.map(({ headers }) => headers.authorization)).not.toContainEqual(expect.anything());
    await other.kill();
  });

  test("[M45] a store that cannot forget says so, and leaves a server that can be called and forgotten again", async () => {
    let isFull = false;
    const memory = createMemoryAuthorizations();
    const store = {
      ...memory,
      set(name: string, value: StoredAuthorization | undefined) {
        if (isFull) throw new Error("no space left on device");
        return memory.set(name, value);
      },
    };
    const house = open({}, { oauth: { redirectUrl, store } });
    await letIn(house);
    isFull = true;
    await expect(house.servers.forgetAuthorization("far")).rejects.toThrow("no space left");
    expect(await house.add(hello)).toMatchObject(said);
    isFull = false;
    expect(await house.servers.forgetAuthorization("far")).toEqual({ ok: true });
    expect(await house.add(hello)).toMatchObject({ error: { code: "needs_auth" } });
  });

  test("[M45] what is forgotten, and what belongs to a removed server, is gone from the store", async () => {
    const kept = new Map<string, StoredAuthorization>();
    const store = {
      get: (name: string) => kept.get(name),
      set: (name: string, value: StoredAuthorization | undefined) => {
        if (value === undefined) kept.delete(name);
        else kept.set(name, value);
      },
    };
    const house = open({}, { oauth: { redirectUrl, store } });
    await letIn(house);
    expect(kept.get("far")?.tokens?.access_token).toMatch(/^access-/);
    await house.servers.forgetAuthorization("far");
    expect(kept.size).toBe(0);
    expect(await house.add(hello)).toMatchObject({ error: { code: "needs_auth" } });
    await letIn(house);
    await house.servers.remove("far");
    expect(kept.size).toBe(0);
  });

  test("[M45] a store that gives nonsense counts as empty", async () => {
    const nonsense = [
      null,
      7,
      "x",
      { serverUrl: "https://other.example" },
      { serverUrl: `${http.origin}/mcp`, tokens: { access_token: 7 }, pending: {} },
    ];
    for (const value of nonsense) {
      const house = open({}, { oauth: { redirectUrl, store: { get: () => value, set: () => {} } } });
      expect(await house.add(hello)).toMatchObject({ error: { code: "needs_auth" } });
    }
  });

  test("[M45] neither token, code nor verifier is in a state, an outcome or a log, whatever the servers say of them", async () => {
    const house = open();
    await house.add(hello);
    const callback = await consentTo(house);
    const code = new URL(callback).searchParams.get("code") ?? "none";
    const states: unknown[] = [];
    house.servers.onState((state) => states.push(state));
    await house.servers.finishAuthorization(callback);
    const guard = http.intercept;
    http.intercept = (request, response) => {
      if (request.method !== "POST") return guard?.(request, response) === true;
      response.writeHead(400).end(`you said ${request.headers.authorization}`);
      return true;
    };
    const outcome = await house.add(hello);
    expect(JSON.stringify(outcome)).toContain("you said Bearer [access token]");
    http.intercept = guard;
    oauth.expire();
    oauth.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      const used = oauth.requests.at(-1)?.body.get("refresh_token");
      response.writeHead(400).end(JSON.stringify({ error: "invalid_scope", error_description: `not for ${used}` }));
      return true;
    };
    const refused = await house.add(hello);
    expect(refused).toMatchObject({ error: { code: "authorization_failed" } });
    const told = JSON.stringify([states, outcome, refused, house.servers.states(), house.log.entries]);
    for (const secret of [
      ...oauth.tokens.keys(),
      code,
      ...oauth.requests.flatMap(({ body }) => [body.get("code_verifier"), body.get("refresh_token")]),
    ]) {
      if (secret !== null) expect(told).not.toContain(secret);
    }
  });
});

describe("who we are", () => {
  test("[M43][M37] a secret of the entry goes to the authorization server in its header, and is shown nowhere", async () => {
    const settings = { clientId: "kingly-here", clientSecret: "${OAUTH_SECRET}", grant: "client_credentials" } as const;
    const house = open({ oauth: settings }, { environment: { OAUTH_SECRET: "s3cret-of-ours" }, oauth: {} });
    expect(await house.add(hello)).toMatchObject(said);
    const asked = oauth.requests.find(({ line }) => line === "POST /token");
    expect(asked?.headers.authorization).toBe(`Basic ${Buffer.from("kingly-here:s3cret-of-ours").toString("base64")}`);
    oauth.expire();
    expect(await house.add(hello)).toMatchObject(said);
    oauth.expire();
    oauth.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      response
        .writeHead(401)
        .end(JSON.stringify({ error: "invalid_client", error_description: "s3cret-of-ours is wrong" }));
      return true;
    };
    expect(await house.add(hello)).toMatchObject({
      error: {
        code: "authorization_failed",
        message: expect.stringContaining("invalid_client ([OAUTH_SECRET] is wrong)"),
      },
    });
  });

  test("[M43] a token that was given for ourselves and refused at once is no loop", async () => {
    const house = open({
      oauth: { clientId: "kingly-here", clientSecret: "s3cret-of-ours", grant: "client_credentials" },
    });
    protection.resource["resource"] = http.origin;
    expect(await house.add(hello)).toMatchObject({ error: { code: "authorization_failed" } });
    expect(oauth.asked("/token")).toBe(1);
  });

  test("[M44] a secret is kept from every other authorization server than the one that took it first", async () => {
    const house = open({
      oauth: { clientId: "kingly-here", clientSecret: "s3cret-of-ours", grant: "client_credentials" },
    });
    expect(await house.add(hello)).toMatchObject(said);
    const other = await startOAuthServer();
    oauth.expire();
    oauth.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      response.writeHead(401).end(JSON.stringify({ error: "invalid_client" }));
      return true;
    };
    expect(await house.add(hello)).toMatchObject({ error: { code: "authorization_failed" } });
    protection.resource["authorization_servers"] = [other.origin];
    expect(await house.add(hello)).toMatchObject({
      error: { code: "authorization_failed", message: expect.stringContaining(other.origin) },
    });
    expect(other.requests).toEqual([]);
    await other.kill();
  });

  test("[M48] the identity provider of the entry vouches, and its answer is checked", async () => {
    const idp = await startOAuthServer();
    const type = "urn:ietf:params:oauth:token-type:id-jag";
    let answer: object = { access_token: "vouched", issued_token_type: type, token_type: "N_A" };
    idp.intercept = (_, response) => {
      response.writeHead("error" in answer ? 400 : 200).end(JSON.stringify(answer));
      return true;
    };
    const settings: OAuthSettings = {
      grant: "cross_app",
      clientId: "kingly-here",
      clientSecret: "s3cret-of-ours",
      idp: { tokenEndpoint: `${idp.origin}/token`, clientId: "kingly-there", idToken: "${ID_TOKEN}" },
    };
    const environment = { ID_TOKEN: "an-id-token" };
    const house = open({ oauth: settings }, { environment, oauth: {} });
    expect(await house.add(hello)).toMatchObject(said);
    expect(Object.fromEntries(idp.requests[0]?.body ?? [])).toMatchObject({
      audience: oauth.origin,
      resource: `${http.origin}/mcp`,
      client_id: "kingly-there",
      requested_token_type: type,
      subject_token: "an-id-token",
    });
    expect(JSON.stringify(oauth.requests.map(({ body }) => body.toString()))).not.toContain("an-id-token");
    oauth.expire();
    answer = { error: "invalid_grant of an-id-token" };
    expect(await house.add(hello)).toMatchObject({
      error: {
        code: "authorization_failed",
        message: expect.stringContaining("refused to vouch: invalid_grant of [ID_TOKEN]"),
      },
    });
    answer = { access_token: "vouched", issued_token_type: "something else" };
    expect(await house.add(hello)).toMatchObject({
      error: { code: "authorization_failed", message: expect.stringContaining("something else than was asked for") },
    });
    await idp.kill();
  });

  test.each([
    [{ grant: "password" }, "oauth.grant"],
    [{ clientSecret: "x" }, "no clientId"],
    [{ grant: "client_credentials", clientId: "a" }, "needs clientSecret or privateKey"],
    [{ grant: "cross_app", clientId: "a", clientSecret: "b", idp: {} }, "oauth.idp"],
    [{ scopes: ["two words"] }, "oauth.scopes"],
    [{ clientId: "" }, "oauth.clientId"],
    [{ clientID: "a" }, "oauth.clientID is none of grant, clientId"],
    ["yes", "oauth is neither"],
  ])("[M24] wrong settings are told by name: %j", async (oauthSettings, words) => {
    const house = open({ oauth: oauthSettings as never });
    expect(house.state("far")).toMatchObject({
      status: "failed",
      reason: { code: "invalid_config", message: expect.stringContaining(words) },
    });
  });
});
