/** Why something failed. Codes are API; the words of messages and hints are not. */
export type McpBatcherErrorCode =
  | "address_refused"
  | "authorization_failed"
  | "cancelled"
  | "closed"
  | "connection_lost"
  | "input_too_large"
  | "invalid_arguments"
  | "invalid_callback"
  | "invalid_config"
  | "invalid_operation"
  | "invalid_options"
  | "invalid_result"
  | "malformed_result"
  | "needs_auth"
  | "needs_config"
  | "needs_scope"
  | "output_too_large"
  | "queue_full"
  | "server_disabled"
  | "server_error"
  | "server_exists"
  | "server_failed"
  | "server_missing"
  | "server_start_timeout"
  | "server_unavailable"
  | "server_unknown"
  | "server_unreachable"
  | "timeout"
  | "tool_changed"
  | "tool_error"
  | "tool_unapproved"
  | "tool_unknown"
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
  /** Where in the arguments or the result the fault is, as a JSON Pointer. */
  readonly path?: string;
  readonly brand: string = brand;

  constructor(
    code: McpBatcherErrorCode,
    message: string,
    options: { readonly hint: string; readonly effect?: Effect; readonly path?: string; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.effect = options.effect ?? "none";
    if (options.path !== undefined) this.path = options.path;
  }
}

/** Tells an {@link McpBatcherError} from any other value, also across two copies of this package. */
export function isMcpBatcherError(value: unknown): value is McpBatcherError {
  return typeof value === "object" && value !== null && "brand" in value && value.brand === brand;
}
