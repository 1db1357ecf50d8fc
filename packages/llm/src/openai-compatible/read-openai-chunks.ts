import { toLlmError } from "../http/http-failure.ts";
import { LlmError } from "../llm-error.ts";
import type { ModelEvent, StopReason, Usage } from "../model.ts";
import { createToolCallPieces } from "./tool-call-pieces.ts";
import type { ToolCallPiece } from "./tool-call-pieces.ts";

/** A chunk, as far as it is read; every field may be missing or null. */
interface Chunk {
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly reasoning_content?: string | null;
      readonly reasoning?: string | null;
      readonly refusal?: string | null;
      readonly tool_calls?: readonly ToolCallPiece[] | null;
    } | null;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
  } | null;
  readonly error?: { readonly message?: unknown; readonly type?: unknown; readonly code?: unknown } | string | null;
}

/** Reads the data of chat completion chunks as events; tool calls are told whole when the server has stopped. [L13][L20]
 *
 * Throws {@link LlmError} `bad_response` for data that is no JSON object, or a tool input that is none and was not cut
 * off; what the server says is wrong, by its own code. */
export async function* readOpenAiChunks(
  name: string,
  firstOrdinal: number,
  secrets: readonly string[],
  data: AsyncIterable<string>,
): AsyncGenerator<ModelEvent> {
  const pieces = createToolCallPieces(firstOrdinal);
  let isRefusal = false;
  let isFinished = false;
  for await (const text of data) {
    if (text.trim() === "[DONE]") continue;
    const chunk = parse(name, text);
    if (chunk.error) throw toStreamFailure(name, chunk.error, secrets);
    const usage = toUsage(chunk.usage);
    if (usage !== undefined) yield { kind: "usage", ...usage };
    const choice = chunk.choices?.[0];
    if (choice === undefined || isFinished) continue;
    const { delta } = choice;
    const thinking = delta?.reasoning_content ?? delta?.reasoning;
    if (thinking) yield { kind: "thinking", text: thinking };
    if (delta?.content) yield { kind: "text", text: delta.content };
    if (delta?.refusal) {
      isRefusal = true;
      yield { kind: "text", text: delta.refusal };
    }
    for (const piece of delta?.tool_calls ?? []) pieces.push(piece);
    if (!choice.finish_reason) continue;
    isFinished = true;
    const isCut = choice.finish_reason === "length";
    const calls = isRefusal ? [] : pieces.all();
    for (const { id, name: tool, input } of calls) {
      if (input !== undefined && tool !== "") yield { kind: "tool_call", id, name: tool, input };
      else if (!isCut) {
        const what = `The model ${name} called ${tool || "a tool"} with an input that is not JSON.`;
        throw new LlmError("bad_response", `${what} Ask again, or ask another model.`);
      }
    }
    // Some servers say "stop" behind tool calls.
    const stopReason = isRefusal ? "refusal" : toStopReason(name, choice.finish_reason, calls.length > 0);
    yield { kind: "done", stopReason };
  }
}

function parse(name: string, text: string): Chunk {
  try {
    const chunk: unknown = JSON.parse(text);
    if (typeof chunk === "object" && chunk !== null) return chunk;
  } catch {
    // Told below.
  }
  throw new LlmError("bad_response", `The model ${name} sent an event that is not JSON. Ask again.`);
}

function toUsage(usage: Chunk["usage"]): Usage | undefined {
  if (typeof usage?.prompt_tokens !== "number" || typeof usage.completion_tokens !== "number") return undefined;
  const cached = usage.prompt_tokens_details?.cached_tokens;
  return {
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    ...(typeof cached === "number" ? { cachedInputTokens: cached } : {}),
  };
}

function toStopReason(name: string, reason: string, hasCalls: boolean): StopReason {
  if (reason === "length") return "length";
  if (reason === "content_filter") return "refusal";
  if (reason === "stop" || reason === "tool_calls" || reason === "function_call")
    return hasCalls ? "tool_calls" : "end";
  throw new LlmError("bad_response", `The model ${name} stopped for a reason that is not known here. Ask again.`);
}

function toStreamFailure(name: string, error: NonNullable<Chunk["error"]>, secrets: readonly string[]): LlmError {
  if (typeof error === "string") return toLlmError(name, { status: undefined, text: error }, 0, secrets);
  const { message, type, code } = error;
  const status = typeof code === "number" && code >= 400 && code < 600 ? code : undefined;
  const word = [code, type].find((value) => typeof value === "string");
  const text = typeof message === "string" ? message : undefined;
  return toLlmError(name, { status, type: word, text }, 0, secrets);
}
