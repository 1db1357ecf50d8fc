import { createScriptedModel } from "@kingly/llm";
import type { Clock, Log } from "@kingly/runtime";
import type { OrchestratorConfig } from "../config.ts";
import { createModelPlanner } from "./model-planner.ts";
import type { Planner } from "./planner.ts";
import { createRulePlanner } from "./rule-planner.ts";

/** Creates the planner that the settings ask for: rules, or a model with rules to fall back on. [O14] */
export function createPlanner(deps: { readonly clock: Clock; readonly log: Log }, config: OrchestratorConfig): Planner {
  const rules = createRulePlanner();
  if (config.scriptedModel === undefined) return rules;
  const model = createScriptedModel(
    { clock: deps.clock },
    config.scriptedModel.map(({ when, reply }) => ({
      ...(when === undefined ? {} : { when: new RegExp(when, "i") }),
      reply,
    })),
  );
  return createModelPlanner({ model, rules, log: deps.log });
}
