import type { Json, JsonObject } from "../json.ts";
import type { Effort, ModelMessage, ModelRequest } from "../model.ts";

/** What of a request the options decide. */
export interface OpenAiBodyOptions {
  readonly model: string;
  readonly maxOutputTokens: number | undefined;
  readonly effort: Effort | undefined;
  /** Whether the server knows `reasoning_effort`, and `max_completion_tokens` instead of `max_tokens`. */
  readonly isOpenAi: boolean;
}

/** Writes a request in the words of chat completions. No sampling, no forced tool: some models refuse them. [L19] */
export function toOpenAiBody(request: ModelRequest, options: OpenAiBodyOptions): JsonObject {
  const { model, isOpenAi } = options;
  const maxTokens = request.maxOutputTokens ?? options.maxOutputTokens;
  const effort = isOpenAi ? (request.effort ?? options.effort) : undefined;
  const system: Json[] = request.system ? [{ role: "system", content: request.system }] : [];
  return {
    model,
    messages: [...system, ...request.messages.map(toMessage)],
    stream: true,
    stream_options: { include_usage: true },
    ...(maxTokens === undefined ? {} : { [isOpenAi ? "max_completion_tokens" : "max_tokens"]: maxTokens }),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(request.tools?.length
      ? {
          tools: request.tools.map(({ name, description, inputSchema }) => ({
            type: "function",
            function: { name, description, parameters: inputSchema },
          })),
        }
      : {}),
    ...(request.json
      ? { response_format: { type: "json_schema", json_schema: { name: "answer", schema: request.json } } }
      : {}),
  };
}

function toMessage(message: ModelMessage): JsonObject {
  if (message.role === "user") return { role: "user", content: message.text };
  if (message.role === "tool") {
    // There is no field that says so.
    const content = message.isError ? `Error: ${message.text}` : message.text;
    return { role: "tool", tool_call_id: message.toolCallId, content };
  }
  const calls = (message.toolCalls ?? []).map(({ id, name, input }) => ({
    id,
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  }));
  if (calls.length === 0) return { role: "assistant", content: message.text };
  return { role: "assistant", content: message.text === "" ? null : message.text, tool_calls: calls };
}
