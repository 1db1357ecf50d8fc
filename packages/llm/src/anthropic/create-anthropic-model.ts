import type Anthropic from "@anthropic-ai/sdk";
import type { Clock } from "@kingly/runtime";
import { adaptStream } from "../http/adapt-stream.ts";
import type { Asking } from "../http/adapt-stream.ts";
import type { JsonObject } from "../json.ts";
import { LlmError } from "../llm-error.ts";
import type { Effort, Model, ModelEvent, ModelRequest } from "../model.ts";
import { readAnthropicEvents } from "./read-anthropic-events.ts";
import { toAnthropicBody } from "./to-anthropic-body.ts";
import { toAnthropicFailure } from "./to-anthropic-failure.ts";

/** How a Claude model is asked. */
export interface AnthropicOptions {
  /** Sent to `baseUrl` and nowhere else. */
  readonly apiKey: string;
  /** @default "claude-haiku-5-5" */
  readonly model?: string;
  /** @default "https://api.anthropic.com" */
  readonly baseUrl?: string;
  /** The most tokens of output, thinking included, where the request does not say. @default 16,000 */
  readonly maxOutputTokens?: number;
  /** Where the request does not say. @default the model's own */
  readonly effort?: Effort;
  /** @default "adaptive" with summaries where the model takes it, else "none" */
  readonly thinking?: "adaptive" | "between_tools" | "none";
  /** How long the prompt may be cached there. @default "5m" */
  readonly cache?: "5m" | "1h" | "none";
  /** The longest silence, in milliseconds, from 1. @default 90,000 */
  readonly idleMs?: number;
}

/** A Claude model. */
export interface AnthropicModel extends Model {
  /** Loads the SDK now, so that the first request does not wait for it. Throws as a request would. */
  load(): Promise<void>;
  /** Asks the API how many tokens of input a request has; costs nothing. Throws {@link LlmError}. */
  countTokens(request: ModelRequest): Promise<number>;
}

interface Sdk {
  readonly client: Anthropic;
  readonly toStrict: (schema: JsonObject) => JsonObject;
}

const countTimeoutMs = 10_000;

/** Creates a model of Anthropic's API over `@anthropic-ai/sdk`, which is loaded at the first use. [L1]-[L6][L12]-[L18]
 *
 * It asks once, without retries and without a time limit of the SDK: the request's deadline and `idleMs` are the limits.
 * Whether a cache was used is told by the usage alone. The SDK writes nothing to stdout and reads no key of the environment. */
export function createAnthropicModel(
  deps: { readonly clock: Clock; readonly fetch: typeof fetch },
  options: AnthropicOptions,
): AnthropicModel {
  const { apiKey, model: name = "claude-haiku-5-5", baseUrl = "https://api.anthropic.com" } = options;
  const by = `anthropic/${name}`;
  const bodyOptions = {
    model: name,
    by,
    maxOutputTokens: options.maxOutputTokens ?? 16_000,
    effort: options.effort,
    thinking: options.thinking,
    cache: options.cache ?? "5m",
  };
  let sdk: Promise<Sdk> | undefined;
  const load = (): Promise<Sdk> => {
    sdk ??= loadSdk(deps.fetch, apiKey, baseUrl).catch((thrown: unknown) => {
      sdk = undefined;
      const message = `The model ${name} needs the package @anthropic-ai/sdk. Install it beside @kingly/llm.`;
      throw new LlmError("model_unavailable", message, { cause: thrown });
    });
    return sdk;
  };
  const fail = (thrown: unknown): LlmError => toAnthropicFailure(name, thrown, deps.clock.nowMs(), apiKey);

  async function* ask({ request, signal }: Asking): AsyncGenerator<ModelEvent> {
    try {
      const { client, toStrict } = await load();
      const body = toAnthropicBody(request, bodyOptions, toStrict);
      yield* readAnthropicEvents(name, by, await client.messages.create(body, { signal }));
    } catch (thrown) {
      // Whoever aborted has left, and hears nothing more.
      if (signal.aborted) return;
      throw fail(thrown);
    }
  }

  return {
    ...adaptStream(deps, { name, idleMs: options.idleMs ?? 90_000 }, ask),
    async load() {
      await load();
    },
    async countTokens(request) {
      const timeout = new AbortController();
      const timer = deps.clock.setTimer(countTimeoutMs, () => timeout.abort());
      const signal = request.signal ? AbortSignal.any([request.signal, timeout.signal]) : timeout.signal;
      try {
        const { client, toStrict } = await load();
        const { max_tokens: _, stream: __, ...body } = toAnthropicBody(request, bodyOptions, toStrict);
        return (await client.messages.countTokens(body, { signal })).input_tokens;
      } catch (thrown) {
        if (!timeout.signal.aborted) throw fail(thrown);
        throw new LlmError(
          "deadline",
          `The model ${name} did not count within ${countTimeoutMs} ms. Estimate instead.`,
        );
      } finally {
        timer.cancel();
      }
    },
  };
}

const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

async function loadSdk(fetch: typeof globalThis.fetch, apiKey: string, baseURL: string): Promise<Sdk> {
  const [{ Anthropic: Client }, { transformJSONSchema }] = await Promise.all([
    import("@anthropic-ai/sdk"),
    import("@anthropic-ai/sdk/lib/transform-json-schema"),
  ]);
  const client = new Client({
    apiKey,
    baseURL,
    webhookKey: null,
    maxRetries: 0,
    // Ours are the limits; this one only keeps a forgotten request from staying for ever.
    timeout: 24 * 3_600_000,
    // The key goes to the URL that it was given for, not to where that one points.
    fetch: (url, init) => fetch(url, { ...init, redirect: "error" }),
    // It would write to the console, and stdout may be a protocol.
    logger: silent,
    logLevel: "off",
    openTelemetry: false,
  });
  return { client, toStrict: transformJSONSchema };
}
