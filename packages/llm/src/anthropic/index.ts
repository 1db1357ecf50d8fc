// The public API of @kingly/llm/anthropic: Claude models over @anthropic-ai/sdk, which is an optional peer.
export { createAnthropicModel } from "./create-anthropic-model.ts";
export type { AnthropicModel, AnthropicOptions } from "./create-anthropic-model.ts";
