// The public API of @kingly/mcp-batcher/servers: real MCP servers as child processes, behind one caller.
export type { ToolDescription } from "./connection.ts";
export { openServers } from "./open-servers.ts";
export type { Servers } from "./open-servers.ts";
export type { ServerEntry, ServersConfig } from "./server-entry.ts";
export type { ServerState, ServerStatus } from "./server-state.ts";
