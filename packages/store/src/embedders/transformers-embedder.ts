import type { Embedder } from "../hybrid/embedder.ts";

/** As much of `@huggingface/transformers` as is used. */
export interface TransformersModule {
  pipeline(task: "feature-extraction", model: string, options: object): Promise<Extractor>;
}

type Extractor = (
  texts: readonly string[],
  options: { readonly pooling: "mean"; readonly normalize: boolean },
) => Promise<{ readonly dims: readonly number[]; readonly data: ArrayLike<number> }>;

/** Which model is run, and how. */
export interface TransformersEmbedderOptions {
  /** @default "Xenova/all-MiniLM-L6-v2" */
  readonly model?: string;
  /** Length of the model's vectors. @default 384 */
  readonly dims?: number;
  /** Passed on to the pipeline: device, dtype, cache. @default {} */
  readonly pipelineOptions?: object;
  /** Loads the library. @default the package `@huggingface/transformers`, which the application must have installed */
  readonly load?: () => Promise<TransformersModule>;
}

const libraryName = "@huggingface/transformers";

/** Creates an embedder that runs a model in this process by transformers.js, an optional package. [S82]
 *
 * The library and the model are loaded with the first text, once; an installation without it rejects with what to do.
 * A failed load is tried again with the next text. Long batches keep the process busy: prefer an endpoint where that matters. */
export function createTransformersEmbedder(options: TransformersEmbedderOptions = {}): Embedder {
  const { model = "Xenova/all-MiniLM-L6-v2", dims = 384, pipelineOptions = {}, load = loadLibrary } = options;
  let extractor: Promise<Extractor> | undefined;
  const open = (): Promise<Extractor> => {
    extractor ??= load().then((library) => library.pipeline("feature-extraction", model, pipelineOptions));
    extractor.catch(() => void (extractor = undefined));
    return extractor;
  };
  return {
    id: `transformers:${model}:${dims}`,
    dims,
    async embed(texts) {
      if (texts.length === 0) return [];
      const extract = await open();
      const { data } = await extract(texts, { pooling: "mean", normalize: true });
      const each = data.length / texts.length;
      return texts.map((_, at) => Float32Array.from({ length: each }, (__, place) => data[at * each + place] ?? 0));
    },
  };
}

async function loadLibrary(): Promise<TransformersModule> {
  try {
    return (await import(libraryName)) as TransformersModule;
  } catch (cause) {
    throw new Error(
      `The package ${libraryName} is not there. Install it beside @kingly/store: npm install ${libraryName}`,
      {
        cause,
      },
    );
  }
}
