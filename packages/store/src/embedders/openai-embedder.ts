import type { Clock } from "@kingly/runtime";
import type { Embedder } from "../hybrid/embedder.ts";

/** Where an endpoint that speaks OpenAI's `POST /embeddings` is, and how it is asked. */
export interface OpenAiEmbedderOptions {
  /** Up to and without `/embeddings`: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Length of the model's vectors, 32 to 4,096, a multiple of 32. */
  readonly dims: number;
  /** Sent as a bearer token. @default none */
  readonly apiKey?: string;
  /** Texts in one request, 1 to 2,048. @default 32 */
  readonly batchSize?: number;
  /** How long one request may take, in ms. @default 30000 */
  readonly timeoutMs?: number;
  /** Characters of a text that are sent; models read no more than a few thousand. @default 8000 */
  readonly maxChars?: number;
}

/** Creates an embedder over an OpenAI-compatible endpoint: a hosted one, Ollama, llama.cpp, vLLM. [S82]
 *
 * It rejects for an answer other than 2xx (with its status and first words), for no answer in time, and for an answer
 * of another form. It never tries again by itself: what waits is kept by the store. */
export function createOpenAiEmbedder(
  deps: { readonly clock: Clock; readonly fetch?: typeof fetch },
  options: OpenAiEmbedderOptions,
): Embedder {
  const { baseUrl, model, dims, apiKey, batchSize = 32, timeoutMs = 30_000, maxChars = 8000 } = options;
  const url = `${baseUrl.replace(/\/+$/, "")}/embeddings`;
  const ask = deps.fetch ?? fetch;

  const embedBatch = async (texts: readonly string[]): Promise<readonly Float32Array[]> => {
    const abort = new AbortController();
    const timer = deps.clock.setTimer(timeoutMs, () =>
      abort.abort(
        new Error(`${url} gave no vectors within ${timeoutMs} ms. Is the endpoint up, and the model loaded?`),
      ),
    );
    try {
      const response = await ask(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify({ model, input: texts.map((text) => text.slice(0, maxChars)), encoding_format: "float" }),
        signal: abort.signal,
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 200)}`);
      return readVectors(text, texts.length, url);
    } finally {
      timer.cancel();
    }
  };

  return {
    id: `openai:${model}:${dims}`,
    dims,
    async embed(texts) {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += batchSize) {
        vectors.push(...(await embedBatch(texts.slice(at, at + batchSize))));
      }
      return vectors;
    },
  };
}

/** Endpoints need not keep the order: each vector says the place of its text. */
function readVectors(text: string, count: number, url: string): readonly Float32Array[] {
  const vectors: Float32Array[] = [];
  for (const item of dataOf(text)) {
    const { index, embedding } = item;
    if (Number.isInteger(index) && Array.isArray(embedding))
      vectors[Number(index)] = Float32Array.from(embedding, Number);
  }
  const missing = Array.from({ length: count }).findIndex((_, at) => vectors[at] === undefined);
  if (missing < 0 && vectors.length === count) return vectors;
  throw new Error(
    `${url} answered with ${vectors.length} vectors for ${count} texts. Expected { data: [{ index, embedding }] }.`,
  );
}

function dataOf(text: string): readonly { readonly index?: unknown; readonly embedding?: unknown }[] {
  try {
    const answer = JSON.parse(text) as { readonly data?: unknown } | null;
    const data: readonly unknown[] = Array.isArray(answer?.data) ? answer.data : [];
    return data.filter((item) => typeof item === "object" && item !== null);
  } catch {
    return [];
  }
}
