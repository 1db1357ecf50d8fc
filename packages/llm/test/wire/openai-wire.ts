import type { ServerResponse } from "node:http";
import type { ModelEvent } from "../../src/index.ts";
import type { ContractReply } from "../contract/model-contract.ts";
import { beginStream } from "./wire-server.ts";

/** What no request may hold: some models refuse it, or it would spoil an answer. */
export const openAiForbidden: readonly string[] = [
  "temperature",
  "top_p",
  "top_k",
  "n",
  "stop",
  "seed",
  "logprobs",
  "tool_choice",
  "presence_penalty",
  "frequency_penalty",
  "user",
];

/** One event of the wire. */
export function openAiData(value: object | string): string {
  return `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;
}

/** One chunk with one choice. */
export function openAiChunk(delta: object, finish_reason: string | null = null): string {
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "local" };
  return openAiData({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason }] });
}

/** The chunk with the count, which has no choice. */
export function openAiUsage(prompt_tokens: number, completion_tokens: number, more: object = {}): string {
  const total_tokens = prompt_tokens + completion_tokens;
  return openAiData({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    choices: [],
    usage: { prompt_tokens, completion_tokens, total_tokens, ...more },
  });
}

const stopReasons = { end: "stop", tool_calls: "tool_calls", length: "length", refusal: "content_filter" } as const;

function toWire(event: ModelEvent): string {
  if (event.kind === "text") return openAiChunk({ content: event.text });
  if (event.kind === "thinking") return openAiChunk({ reasoning_content: event.text });
  if (event.kind === "tool_call") {
    const pieces = JSON.stringify(event.input).match(/.{1,5}/gs) ?? [];
    const first = { index: 0, id: event.id, type: "function", function: { name: event.name, arguments: "" } };
    return [
      openAiChunk({ tool_calls: [first] }),
      ...pieces.map((piece) => openAiChunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    ].join("");
  }
  if (event.kind === "done" && event.stopReason !== "cancelled") return openAiChunk({}, stopReasons[event.stopReason]);
  return "";
}

/** Answers one request of the contract: the count comes behind the reason, as OpenAI sends it. */
export function answerOpenAi(response: ServerResponse, reply: ContractReply): void {
  beginStream(response);
  response.write(openAiChunk({ role: "assistant", content: "" }));
  for (const event of reply.events) response.write(toWire(event));
  if (reply.hangs) return;
  const counted = reply.events.find((event) => event.kind === "usage");
  if (counted !== undefined) response.write(openAiUsage(counted.inputTokens, counted.outputTokens));
  response.end(openAiData("[DONE]"));
}
