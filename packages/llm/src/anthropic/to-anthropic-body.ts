import type Anthropic from "@anthropic-ai/sdk";
import type { JsonObject } from "../json.ts";
import { LlmError } from "../llm-error.ts";
import type { Effort, ModelMessage, ModelRequest } from "../model.ts";
import { anthropicTraits } from "./anthropic-traits.ts";
import { isWholeSchema } from "./is-whole-schema.ts";

type Body = Anthropic.MessageCreateParamsStreaming;
type Content = Anthropic.ContentBlockParam;

/** What of a request the options decide. */
export interface AnthropicBodyOptions {
  readonly model: string;
  readonly maxOutputTokens: number;
  readonly effort: Effort | undefined;
  readonly thinking: "adaptive" | "between_tools" | "none" | undefined;
  readonly cache: "5m" | "1h" | "none";
  /** Who its vendor parts are from. */
  readonly by: string;
}

/** Writes a request in Anthropic's words. No sampling, no prefill, no forced tool: newer models refuse them. [L17]
 *
 * Throws {@link LlmError} `bad_request` when the last message is the assistant's own. */
export function toAnthropicBody(
  request: ModelRequest,
  options: AnthropicBodyOptions,
  toStrict: (schema: JsonObject) => JsonObject,
): Body {
  if (request.messages.at(-1)?.role === "assistant") {
    const what = `The model ${options.model} cannot go on with its own words.`;
    throw new LlmError("bad_request", `${what} End the messages with one of the person or of a tool.`);
  }
  const { isAdaptive } = anthropicTraits(options.model);
  const thinking = options.thinking ?? (isAdaptive ? "adaptive" : "none");
  const effort = isAdaptive || options.effort !== undefined ? (request.effort ?? options.effort) : undefined;
  const isWhole = request.json !== undefined && isWholeSchema(request.json);
  const cached = options.cache === "none" ? {} : ({ cache_control: cacheControl(options.cache) } as const);
  const system = systemOf(request, isWhole);
  const format = isWhole && request.json ? { type: "json_schema" as const, schema: toStrict(request.json) } : undefined;
  return {
    model: options.model,
    max_tokens: request.maxOutputTokens ?? options.maxOutputTokens,
    stream: true,
    messages: toMessages(request.messages, options.by),
    ...(system === "" ? {} : { system: [{ type: "text", text: system, ...cached }] }),
    ...(request.tools?.length ? { tools: request.tools.map(toTool) } : {}),
    ...(thinking === "adaptive" ? { thinking: { type: "adaptive", display: "summarized" } } : {}),
    ...(thinking === "between_tools" ? { thinking: { type: "between_tools" } } : {}),
    ...(effort === undefined && format === undefined
      ? {}
      : { output_config: { ...(effort && { effort }), ...(format && { format }) } }),
    // A conversation that goes on is read again: the mark on its end moves along. One question is not.
    ...(request.messages.length > 1 || request.tools?.length ? cached : {}),
  };
}

function cacheControl(ttl: "5m" | "1h"): Anthropic.CacheControlEphemeral {
  return ttl === "5m" ? { type: "ephemeral" } : { type: "ephemeral", ttl };
}

// A form that the API cannot hold the model to is asked for in words.
function systemOf(request: ModelRequest, isWhole: boolean): string {
  const asked = request.json === undefined || isWhole ? "" : jsonInWords(request.json);
  return [request.system ?? "", asked].filter((text) => text !== "").join("\n\n");
}

function jsonInWords(schema: JsonObject): string {
  return `Answer with one JSON value only, without a fence, that fits this JSON Schema: ${JSON.stringify(schema)}`;
}

function toTool(tool: NonNullable<ModelRequest["tools"]>[number]): Anthropic.Tool {
  return {
    name: tool.name,
    description: tool.description,
    input_schema: { ...tool.inputSchema, type: "object" },
  };
}

/** The answers of tools and the words behind them are one message: the API wants all answers in the next one. */
function toMessages(messages: readonly ModelMessage[], by: string): Anthropic.MessageParam[] {
  const said: { role: "user" | "assistant"; content: Content[] }[] = [];
  for (const message of messages) {
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = toContent(message, by);
    const last = said.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) said.push({ role, content });
  }
  return said;
}

function toContent(message: ModelMessage, by: string): Content[] {
  if (message.role === "tool") {
    const { toolCallId, text, isError } = message;
    return [{ type: "tool_result", tool_use_id: toolCallId, content: text, ...(isError && { is_error: true }) }];
  }
  if (message.role === "assistant" && message.vendor?.by === by) {
    const content = message.vendor.content as unknown;
    if (isSame(content, message)) return content;
  }
  // The API refuses an empty text.
  const text: Content[] = message.text === "" ? [] : [{ type: "text", text: message.text }];
  if (message.role === "user") return text;
  const calls = (message.toolCalls ?? []).map(({ id, name, input }): Content => ({
    type: "tool_use",
    id,
    name,
    input,
  }));
  return [...text, ...calls];
}

/** Whether blocks still say what their message says; whoever changed the message has the last word. [L14] */
function isSame(blocks: unknown, message: ModelMessage & { role: "assistant" }): blocks is Content[] {
  if (!Array.isArray(blocks)) return false;
  const content = blocks as readonly Content[];
  const text = content.map((block) => (block.type === "text" ? block.text : "")).join("");
  const calls = content.flatMap((block) => (block.type === "tool_use" ? [[block.id, block.name, block.input]] : []));
  const own = (message.toolCalls ?? []).map(({ id, name, input }) => [id, name, input]);
  return text === message.text && JSON.stringify(calls) === JSON.stringify(own);
}
