import { detectModels } from "@kingly/llm";
import type { FoundModel } from "@kingly/llm";
import type { Clock, Log } from "@kingly/runtime";
import type { BackModelSetting } from "./back-model-setting.ts";

// Nobody shall wake up to a bill: who did not name a model has not thought of what it may cost.
const maxUsdPerDay = 2;

// What works a task well at a price that a day's limit carries for more than a task or two.
const anthropicModel = "claude-sonnet-5-5";

/** Finds the model that joins in where the settings name none: the first that the environment names or a server of this
 * machine has, within a day's limit; none is no fault. [O53] */
export async function findBackModels(
  deps: { readonly clock: Clock; readonly log: Log; readonly fetch: typeof fetch },
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly BackModelSetting[]> {
  if (environment["KINGLY_MODELS"] === "off") return [];
  const { found } = await detectModels(deps, { environment });
  const [first] = found;
  if (first === undefined) return [];
  const setting = toSetting(first);
  deps.log.info("a model joins in", { model: setting.name, where: first.where, maxUsdPerDay });
  return [setting];
}

function toSetting({ settings }: FoundModel): BackModelSetting {
  const { provider, baseUrl, apiKeyEnv } = settings;
  const model = settings.model ?? anthropicModel;
  return {
    name: model.slice(0, 64),
    provider,
    model,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
    maxUsdPerDay,
  };
}
