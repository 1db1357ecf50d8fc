// The public API of @kingly/mcp-batcher/servers: real MCP servers, by stdio and HTTP, behind one caller.
export { openServers } from "./open-servers.ts";
export type { Servers, ServersChange, ServersOptions } from "./open-servers.ts";
export type { ElicitationAnswer, ElicitationField, ElicitationRequest, OnElicitation } from "./elicitation.ts";
export { createMemoryAuthorizations } from "./oauth/authorization-store.ts";
export type { AuthorizationStore, PendingAuthorization, StoredAuthorization } from "./oauth/authorization-store.ts";
export type { AuthorizationEnd } from "./oauth/finish-authorization.ts";
export type { OAuthOptions } from "./oauth/oauth-options.ts";
export type { IdentityProvider, OAuthSettings } from "./oauth/oauth-settings.ts";
export type { Environment } from "./expand-entry.ts";
export type { HttpServerEntry, ServerEntry, ServerEntryBase, ServersConfig, StdioServerEntry } from "./server-entry.ts";
export type { BlockedTool, ServerState, ServerStatus } from "./server-state.ts";
export type { ServerTest } from "./test-server.ts";
export type { ToolDescription } from "./tool-description.ts";
export type { FirstSight, PinSet, ToolPins } from "./tool-pins.ts";
