import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestHttpServer } from "./http-server.ts";

interface Token {
  readonly resource: string;
  readonly scope: string;
  isGood: boolean;
}

/** A real authorization server in this process, which consents to everything. */
export interface TestOAuthServer {
  readonly origin: string;
  /** Its metadata document: tests may spoil it. */
  readonly metadata: Record<string, unknown>;
  /** Every request as `METHOD path` with its body, in order. */
  readonly requests: {
    readonly line: string;
    readonly body: URLSearchParams;
    readonly headers: IncomingMessage["headers"];
  }[];
  readonly tokens: Map<string, Token>;
  /** When set, answers instead of it. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** The tokens of now are refused from here on; refresh tokens stay. */
  expire(): void;
  /** No refresh token is taken any more. */
  revoke(): void;
  /** How often a path was asked. */
  asked(path: string): number;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** Starts it on a free port of the loopback. */
export const startOAuthServer = async (): Promise<TestOAuthServer> => {
  const tokens = new Map<string, Token>();
  const refresh = new Map<string, { readonly resource: string; readonly scope: string }>();
  const codes = new Map<string, URLSearchParams>();
  const requests: TestOAuthServer["requests"] = [];
  const answer = (response: ServerResponse, status: number, body: unknown): void =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const give = (response: ServerResponse, grant: { resource: string; scope: string }): void => {
    const [access, next] = [`access-${randomUUID()}`, `refresh-${randomUUID()}`];
    tokens.set(access, { ...grant, isGood: true });
    refresh.set(next, grant);
    const scope = grant.scope === "" ? {} : { scope: grant.scope };
    answer(response, 200, {
      access_token: access,
      token_type: "Bearer",
      expires_in: 60,
      refresh_token: next,
      ...scope,
    });
  };
  const token = (response: ServerResponse, body: URLSearchParams): void => {
    const kind = body.get("grant_type");
    if (kind === "client_credentials") {
      return give(response, { resource: body.get("resource") ?? "", scope: body.get("scope") ?? "" });
    }
    if (kind === "refresh_token") {
      const used = body.get("refresh_token") ?? "";
      const grant = refresh.get(used);
      // Used twice, it counts as stolen.
      refresh.delete(used);
      return grant === undefined ? answer(response, 400, { error: "invalid_grant" }) : give(response, grant);
    }
    if (kind === "urn:ietf:params:oauth:grant-type:jwt-bearer" && body.get("assertion") === "vouched") {
      return give(response, { resource: body.get("resource") ?? "", scope: "" });
    }
    const code = body.get("code") ?? "";
    const asked = codes.get(code);
    codes.delete(code);
    const proof = createHash("sha256")
      .update(body.get("code_verifier") ?? "")
      .digest("base64url");
    const isRight = asked?.get("code_challenge") === proof && asked.get("redirect_uri") === body.get("redirect_uri");
    if (!isRight) return answer(response, 400, { error: "invalid_grant", error_description: `no good: ${code}` });
    return give(response, { resource: asked.get("resource") ?? "", scope: asked.get("scope") ?? "" });
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", house.origin);
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body = new URLSearchParams(text);
    requests.push({ line: `${request.method} ${url.pathname}`, body, headers: request.headers });
    if (house.intercept?.(request, response) === true) return;
    if (url.pathname === "/.well-known/oauth-authorization-server") return answer(response, 200, house.metadata);
    if (url.pathname === "/token") return token(response, body);
    if (url.pathname === "/register") {
      return answer(response, 201, { ...(JSON.parse(text) as object), client_id: `client-${randomUUID()}` });
    }
    if (url.pathname !== "/authorize") return void response.writeHead(404).end();
    const code = `code-${randomUUID()}`;
    codes.set(code, url.searchParams);
    const back = new URL(url.searchParams.get("redirect_uri") ?? "");
    back.search = new URLSearchParams({
      code,
      state: url.searchParams.get("state") ?? "",
      iss: house.origin,
    }).toString();
    return void response.writeHead(302, { location: back.href }).end();
  };
  const house: TestOAuthServer & { origin: string } = {
    origin: "",
    metadata: {},
    requests,
    tokens,
    intercept: undefined,
    expire() {
      for (const each of tokens.values()) each.isGood = false;
    },
    revoke: () => refresh.clear(),
    asked: (path) => requests.filter(({ line }) => line.endsWith(` ${path}`)).length,
    async kill() {
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeAllConnections();
      await closed;
    },
    restart: () => listen(Number(new URL(house.origin).port)),
  };
  let http = createServer();
  const listen = async (port: number): Promise<void> => {
    http = createServer((request, response) => void serve(request, response));
    await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  };
  await listen(0);
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const endpoints = { authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` };
  return Object.assign(house, {
    origin,
    metadata: {
      issuer: origin,
      ...endpoints,
      registration_endpoint: `${origin}/register`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: ["none", "client_secret_basic"],
    },
  });
};

/** What a protected server asks of a token. */
export interface Protection {
  /** The document that says where tokens come from: tests may spoil it. */
  readonly resource: Record<string, unknown>;
  /** The scope that a request needs, beside a good token. */
  scope: string | undefined;
  /** The tokens it was shown, in order, each once. */
  readonly seen: Set<string>;
}

/** Lets a server answer only who shows a good token of that authorization server for it. */
export const protect = (http: TestHttpServer, oauth: TestOAuthServer): Protection => {
  const resource = { resource: `${http.origin}/mcp`, authorization_servers: [oauth.origin] };
  const house: Protection = { resource, scope: undefined, seen: new Set() };
  const path = "/.well-known/oauth-protected-resource/mcp";
  const refuse = (response: ServerResponse, status: number, more: string): boolean => {
    const said = `Bearer ${more}resource_metadata="${http.origin}${path}"`;
    response.writeHead(status, { "www-authenticate": said }).end();
    return true;
  };
  http.intercept = (request, response) => {
    if (request.url === path) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(house.resource));
      return true;
    }
    const text = request.headers.authorization?.replace("Bearer ", "");
    if (text !== undefined) house.seen.add(text);
    const token = text === undefined ? undefined : oauth.tokens.get(text);
    if (token?.isGood !== true || token.resource !== `${http.origin}/mcp`) return refuse(response, 401, "");
    const { scope } = house;
    if (scope === undefined || request.method !== "POST" || token.scope.split(" ").includes(scope)) return false;
    return refuse(response, 403, `error="insufficient_scope", scope="${scope}", `);
  };
  return house;
};
