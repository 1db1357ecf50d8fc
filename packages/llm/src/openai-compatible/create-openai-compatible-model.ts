import type { Clock } from "@kingly/runtime";
import { adaptStream } from "../http/adapt-stream.ts";
import type { Asking } from "../http/adapt-stream.ts";
import { toLlmError, whyOf } from "../http/http-failure.ts";
import { readSse } from "../http/read-sse.ts";
import { LlmError } from "../llm-error.ts";
import type { Effort, Model, ModelEvent, ModelRequest } from "../model.ts";
import { readOpenAiChunks } from "./read-openai-chunks.ts";
import { toOpenAiBody } from "./to-openai-body.ts";

/** How a server of the OpenAI kind is asked. */
export interface OpenAiCompatibleOptions {
  /** Up to the version, such as "http://127.0.0.1:11434/v1". */
  readonly baseUrl: string;
  readonly model: string;
  /** Sent to `baseUrl` and nowhere else. @default none */
  readonly apiKey?: string;
  /** What it is called in logs and bills. @default `model` */
  readonly name?: string;
  /** The most tokens of output where the request does not say. @default the server's */
  readonly maxOutputTokens?: number;
  /** Where the request does not say; only for a server that knows `reasoning_effort`. @default the model's own */
  readonly effort?: Effort;
  /** Whether it knows `reasoning_effort` and `max_completion_tokens`. @default true at api.openai.com only */
  readonly isOpenAi?: boolean;
  /** The longest silence, in milliseconds, from 1; a local server may be loading its model. @default 120,000 */
  readonly idleMs?: number;
}

// An error is a sentence; whoever sends more is not read on.
const maxErrorChars = 10_000;

/** Creates a model of any server with `/chat/completions`: Ollama, llama-server, LM Studio, vLLM, OpenAI. [L1]-[L6][L12][L13][L19][L20]
 *
 * It asks once, without retries; the request's deadline and `idleMs` are the limits. */
export function createOpenAiCompatibleModel(
  deps: { readonly clock: Clock; readonly fetch: typeof fetch },
  options: OpenAiCompatibleOptions,
): Model {
  const { apiKey, model, name = model, idleMs = 120_000 } = options;
  const url = `${options.baseUrl.replace(/\/+$/, "")}/chat/completions`;
  const isOpenAi = options.isOpenAi ?? URL.parse(url)?.hostname === "api.openai.com";
  const secrets = apiKey === undefined ? [] : [apiKey];
  const bodyOptions = { model, maxOutputTokens: options.maxOutputTokens, effort: options.effort, isOpenAi };

  const post = async (request: ModelRequest, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> => {
    const response = await deps.fetch(url, {
      method: "POST",
      // The key goes to the URL that it was given for, not to where that one points.
      redirect: "error",
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream",
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(toOpenAiBody(request, bodyOptions)),
      signal,
    });
    if (!response.ok) throw await refusal(response);
    const type = response.headers.get("content-type") ?? "";
    if (response.body !== null && /text\/event-stream/i.test(type)) return response.body;
    await response.body?.cancel();
    throw new LlmError(
      "bad_response",
      `The model ${name} did not stream its answer. Look whether its address is right.`,
    );
  };
  const refusal = async (response: Response): Promise<LlmError> => {
    const text = (await response.text().catch(() => "")).slice(0, maxErrorChars);
    const { status, headers } = response;
    return toLlmError(name, { status, headers, type: wordOf(text), text }, deps.clock.nowMs(), secrets);
  };

  async function* ask({ request, signal }: Asking): AsyncGenerator<ModelEvent> {
    try {
      const body = await post(request, signal);
      yield* readOpenAiChunks(name, callsIn(request), secrets, readSse(name, body));
    } catch (thrown) {
      // Whoever aborted has left, and hears nothing more.
      if (signal.aborted) return;
      if (thrown instanceof LlmError) throw thrown;
      const message = `The model ${name} cannot be reached. Look whether its server runs and its address is right.`;
      throw new LlmError("model_unavailable", message, { cause: whyOf(thrown, secrets) });
    }
  }
  return adaptStream(deps, { name, idleMs }, ask);
}

function callsIn(request: ModelRequest): number {
  return request.messages.reduce(
    (count, message) => count + (message.role === "assistant" ? (message.toolCalls?.length ?? 0) : 0),
    1,
  );
}

function wordOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; type?: unknown } };
    return [error?.code, error?.type].find((value) => typeof value === "string");
  } catch {
    return undefined;
  }
}
