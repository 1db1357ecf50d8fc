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

/** One message of the conversation, oldest first. A tool message answers one call of the assistant before it. */
export type ModelMessage =
  | { readonly role: "user"; readonly text: string }
  | { readonly role: "assistant"; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly toolCallId: string; readonly text: string; readonly isError?: boolean };

/** What a model is asked. */
export interface ModelRequest {
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
  /** @default none */
  readonly tools?: readonly ToolDefinition[];
  /** The most tokens of output. @default the model's own limit */
  readonly maxOutputTokens?: number;
  /** Cancels the request; the stream then ends with `cancelled`. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the first read to the end of the stream. @default none */
  readonly deadlineMs?: number;
  /** A JSON Schema: the whole text is then one JSON value of that form. @default free text */
  readonly json?: JsonObject;
}

/** Tokens as the model counted them. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Why a stream ended. `tool_calls`: it waits for their answers; `length`: the output limit cut it off. */
export type StopReason = "end" | "tool_calls" | "length" | "refusal" | "cancelled";

/** One piece of a stream. The last is always the one `done`; a later `usage` replaces an earlier one. [L1] */
export type ModelEvent =
  | { readonly kind: "text"; readonly text: string }
  | ({ readonly kind: "tool_call" } & ToolCall)
  | ({ readonly kind: "usage" } & Usage)
  | { readonly kind: "done"; readonly stopReason: StopReason };

/** A model: a request in, a stream of events out. Every adapter keeps the rules L1 to L6. */
export interface Model {
  /** What it is called in logs and bills, such as "claude-haiku-5-5". */
  readonly name: string;
  /** Asks the model. Nothing is sent before the first read; the stream can be read once.
   *
   * Throws {@link LlmError} while being read; leaving the loop early ends the request. */
  stream(request: ModelRequest): AsyncIterable<ModelEvent>;
}
