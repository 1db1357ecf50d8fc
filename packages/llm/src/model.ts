import type { Json, JsonObject } from "./json.ts";

/** A tool that the model may ask for. Who calls it is not the model's concern. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input. */
  readonly inputSchema: JsonObject;
}

/** The model asks for one call of one tool. `id` joins it to its answer. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Json;
}

/** What an adapter wants back, unchanged, with the message it came with: signed thinking, for one. [L14]
 *
 * Nobody else looks into it. Another adapter or model leaves it out. */
export interface VendorPart {
  /** Who made it and can read it: the adapter and the model, such as "anthropic/claude-opus-5-5". */
  readonly by: string;
  readonly content: Json;
}

/** One message of the conversation, oldest first. A tool message answers one call of the assistant before it. */
export type ModelMessage =
  | { readonly role: "user"; readonly text: string }
  | {
      readonly role: "assistant";
      readonly text: string;
      readonly toolCalls?: readonly ToolCall[];
      /** As it came with `done`. */
      readonly vendor?: VendorPart;
    }
  | { readonly role: "tool"; readonly toolCallId: string; readonly text: string; readonly isError?: boolean };

/** What a model is asked. */
export interface ModelRequest {
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
  /** @default none */
  readonly tools?: readonly ToolDefinition[];
  /** The most tokens of output. @default the adapter's */
  readonly maxOutputTokens?: number;
  /** Cancels the request; the stream then ends with `cancelled`. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the first read to the end of the stream. @default none */
  readonly deadlineMs?: number;
  /** A JSON Schema: the whole text is then one JSON value of that form. @default free text */
  readonly json?: JsonObject;
  /** How hard the model thinks, where it can be told. @default the adapter's */
  readonly effort?: Effort;
  /** What the answer is for, in one word, such as "plan": routes and bills go by it. It is never sent. @default none */
  readonly purpose?: string;
}

/** How hard a model thinks before it answers. */
export type Effort = "low" | "medium" | "high";

/** Tokens as the model counted them. */
export interface Usage {
  /** All tokens of input, those of a cache included. */
  readonly inputTokens: number;
  /** All tokens of output, those of thinking included. */
  readonly outputTokens: number;
  /** Of the input, what was read from a cache. Undefined where nothing was said of it. */
  readonly cachedInputTokens?: number;
  /** Of the input, what was written to a cache. Undefined where nothing was said of it. */
  readonly cacheWriteTokens?: number;
}

/** Why a stream ended. `tool_calls`: it waits for their answers; `length`: the output limit cut it off. */
export type StopReason = "end" | "tool_calls" | "length" | "refusal" | "cancelled";

/** One piece of a stream. The last is always the one `done`; a later `usage` replaces an earlier one. [L1]
 *
 * `thinking` is what the model says of its own work, in words: progress, never a part of the answer. [L13] */
export type ModelEvent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "thinking"; readonly text: string }
  | ({ readonly kind: "tool_call" } & ToolCall)
  | ({ readonly kind: "usage" } & Usage)
  | { readonly kind: "done"; readonly stopReason: StopReason; readonly vendor?: VendorPart };

/** A model: a request in, a stream of events out. Every adapter keeps the rules L1 to L6 and L13 to L15. */
export interface Model {
  /** What it is called in logs and bills, such as "claude-haiku-5-5". */
  readonly name: string;
  /** Asks the model. Nothing is sent before the first read; the stream can be read once.
   *
   * Throws {@link LlmError} while being read; leaving the loop early ends the request. */
  stream(request: ModelRequest): AsyncIterable<ModelEvent>;
}
