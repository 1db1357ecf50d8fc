// A server over HTTP whose tools ask for a token, and the authorization server that gives it, in one and by hand.
import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The two, on one free port of the loopback. */
export interface ProtectedServer {
  readonly url: string;
  /** Every token it gave. */
  readonly tokens: Set<string>;
  /** How often a code was exchanged. */
  readonly exchanges: number;
  /** Its tool has run so often. */
  readonly calls: number;
  /** What a person's browser does with the address to consent at: gives the address that it comes back to. */
  consent(authorizationUrl: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts it. */
export async function startProtectedServer(): Promise<ProtectedServer> {
  const tokens = new Set<string>();
  const codes = new Map<string, string>();
  let exchanges = 0;
  let calls = 0;
  const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  const results: Readonly<Record<string, () => unknown>> = {
    initialize: () => ({
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "protected", version: "1.0.0" },
    }),
    "tools/list": () => ({ tools: [{ name: "read_notes", inputSchema: { type: "object" } }] }),
    "tools/call": () => {
      calls += 1;
      return { content: [{ type: "text", text: "the notes" }] };
    },
    ping: () => ({}),
  };
  const serveMcp = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    if (!tokens.has(request.headers.authorization?.replace("Bearer ", "") ?? "")) {
      const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
      return json(response, 401, {}, { "www-authenticate": `Bearer resource_metadata="${metadata}"` });
    }
    if (request.method !== "POST") return void response.writeHead(405).end();
    const { id, method } = JSON.parse(text) as { readonly id?: number; readonly method: string };
    if (id === undefined) return void response.writeHead(202).end();
    return json(response, 200, { jsonrpc: "2.0", id, result: results[method]?.() ?? {} });
  };
  const serveToken = (response: ServerResponse, body: URLSearchParams): void => {
    const code = body.get("code") ?? "";
    const challenge = codes.get(code);
    codes.delete(code);
    const proof = createHash("sha256")
      .update(body.get("code_verifier") ?? "")
      .digest("base64url");
    exchanges += 1;
    if (challenge !== proof) return json(response, 400, { error: "invalid_grant" });
    const token = `access-${randomUUID()}`;
    tokens.add(token);
    return json(response, 200, { access_token: token, token_type: "Bearer", refresh_token: `refresh-${randomUUID()}` });
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const url = new URL(request.url ?? "/", origin);
    if (url.pathname === "/mcp") return serveMcp(request, response, text);
    if (url.pathname === "/token") return serveToken(response, new URLSearchParams(text));
    if (url.pathname === "/register") {
      return json(response, 201, { ...(JSON.parse(text) as object), client_id: `client-${randomUUID()}` });
    }
    if (url.pathname === "/authorize") {
      const code = randomUUID();
      codes.set(code, url.searchParams.get("code_challenge") ?? "");
      const back = new URL(url.searchParams.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({ code, state: url.searchParams.get("state") ?? "" }).toString();
      return void response.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname.endsWith("oauth-protected-resource/mcp")) {
      return json(response, 200, { resource: `${origin}/mcp`, authorization_servers: [origin] });
    }
    if (url.pathname !== "/.well-known/oauth-authorization-server") return void response.writeHead(404).end();
    return json(response, 200, {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      registration_endpoint: `${origin}/register`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
    });
  };
  const http = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    url: `${origin}/mcp`,
    tokens,
    get exchanges() {
      return exchanges;
    },
    get calls() {
      return calls;
    },
    async consent(authorizationUrl) {
      const response = await fetch(authorizationUrl, { redirect: "manual" });
      return response.headers.get("location") ?? "";
    },
    async close() {
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeAllConnections();
      await closed;
    },
  };
}
