// The public API of @kingly/llm/openai-compatible: any server that speaks chat completions.
export { createOpenAiCompatibleModel } from "./create-openai-compatible-model.ts";
export type { OpenAiCompatibleOptions } from "./create-openai-compatible-model.ts";
