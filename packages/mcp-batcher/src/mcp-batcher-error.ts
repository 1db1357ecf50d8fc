/** Why something failed. Codes are API; the words of messages and hints are not. */
export type McpBatcherErrorCode =
  | "cancelled"
  | "closed"
  | "connection_lost"
  | "input_too_large"
  | "invalid_config"
  | "invalid_operation"
  | "invalid_options"
  | "malformed_result"
  | "output_too_large"
  | "queue_full"
  | "server_disabled"
  | "server_error"
  | "server_failed"
  | "server_missing"
  | "server_start_timeout"
  | "server_unavailable"
  | "server_unknown"
  | "timeout"
  | "tool_error"
  | "unexpected_error";

/** What a call that ended badly may have done: nothing for certain, or nobody knows. */
export type Effect = "none" | "unknown";

const brand = "@kingly/mcp-batcher/error";

/** The one error class of this package. `message` says what happened, `hint` what to do. */
export class McpBatcherError extends Error {
  override readonly name: string = "McpBatcherError";
  readonly code: McpBatcherErrorCode;
  readonly hint: string;
  readonly effect: Effect;
  readonly brand: string = brand;

  constructor(
    code: McpBatcherErrorCode,
    message: string,
    options: { readonly hint: string; readonly effect?: Effect; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.effect = options.effect ?? "none";
  }
}

/** Tells an {@link McpBatcherError} from any other value, also across two copies of this package. */
export function isMcpBatcherError(value: unknown): value is McpBatcherError {
  return typeof value === "object" && value !== null && "brand" in value && value.brand === brand;
}
