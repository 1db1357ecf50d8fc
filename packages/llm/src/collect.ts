import { LlmError } from "./llm-error.ts";
import type { Model, ModelRequest, StopReason, ToolCall, Usage } from "./model.ts";

/** A whole answer. */
export interface Answer {
  /** All text in order; what had come when it was cut off. */
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** The last count the model gave; undefined when it gave none. */
  readonly usage: Usage | undefined;
  readonly stopReason: StopReason;
}

/** Reads a whole stream into one answer. Look at `stopReason`: only `end` means that the text is whole. [L7]
 *
 * Throws {@link LlmError} as the stream does, and `bad_response` when it ends without `done`. */
export async function collect(model: Model, request: ModelRequest): Promise<Answer> {
  let text = "";
  let usage: Usage | undefined;
  const toolCalls: ToolCall[] = [];
  for await (const event of model.stream(request)) {
    if (event.kind === "text") text += event.text;
    else if (event.kind === "tool_call") toolCalls.push({ id: event.id, name: event.name, input: event.input });
    else if (event.kind === "usage") usage = { inputTokens: event.inputTokens, outputTokens: event.outputTokens };
    else return { text, toolCalls, usage, stopReason: event.stopReason };
  }
  throw new LlmError("bad_response", `The model ${model.name} ended its stream without saying why. Ask again.`);
}
