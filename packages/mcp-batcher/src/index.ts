// The public API of @kingly/mcp-batcher: a promise for each MCP operation. Real servers are at ./servers.
export { createBatcher } from "./batcher.ts";
export type { Batcher, BatcherStats } from "./batcher.ts";
export type { BatcherOptions } from "./batcher-options.ts";
export { isMcpBatcherError, McpBatcherError } from "./mcp-batcher-error.ts";
export type { Effect, McpBatcherErrorCode } from "./mcp-batcher-error.ts";
export type { Operation, OperationError, Outcome } from "./operation.ts";
export type { ToolCall, ToolCaller, ToolCallOptions, ToolProgress, ToolResult } from "./tool-caller.ts";
