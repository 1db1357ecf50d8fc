import { LlmError } from "./llm-error.ts";
import type { ModelEvent, ModelRequest } from "./model.ts";

/** Holds an adapter's events to the rules of a stream; every adapter passes its own through here. [L1][L2][L6]
 *
 * Ends after the first `done`. Throws {@link LlmError} `bad_response` for a stream without `done`, for a stop reason
 * that does not fit its tool calls, and, when `request.json` is set, for an ended text that is not JSON. */
export async function* checkStream(
  name: string,
  request: ModelRequest,
  events: AsyncIterable<ModelEvent>,
): AsyncGenerator<ModelEvent> {
  const refuse = (what: string): LlmError =>
    new LlmError("bad_response", `The model ${name} ${what}. Ask again, or ask another model.`);
  let text = "";
  let calls = 0;
  for await (const event of events) {
    if (event.kind === "tool_call") calls += 1;
    if (event.kind === "text" && request.json !== undefined) text += event.text;
    if (event.kind !== "done") {
      yield event;
      continue;
    }
    const { stopReason } = event;
    if (stopReason === "tool_calls" && calls === 0) throw refuse("stopped for tool calls and made none");
    if (stopReason === "end" && calls > 0) throw refuse(`made ${calls} tool calls and does not wait for them`);
    if (stopReason === "end" && request.json !== undefined && !isJson(text)) {
      throw refuse(`gave ${text.length} characters that are not JSON`);
    }
    yield event;
    return;
  }
  throw refuse("ended its stream without saying why");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
