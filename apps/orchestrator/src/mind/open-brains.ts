import { createRouter, withBreaker } from "@kingly/llm";
import type { Model } from "@kingly/llm";
import { createAnthropicModel } from "@kingly/llm/anthropic";
import { createOpenAiCompatibleModel } from "@kingly/llm/openai-compatible";
import type { Clock, Log } from "@kingly/runtime";
import type { BackModelSetting } from "./back-model-setting.ts";
import type { Brain } from "./brain.ts";
import { createScriptedBrain } from "./scripted-brain.ts";

/** What models are opened with. */
export interface BrainDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opens a model in another way; undefined for those that are opened as their setting says. */
  readonly openModel?: OpenModel;
}

/** Opens a model that the settings name. */
export type OpenModel = (setting: BackModelSetting) => Model | undefined;

/** Opens the models that the settings name, in their order: the first that may be asked for a purpose is. Nothing is sent
 * and no SDK is loaded before the first question. [O41] */
export function openBrains(deps: BrainDeps, settings: readonly BackModelSetting[]): readonly Brain[] {
  return settings.map((setting) => ({
    name: setting.name,
    provider: setting.provider,
    modelName: setting.model ?? setting.name,
    model: withBreaker(deps.openModel?.(setting) ?? openModel(deps, setting), deps),
    purposes: setting.purposes === undefined ? undefined : new Set(setting.purposes),
    maxTokensPerDay: setting.maxTokensPerDay,
    maxUsdPerDay: setting.maxUsdPerDay,
    price: setting.price,
  }));
}

/** Opens one model, or all its instances behind a router that asks who has least to do. */
function openModel(deps: BrainDeps, setting: BackModelSetting): Model {
  const { baseUrl } = setting;
  if (typeof baseUrl === "string" || baseUrl === undefined) return openInstance(deps, setting, baseUrl);
  const models = baseUrl.map((url) => withBreaker(openInstance(deps, setting, url), deps));
  return createRouter(deps, { name: setting.name, routes: [{ purposes: ["*"], models }] });
}

function openInstance({ clock, env }: BrainDeps, setting: BackModelSetting, baseUrl: string | undefined): Model {
  const { name, provider, model = name, apiKeyEnv } = setting;
  const key = env[apiKeyEnv ?? (provider === "anthropic" ? "ANTHROPIC_API_KEY" : "")];
  const deps = { clock, fetch: globalThis.fetch };
  switch (provider) {
    case "scripted":
      return createScriptedBrain({ clock }, name, setting.script ?? []);
    case "anthropic":
      return createAnthropicModel(deps, { apiKey: key ?? "", model, ...(baseUrl === undefined ? {} : { baseUrl }) });
    case "openai-compatible":
      return createOpenAiCompatibleModel(deps, {
        baseUrl: baseUrl ?? "https://api.openai.com/v1",
        model,
        name,
        ...(key === undefined ? {} : { apiKey: key }),
      });
    default:
      return provider satisfies never;
  }
}
