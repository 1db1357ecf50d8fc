import { LlmError } from "@kingly/llm";
import type { Answer, Model, ModelRequest, ToolCall, Usage } from "@kingly/llm";

// What a model may say in one answer: more is a fault of the model, and would fill the database.
const maxAnswerLength = 400_000;
const maxCalls = 200;

/** Reads a whole answer, and tells what the model says of its thinking while it comes. An endless one is cut off. [O43] */
export async function readAnswer(
  model: Model,
  request: ModelRequest,
  onThinking?: (words: string) => void,
): Promise<Answer> {
  let text = "";
  let usage: Usage | undefined;
  let length = 0;
  const toolCalls: ToolCall[] = [];
  for await (const event of model.stream(request)) {
    switch (event.kind) {
      case "text":
        text += event.text;
        length += event.text.length;
        break;
      case "thinking":
        length += event.text.length;
        onThinking?.(event.text);
        break;
      case "tool_call":
        toolCalls.push({ id: event.id, name: event.name, input: event.input });
        length += JSON.stringify(event.input).length;
        break;
      case "usage":
        usage = event;
        break;
      case "done": {
        const { stopReason, vendor } = event;
        return { text, toolCalls, usage, stopReason, ...(vendor === undefined ? {} : { vendor }) };
      }
      default:
        event satisfies never;
    }
    if (length > maxAnswerLength || toolCalls.length > maxCalls) {
      throw new LlmError("bad_response", `The model ${model.name} does not come to an end; it was cut off.`);
    }
  }
  throw new LlmError("bad_response", `The model ${model.name} ended its stream without saying why. Ask again.`);
}
