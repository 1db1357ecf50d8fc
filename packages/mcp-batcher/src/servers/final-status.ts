import type { McpBatcherErrorCode } from "../mcp-batcher-error.ts";
import type { ServerStatus } from "./server-state.ts";

/** Where a server stands after an error that another try alone does not help: until somebody changes something it is tried
 * at the next call only. What is not in here is tried again by itself. [M22] */
export const finalStatus: ReadonlyMap<McpBatcherErrorCode, ServerStatus> = new Map([
  ["server_missing", "failed"],
  ["invalid_config", "failed"],
  ["address_refused", "failed"],
  ["needs_auth", "needs-auth"],
  ["needs_scope", "needs-auth"],
  ["authorization_failed", "needs-auth"],
  ["needs_config", "needs-config"],
]);
