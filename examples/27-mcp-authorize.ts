import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };

// A server whose tools want a token, and the authorization server that gives it, in one: yours is somebody else's.
let origin = "";
const results: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: "2025-06-18",
    capabilities: { tools: {} },
    serverInfo: { name: "notes", version: "1" },
  },
  "tools/list": { tools: [{ name: "read_notes", inputSchema: { type: "object" } }] },
};
const documents: Readonly<Record<string, () => object>> = {
  "/.well-known/oauth-protected-resource/mcp": () => ({ resource: `${origin}/mcp`, authorization_servers: [origin] }),
  "/.well-known/oauth-authorization-server": () => ({
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256"],
  }),
  "/token": () => ({ access_token: "the-token", token_type: "Bearer" }),
};
const serve = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const { pathname, searchParams } = new URL(request.url ?? "/", origin);
  const answer = (json: object) => response.setHeader("content-type", "application/json").end(JSON.stringify(json));
  const document = documents[pathname];
  if (document !== undefined) return answer(document());
  if (pathname === "/authorize") {
    const back = `${searchParams.get("redirect_uri")}?code=a-code&state=${searchParams.get("state")}`;
    return response.writeHead(302, { location: back }).end();
  }
  if (request.headers.authorization !== "Bearer the-token") return response.writeHead(401).end();
  const { id, method } = JSON.parse(body || "{}") as { id?: number; method?: string };
  return id === undefined
    ? response.writeHead(202).end()
    : answer({ jsonrpc: "2.0", id, result: results[method ?? ""] ?? {} });
};
const server = createServer((request, response) => void serve(request, response));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

//#region consent
import { openServers } from "@kingly/mcp-batcher/servers";

const servers = openServers(
  deps,
  { mcpServers: { notes: { type: "http", url: `${origin}/mcp`, oauth: { clientId: "my-app" } } } },
  { oauth: { redirectUrl: "http://127.0.0.1:7701/oauth/callback" } }, // and a store that outlives the process
);

await servers.start();
const [notes] = servers.states();
assert.equal(notes?.status, "needs-auth");
const comesBackWith = await openInBrowser(notes.authorizationUrl ?? ""); // to your route at redirectUrl
const end = await servers.finishAuthorization(comesBackWith);
assert.deepEqual(end, { ok: true, server: "notes", status: "ready" });
//#endregion

/** A person who says yes. */
async function openInBrowser(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "manual" });
  return response.headers.get("location") ?? "";
}

const [tool] = await servers.listTools("notes");
assert.equal(tool?.name, "read_notes");
assert.ok(!JSON.stringify(servers.states()).includes("the-token"));
await servers.close();
server.close();
console.log("mcp-batcher: a person consented once, the server was let in, and the token is shown nowhere");
