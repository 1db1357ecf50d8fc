import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createMemoryAuthorizations } from "../src/servers/index.ts";
import { createAuthorizedFetch } from "../src/servers/oauth/authorized-fetch.ts";
import { checkOAuthUrl } from "../src/servers/oauth/check-oauth-url.ts";
import { createServerAuthorization } from "../src/servers/oauth/server-authorization.ts";
import { keepHouse, openHouse } from "./house.ts";
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
  await Promise.all([http.kill(), oauth.kill()]);
});
keepHouse();

const hello = { tool: "hello", args: {} };
const open = (options: Parameters<typeof openHouse>[1] = {}) =>
  openHouse(
    { far: { type: "http", url: `${http.origin}/mcp` } },
    { oauth: { redirectUrl: "http://127.0.0.1:9/oauth/callback" }, ...options },
  );

const spoilings: readonly (readonly [what: string, spoil: () => void, words: string])[] = [
  [
    "metadata of another issuer",
    () => void (oauth.metadata["issuer"] = "https://accounts.example"),
    "another issuer, https://accounts.example",
  ],
  ["no issuer at all", () => void delete oauth.metadata["issuer"], "issuer"],
  [
    "a token endpoint over plain http elsewhere",
    () => void (oauth.metadata["token_endpoint"] = "http://example.com/token"),
    "token endpoint is refused: http://example.com is neither https",
  ],
  [
    "an authorization endpoint that is a script",
    () => void (oauth.metadata["authorization_endpoint"] = "javascript:alert(1)//"),
    "authorization_endpoint",
  ],
  [
    "an authorization endpoint that is a file",
    () => void (oauth.metadata["authorization_endpoint"] = "file:///etc/passwd"),
    "scheme is file:",
  ],
  [
    "an endpoint with a user and a password",
    () => void (oauth.metadata["token_endpoint"] = "https://a:b@example.com/token"),
    "user or a password",
  ],
  [
    "a registration endpoint over plain http elsewhere",
    () => void (oauth.metadata["registration_endpoint"] = "http://example.com/r"),
    "registration endpoint is refused",
  ],
  ["no PKCE with S256", () => void (oauth.metadata["code_challenge_methods_supported"] = ["plain"]), "PKCE"],
  ["a huge document", () => void (oauth.metadata["more"] = "x".repeat(300_000)), "more than 262144 bytes"],
  ["a document that is none", () => void (oauth.metadata["response_types_supported"] = 7), "response_types_supported"],
  ["no document", () => answerOAuth((_, response) => response.writeHead(404).end()), "has no metadata"],
  ["a page instead of a document", () => answerOAuth((_, response) => response.end("<html>")), "is not JSON"],
  [
    "a redirect to another origin",
    () => answerOAuth((_, response) => response.writeHead(302, { location: "https://evil.example/" }).end()),
    "another origin, https://evil.example",
  ],
  [
    "an authorization server over plain http elsewhere",
    () => void (protection.resource["authorization_servers"] = ["http://example.com"]),
    "authorization server is refused",
  ],
  [
    "an authorization server that is a script",
    () => void (protection.resource["authorization_servers"] = ["javascript:alert(1)"]),
    "authorization_servers",
  ],
  [
    "a server's document that is of another server",
    () => void (protection.resource["resource"] = "https://evil.example/mcp"),
    "does not match",
  ],
  [
    "a huge document of the server",
    () => void (protection.resource["more"] = "x".repeat(300_000)),
    "more than 262144 bytes",
  ],
];

function answerOAuth(
  answer: NonNullable<TestOAuthServer["intercept"]> extends (a: infer A, b: infer B) => boolean
    ? (a: A, b: B) => unknown
    : never,
): void {
  oauth.intercept = (request, response) => {
    answer(request, response);
    return true;
  };
}

test.each(spoilings)(
  "[M44] %s: told with the reason, and neither registration nor token nor consent is asked for",
  async (_, spoil, words) => {
    spoil();
    const house = open();
    expect(await house.add(hello)).toMatchObject({
      status: "failed",
      error: { code: "authorization_failed", message: expect.stringContaining(words) },
    });
    expect(house.state("far")).toMatchObject({ status: "needs-auth", reason: { code: "authorization_failed" } });
    expect(house.state("far").authorizationUrl).toBeUndefined();
    expect(oauth.requests.filter(({ line }) => line.startsWith("POST"))).toEqual([]);
    // It is looked at anew at the next call.
    expect(house.state("far").nextRetryAtMs).toBeUndefined();
  },
);

