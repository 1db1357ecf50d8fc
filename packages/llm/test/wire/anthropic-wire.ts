import type { ServerResponse } from "node:http";
import type { ModelEvent } from "../../src/index.ts";
import type { ContractReply } from "../contract/model-contract.ts";
import { beginStream } from "./wire-server.ts";

/** What no request may hold: newer models refuse it, or it would spoil an answer. */
export const anthropicForbidden: readonly string[] = [
  "temperature",
  "top_p",
  "top_k",
  "tool_choice",
  "thinking.budget_tokens",
  "stop_sequences",
  "metadata",
];

/** One event of the wire, in Anthropic's form. */
export function anthropicEvent(type: string, fields: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** How a message begins. */
export function anthropicStart(usage: object = {}): string {
  const counted = {
    input_tokens: 0,
    output_tokens: 1,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
    ...usage,
  };
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-haiku-5-5",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: counted,
  };
  return anthropicEvent("message_start", { message }) + anthropicEvent("ping");
}

/** How a message ends. */
export function anthropicEnd(stop_reason: string, usage: object = {}): string {
  const delta = { stop_reason, stop_sequence: null, stop_details: null };
  return (
    anthropicEvent("message_delta", { delta, usage: { output_tokens: 1, ...usage } }) + anthropicEvent("message_stop")
  );
}

/** One content block: how it starts, its deltas, its stop. */
export function anthropicBlock(index: number, content_block: object, deltas: readonly object[]): string {
  return [
    anthropicEvent("content_block_start", { index, content_block }),
    ...deltas.map((delta) => anthropicEvent("content_block_delta", { index, delta })),
    anthropicEvent("content_block_stop", { index }),
  ].join("");
}

const stopReasons = { end: "end_turn", tool_calls: "tool_use", length: "max_tokens", refusal: "refusal" } as const;

/** Writes one event as it would come. Texts are blocks of their own; the input of a tool comes in pieces. */
function toWire(event: ModelEvent, index: number, usage: object): string {
  if (event.kind === "text") {
    return anthropicBlock(index, { type: "text", text: "", citations: null }, [
      { type: "text_delta", text: event.text },
    ]);
  }
  if (event.kind === "thinking") {
    return anthropicBlock(index, { type: "thinking", thinking: "", signature: "" }, [
      { type: "thinking_delta", thinking: event.text },
      { type: "signature_delta", signature: "c2ln" },
    ]);
  }
  if (event.kind === "tool_call") {
    const pieces = JSON.stringify(event.input).match(/.{1,5}/gs) ?? [];
    return anthropicBlock(index, { type: "tool_use", id: event.id, name: event.name, input: {} }, [
      { type: "input_json_delta", partial_json: "" },
      ...pieces.map((partial_json) => ({ type: "input_json_delta", partial_json })),
    ]);
  }
  if (event.kind === "done" && event.stopReason !== "cancelled") {
    return anthropicEnd(stopReasons[event.stopReason], usage);
  }
  return "";
}

/** Answers one request of the contract. */
export function answerAnthropic(response: ServerResponse, reply: ContractReply): void {
  beginStream(response);
  const counted = reply.events.find((event) => event.kind === "usage");
  const usage = counted === undefined ? {} : { output_tokens: counted.outputTokens };
  response.write(anthropicStart({ input_tokens: counted?.inputTokens ?? 0 }));
  for (const [index, event] of reply.events.entries()) response.write(toWire(event, index, usage));
  if (!reply.hangs) response.end();
}
