import { toLlmError, whyOf } from "../http/http-failure.ts";
import { LlmError } from "../llm-error.ts";

/** Makes our error of whatever the SDK throws, without loading it. [L12] */
export function toAnthropicFailure(name: string, thrown: unknown, nowMs: number, apiKey: string): LlmError {
  if (thrown instanceof LlmError) return thrown;
  if (thrown instanceof SyntaxError) {
    return new LlmError("bad_response", `The model ${name} sent an event that is not JSON. Ask again.`);
  }
  // Its class is APIError; a connection that failed has no status and a cause.
  const error = thrown as {
    readonly status?: number;
    readonly type?: string | null;
    readonly headers?: Headers;
    readonly message?: string;
  };
  if (error.status !== undefined || typeof error.type === "string") {
    const { status, headers, type, message: text } = error;
    return toLlmError(name, { status, headers, type: type ?? undefined, text }, nowMs, [apiKey]);
  }
  return new LlmError("model_unavailable", `The model ${name} cannot be reached. Look whether its address is right.`, {
    cause: whyOf(thrown, [apiKey]),
  });
}
