import { anyAnswer } from "./any-answer.ts";
import type { ClientLike, ClientRequestOptions } from "./client-like.ts";
import type { ToolCall, ToolCallOptions, ToolResult } from "./tool-caller.ts";

// Longer delays make timers fire at once. Time is the caller's: the client's own would not know the pings.
const longestTimerMs = 2 ** 31 - 1;

/** The key of `_meta` under which an operation's idempotency key is sent. [M32] */
export const idempotencyKeyMeta = "kingly/idempotencyKey";

/** Calls a tool by a client of either generation: asks for progress, and tells the server of a cancel. [M28][M35] */
export async function callByClient(client: ClientLike, call: ToolCall, options: ToolCallOptions): Promise<ToolResult> {
  const { idempotencyKey } = call;
  options.signal.throwIfAborted();
  // Clients never let go of a signal they were given, and cancel finished requests when it aborts: one for each call.
  const own = new AbortController();
  const onAbort = (): void => own.abort(options.signal.reason);
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    // Not client.callTool: it judges the answer by the listed schema and then hides that the tool has run.
    const answer = await client.request(
      {
        method: "tools/call",
        params: {
          name: call.tool,
          arguments: { ...call.args },
          ...(idempotencyKey === undefined ? {} : { _meta: { [idempotencyKeyMeta]: idempotencyKey } }),
        },
      },
      anyAnswer as never,
      {
        signal: own.signal,
        timeout: longestTimerMs,
        resetTimeoutOnProgress: true,
        onprogress: ({ progress, total, message }) => {
          if (typeof progress !== "number") return;
          options.onProgress({
            progress,
            ...(typeof total === "number" ? { total } : {}),
            ...(typeof message === "string" ? { message } : {}),
          });
        },
      },
    );
    return toResult(answer);
  } finally {
    options.signal.removeEventListener("abort", onAbort);
  }
}

/** Asks a client for anything else, without judging the answer. */
export function askByClient(
  client: ClientLike,
  method: string,
  params?: Readonly<Record<string, unknown>>,
  options: ClientRequestOptions = {},
): Promise<unknown> {
  return client.request(params === undefined ? { method } : { method, params }, anyAnswer as never, {
    timeout: longestTimerMs,
    ...options,
  });
}

function toResult(answer: unknown): ToolResult {
  const { content, structuredContent, isError } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  // What is not a list is judged by whoever asked: here it is only handed on.
  return {
    content: (content ?? []) as readonly unknown[],
    isError: isError === true,
    ...(structuredContent === undefined ? {} : { structured: structuredContent }),
  };
}
