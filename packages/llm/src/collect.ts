import { LlmError } from "./llm-error.ts";
import type { Model, ModelMessage, ModelRequest, StopReason, ToolCall, Usage, VendorPart } from "./model.ts";

/** A whole answer. */
export interface Answer {
  /** All text in order, without the thinking; what had come when it was cut off. */
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** The last count the model gave; undefined when it gave none. */
  readonly usage: Usage | undefined;
  readonly stopReason: StopReason;
  /** What the model wants back with this answer in the next request; see {@link toAssistantMessage}. */
  readonly vendor?: VendorPart;
}

/** Reads a whole stream into one answer. Look at `stopReason`: only `end` means that the text is whole. [L7][L13]
 *
 * Throws {@link LlmError} as the stream does, and `bad_response` when it ends without `done`. */
export async function collect(model: Model, request: ModelRequest): Promise<Answer> {
  let text = "";
  let usage: Usage | undefined;
  const toolCalls: ToolCall[] = [];
  for await (const event of model.stream(request)) {
    if (event.kind === "text") text += event.text;
    else if (event.kind === "tool_call") toolCalls.push({ id: event.id, name: event.name, input: event.input });
    else if (event.kind === "usage") {
      const { kind: _, ...counted } = event;
      usage = counted;
    } else if (event.kind === "done") {
      const vendor = event.vendor === undefined ? {} : { vendor: event.vendor };
      return { text, toolCalls, usage, stopReason: event.stopReason, ...vendor };
    }
  }
  throw new LlmError("bad_response", `The model ${model.name} ended its stream without saying why. Ask again.`);
}

/** Makes the message of an answer, for the next request of the same conversation: nothing of it is lost. [L14] */
export function toAssistantMessage(answer: Answer): ModelMessage {
  return {
    role: "assistant",
    text: answer.text,
    ...(answer.toolCalls.length === 0 ? {} : { toolCalls: answer.toolCalls }),
    ...(answer.vendor === undefined ? {} : { vendor: answer.vendor }),
  };
}
