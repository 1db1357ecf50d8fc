import type Anthropic from "@anthropic-ai/sdk";
import type { Json } from "../json.ts";
import { LlmError } from "../llm-error.ts";
import type { ModelEvent, StopReason, Usage } from "../model.ts";

/** A block while it comes: its kind, its text or JSON, and its signature. */
interface Block {
  readonly type: "text" | "thinking" | "redacted_thinking" | "tool_use";
  readonly id: string;
  readonly name: string;
  text: string;
  signature: string;
}

/** Reads Anthropic's events as ours; what it does not know is passed over. [L13][L14][L17]
 *
 * Throws {@link LlmError} `bad_response` for a tool input that is not JSON, unless the output limit cut it off. */
export async function* readAnthropicEvents(
  name: string,
  by: string,
  events: AsyncIterable<Anthropic.RawMessageStreamEvent>,
): AsyncGenerator<ModelEvent> {
  const blocks = new Map<number, Block>();
  const finished: Json[] = [];
  let hasThinking = false;
  let broken: string | undefined;
  let usage: Anthropic.Usage | undefined;

  for await (const event of events) {
    if (event.type === "message_start") {
      usage = event.message.usage;
      yield { kind: "usage", ...toUsage(usage) };
    } else if (event.type === "content_block_start") {
      const block = begin(event.content_block);
      if (block === undefined) continue;
      blocks.set(event.index, block);
      if (block.text !== "" && block.type === "text") yield { kind: "text", text: block.text };
    } else if (event.type === "content_block_delta") {
      const block = blocks.get(event.index);
      if (block === undefined) continue;
      const { delta } = event;
      if (delta.type === "text_delta") {
        block.text += delta.text;
        if (delta.text !== "") yield { kind: "text", text: delta.text };
      } else if (delta.type === "thinking_delta") {
        block.text += delta.thinking;
        if (delta.thinking !== "") yield { kind: "thinking", text: delta.thinking };
      } else if (delta.type === "input_json_delta") block.text += delta.partial_json;
      else if (delta.type === "signature_delta") block.signature += delta.signature;
    } else if (event.type === "content_block_stop") {
      const block = blocks.get(event.index);
      if (block === undefined) continue;
      blocks.delete(event.index);
      if (block.type === "tool_use") {
        const input = parse(block.text);
        if (input === undefined) {
          broken ??= block.name;
          continue;
        }
        yield { kind: "tool_call", id: block.id, name: block.name, input };
        finished.push({ type: "tool_use", id: block.id, name: block.name, input });
      } else {
        if (block.type !== "text") hasThinking = true;
        const kept = finish(block);
        if (kept !== undefined) finished.push(kept);
      }
    } else if (event.type === "message_delta") {
      usage = merge(usage, event.usage);
      yield { kind: "usage", ...toUsage(usage) };
      const stopReason = toStopReason(name, event.delta.stop_reason);
      if (broken !== undefined && stopReason !== "length") {
        const what = `The model ${name} called ${broken} with an input that is not JSON.`;
        throw new LlmError("bad_response", `${what} Ask again, or ask another model.`);
      }
      // What was cut off or refused is not gone on with.
      const isWhole = hasThinking && (stopReason === "end" || stopReason === "tool_calls");
      yield { kind: "done", stopReason, ...(isWhole ? { vendor: { by, content: finished } } : {}) };
    }
  }
}

function begin(block: Anthropic.ContentBlock): Block | undefined {
  const empty = { id: "", name: "", text: "", signature: "" };
  if (block.type === "text") return { ...empty, type: "text", text: block.text };
  if (block.type === "thinking")
    return { ...empty, type: "thinking", text: block.thinking, signature: block.signature };
  if (block.type === "redacted_thinking") return { ...empty, type: "redacted_thinking", text: block.data };
  // Its input stands in the deltas; at the start it is an empty object.
  if (block.type === "tool_use") return { ...empty, type: "tool_use", id: block.id, name: block.name };
  return undefined;
}

function finish({ type, text, signature }: Block): Json | undefined {
  if (type === "text") return text === "" ? undefined : { type, text };
  if (type === "thinking") return { type, thinking: text, signature };
  return { type, data: text };
}

function parse(text: string): Json | undefined {
  try {
    return text === "" ? {} : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

/** Later counts are of the whole answer; what they leave out stays as it was. */
function merge(before: Anthropic.Usage | undefined, now: Anthropic.MessageDeltaUsage): Anthropic.Usage {
  const said = Object.fromEntries(Object.entries(now).filter(([, value]) => value !== null && value !== undefined));
  return { ...before, ...said } as Anthropic.Usage;
}

/** Anthropic counts cached tokens beside the input; here the input is all of it. */
function toUsage(usage: Anthropic.Usage): Usage {
  const read = usage.cache_read_input_tokens ?? undefined;
  const written = usage.cache_creation_input_tokens ?? undefined;
  return {
    inputTokens: (usage.input_tokens ?? 0) + (read ?? 0) + (written ?? 0),
    outputTokens: usage.output_tokens ?? 0,
    ...(read === undefined ? {} : { cachedInputTokens: read }),
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
  };
}

function toStopReason(name: string, reason: Anthropic.StopReason | null): StopReason {
  if (reason === "end_turn" || reason === "stop_sequence") return "end";
  if (reason === "tool_use") return "tool_calls";
  if (reason === "max_tokens" || reason === "model_context_window_exceeded") return "length";
  if (reason === "refusal") return "refusal";
  // Only tools of the server pause a turn, and nobody gave it any.
  throw new LlmError("bad_response", `The model ${name} stopped for a reason that is not known here. Ask again.`);
}
