import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";

/** A real MCP server over HTTP in this process: Streamable at /mcp, the older way at /sse. */
export interface TestHttpServer {
  readonly port: number;
  readonly origin: string;
  /** Every request as `METHOD path` with its headers, in order. */
  readonly requests: { readonly line: string; readonly headers: IncomingMessage["headers"] }[];
  /** How often each tool was run. */
  readonly runs: Map<string, number>;
  /** When set, answers instead of the server. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Lets the calls of `wait` end. */
  release(): void;
  forgetSessions(): void;
  /** Breaks every connection off, as a killed process does. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** Starts it on a free port of the loopback. */
export const startHttpServer = async (): Promise<TestHttpServer> => {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const older = new Map<string, SSEServerTransport>();
  const runs = new Map<string, number>();
  const requests: TestHttpServer["requests"] = [];
  let waiting = Promise.withResolvers<void>();
  const createMcp = (): McpServer => {
    const server = new McpServer({ name: "over-http", version: "1.0.0" });
    const ran = (tool: string): void => void runs.set(tool, (runs.get(tool) ?? 0) + 1);
    server.registerTool("hello", { description: "Says hello." }, () => {
      ran("hello");
      return { content: [{ type: "text", text: "hello" }] };
    });
    server.registerTool("wait", { description: "Answers when the test lets it." }, async () => {
      ran("wait");
      await waiting.promise;
      return { content: [{ type: "text", text: "waited" }] };
    });
    return server;
  };
  const serveStreamable = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sessionId = request.headers["mcp-session-id"];
    const known = typeof sessionId === "string" ? transports.get(sessionId) : undefined;
    if (known !== undefined) return known.handleRequest(request, response);
    if (sessionId !== undefined) return void response.writeHead(404).end("no such session");
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void transports.set(id, transport),
    });
    await createMcp().connect(transport);
    return transport.handleRequest(request, response);
  };
  const serveOlder = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    if (request.method === "GET") {
      const transport = new SSEServerTransport("/messages", response);
      older.set(transport.sessionId, transport);
      return createMcp().connect(transport);
    }
    const known = older.get(url.searchParams.get("sessionId") ?? "");
    return known === undefined
      ? void response.writeHead(404).end("no session")
      : known.handlePostMessage(request, response);
  };
  const house: TestHttpServer = {
    port: 0,
    origin: "",
    requests,
    runs,
    intercept: undefined,
    release: () => {
      waiting.resolve();
      waiting = Promise.withResolvers();
    },
    forgetSessions: () => {
      transports.clear();
      older.clear();
    },
    async kill() {
      transports.clear();
      older.clear();
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeAllConnections();
      await closed;
    },
    async restart() {
      await listen(house.port);
    },
  };
  let http: HttpServer;
  const listen = async (port: number): Promise<void> => {
    http = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      requests.push({ line: `${request.method} ${url.pathname}`, headers: request.headers });
      if (house.intercept?.(request, response) === true) return;
      void (url.pathname === "/mcp" ? serveStreamable(request, response) : serveOlder(request, response, url));
    });
    await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  };
  await listen(0);
  const { port } = http!.address() as AddressInfo;
  return Object.assign(house, { port, origin: `http://127.0.0.1:${port}` });
};