test("[M44] a token endpoint that sends us on to another origin gets no second request, and the code goes nowhere else", async () => {
  const house = open();
  await house.add(hello);
  const callback =
    (await fetch(house.state("far").authorizationUrl ?? "", { redirect: "manual" })).headers.get("location") ?? "";
  const other = await startOAuthServer();
  answerOAuth((_, response) => response.writeHead(307, { location: `${other.origin}/token` }).end());
  expect(await house.servers.finishAuthorization(callback)).toMatchObject({
    ok: false,
    error: { code: "authorization_failed", message: expect.stringContaining(other.origin) },
  });
  expect(other.requests).toEqual([]);
  await other.kill();
});

test("[M44] who does not answer within 10 s counts as away", async () => {
  const clock = createManualClock();
  const house = open({ clock });
  oauth.intercept = () => true;
  const outcome = house.add(hello);
  while (oauth.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(10_000);
  await house.when("far", ({ status }) => status === "failed");
  expect(house.state("far").reason).toMatchObject({
    code: "server_unreachable",
    message: expect.stringContaining("no answer within 10 s"),
  });
  await house.batcher.close();
  await outcome;
});

test("[M44] a server that is not on this machine cannot send us to this machine, nor to its cloud", async () => {
  const refused = expect.objectContaining({ code: "authorization_failed" });
  for (const url of [
    "http://127.0.0.1/x",
    "https://localhost/x",
    "http://[::1]/x",
    "http://10.0.0.7/x",
    "ftp://a.example/",
    "no address",
  ]) {
    expect(() => checkOAuthUrl(url, "test", false)).toThrow(refused);
  }
  expect(checkOAuthUrl("https://login.example/a?b", "test", false).host).toBe("login.example");
  expect(checkOAuthUrl("http://localhost:3000/", "test", true).host).toBe("localhost:3000");
  protection.resource["authorization_servers"] = ["https://169.254.169.254"];
  expect(await open().add(hello)).toMatchObject({ error: { code: "address_refused" } });
});

test("[M45] over plain http to another machine no token is sent, and none is asked for", async () => {
  const url = "http://mcp.example/mcp";
  const store = createMemoryAuthorizations();
  await store.set("far", { serverUrl: url, tokens: { access_token: "a-token-of-ours", token_type: "Bearer" } });
  const authorization = createServerAuthorization(
    {
      clock: createManualClock(),
      random: createSeededRandom(1),
      fetch: () => Promise.reject(new Error("nobody is asked")),
      lookup: async () => ["192.0.2.1"],
      store,
      clientName: "kingly",
      consentHint: () => "",
      clientMetadataUrl: undefined,
      redirectUrl: "http://127.0.0.1:9/",
      onChange: () => {},
    },
    "far",
  ).use({ type: "http", url });
  expect(await authorization?.token()).toBeUndefined();
  const response = new Response(null, { status: 401 });
  await expect(
    authorization?.renew({ token: undefined, response, isStepUp: false, isRepeated: false }),
  ).rejects.toMatchObject({ code: "authorization_failed" });
});

test("[M45] a request that leaves the origin of the server has no token, and its refusal gets none", async () => {
  const sent: (string | null)[] = [];
  let renewals = 0;
  const fetch = createAuthorizedFetch(
    async (_, init) => {
      sent.push(new Headers(init?.headers).get("authorization"));
      return new Response(null, { status: 401 });
    },
    { token: async () => "a-token-of-ours", renew: async () => void (renewals += 1) },
    new URL("https://mcp.example/mcp"),
  );
  for (const url of [
    "https://mcp.example.evil.example/mcp",
    "https://mcp.example:8443/mcp",
    "http://mcp.example/mcp",
  ]) {
    expect((await fetch(url)).status).toBe(401);
  }
  expect({ sent, renewals }).toEqual({ sent: [null, null, null], renewals: 0 });
  // At home it is shown, and a server that never has enough is not asked for ever.
  expect((await fetch("https://mcp.example/other")).status).toBe(401);
  expect({ sent: sent.slice(3), renewals }).toEqual({ sent: Array(4).fill("Bearer a-token-of-ours"), renewals: 4 });
});
