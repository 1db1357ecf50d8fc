// The embedders of @kingly/store: adapters that turn texts into vectors by meaning. The local one needs none of these.
export type { Embedder } from "../hybrid/embedder.ts";
export { createOpenAiEmbedder } from "./openai-embedder.ts";
export type { OpenAiEmbedderOptions } from "./openai-embedder.ts";
export { createTransformersEmbedder } from "./transformers-embedder.ts";
export type { TransformersEmbedderOptions, TransformersModule } from "./transformers-embedder.ts";
export { createWordVectorEmbedder } from "./word-vector-embedder.ts";
export type { WordVectorEmbedderOptions, WordVectors } from "./word-vector-embedder.ts";
