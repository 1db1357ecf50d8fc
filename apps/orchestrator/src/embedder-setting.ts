import type { Clock, Log } from "@kingly/runtime";
import type { Embedder } from "@kingly/store";

/** The embedder of the settings: an endpoint that speaks OpenAI's `POST /embeddings`. [O69] */
export interface EmbedderSetting {
  readonly provider: "openai-compatible";
  /** Up to and without `/embeddings`; https, or http on this machine. */
  readonly baseUrl: string;
  readonly model: string;
  /** The environment variable that holds its key; never the key itself. @default no key */
  readonly apiKeyEnv?: string;
  /** Length of the model's vectors, 32 to 4,096, a multiple of 32. @default 1536 */
  readonly dimensions?: number;
}

/** The JSON Schema of the setting. */
export const embedderSchema: object = {
  type: "object",
  required: ["provider", "baseUrl", "model"],
  additionalProperties: false,
  properties: {
    provider: { const: "openai-compatible" },
    // What is remembered goes there: not in the clear over a network.
    baseUrl: {
      type: "string",
      maxLength: 2000,
      pattern: String.raw`^(?:https://[^\s@]+|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?(?:/[^\s@]*)?)$`,
    },
    model: { type: "string", minLength: 1, maxLength: 100 },
    apiKeyEnv: { type: "string", maxLength: 128, pattern: "^[A-Za-z_][A-Za-z0-9_]*$" },
    dimensions: { type: "integer", minimum: 32, maximum: 4096, multipleOf: 32 },
  },
};

const defaultDimensions = 1536;

/** Makes the embedder; undefined, with a warning, when its key is not there. Its room is loaded only when one is set. */
export async function openEmbedder(
  {
    clock,
    log,
    keyOf,
  }: { readonly clock: Clock; readonly log: Log; readonly keyOf: (variable: string) => string | undefined },
  { baseUrl, model, apiKeyEnv, dimensions = defaultDimensions }: EmbedderSetting,
): Promise<Embedder | undefined> {
  const apiKey = apiKeyEnv === undefined ? undefined : keyOf(apiKeyEnv);
  if (apiKeyEnv !== undefined && (apiKey ?? "") === "") {
    log.warn("the embedder has no key; memories are found by their words only", { set: apiKeyEnv });
    return undefined;
  }
  const { createOpenAiEmbedder } = await import("@kingly/store/embedders");
  return createOpenAiEmbedder(
    { clock },
    { baseUrl, model, dims: dimensions, ...(apiKey === undefined ? {} : { apiKey }) },
  );
}
