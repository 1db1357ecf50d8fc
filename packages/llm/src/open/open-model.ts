import type { Clock } from "@kingly/runtime";
import { LlmError } from "../llm-error.ts";
import type { Effort, Model } from "../model.ts";

/** Variables of an environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A model as settings name it. Keys stay in the environment: settings hold the name of the variable. */
export type ModelSettings =
  | {
      readonly provider: "anthropic";
      /** @default "claude-haiku-5-5" */
      readonly model?: string;
      /** @default "https://api.anthropic.com" */
      readonly baseUrl?: string;
      /** @default "ANTHROPIC_API_KEY" */
      readonly apiKeyEnv?: string;
      readonly maxOutputTokens?: number;
      readonly effort?: Effort;
    }
  | {
      readonly provider: "openai-compatible";
      readonly baseUrl: string;
      readonly model: string;
      /** @default no key */
      readonly apiKeyEnv?: string;
      readonly maxOutputTokens?: number;
      readonly effort?: Effort;
    };

/** Opens the model that settings name, and loads what it needs: its first request waits for nothing of ours. [L29]
 *
 * Throws {@link LlmError} `unauthorized` when the variable with its key is not set, `model_unavailable` without its SDK. */
export async function openModel(
  deps: { readonly clock: Clock; readonly fetch: typeof fetch },
  settings: ModelSettings,
  environment: Environment,
): Promise<Model> {
  if (settings.provider === "anthropic") {
    const { provider: _, apiKeyEnv = "ANTHROPIC_API_KEY", ...options } = settings;
    const apiKey = keyOf(settings.model ?? "of Anthropic", apiKeyEnv, environment);
    const { createAnthropicModel } = await import("../anthropic/create-anthropic-model.ts");
    const model = createAnthropicModel(deps, { ...options, apiKey });
    await model.load();
    return model;
  }
  const { provider: _, apiKeyEnv, ...options } = settings;
  const apiKey = apiKeyEnv === undefined ? {} : { apiKey: keyOf(settings.model, apiKeyEnv, environment) };
  const { createOpenAiCompatibleModel } = await import("../openai-compatible/create-openai-compatible-model.ts");
  return createOpenAiCompatibleModel(deps, { ...options, ...apiKey });
}

function keyOf(model: string, name: string, environment: Environment): string {
  const key = environment[name]?.trim();
  if (key) return key;
  throw new LlmError("unauthorized", `The model ${model} needs a key. Set the environment variable ${name}.`);
}
