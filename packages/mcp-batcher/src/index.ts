// The public API of @kingly/mcp-batcher: a promise for each MCP operation. Real servers are at ./servers.
export { createBatcher } from "./batcher.ts";
export type { Batcher, BatcherStats } from "./batcher.ts";
export type { BatcherOptions, ResultCacheOptions } from "./batcher-options.ts";
export type { ClientLike, ClientRequestOptions } from "./client-like.ts";
export { fromClients } from "./from-clients.ts";
export { isMcpBatcherError, McpBatcherError } from "./mcp-batcher-error.ts";
export type { Effect, McpBatcherErrorCode } from "./mcp-batcher-error.ts";
export type { Operation, OperationError, Outcome } from "./operation.ts";
export { plainText } from "./plain-text.ts";
export type { CacheStats } from "./result-cache.ts";
export type { QuietCall, RunningOperation } from "./running-operation.ts";
export type { ToolCall, ToolCaller, ToolCallOptions, ToolProgress, ToolResult } from "./tool-caller.ts";
export { createToolNames } from "./tool-names.ts";
export type { ToolNames, ToolRef } from "./tool-names.ts";
