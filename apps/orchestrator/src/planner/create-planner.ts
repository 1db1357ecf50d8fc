import { collect, createScriptedModel } from "@kingly/llm";
import type { Clock, Log } from "@kingly/runtime";
import type { OrchestratorConfig } from "../config.ts";
import type { Brains } from "../mind/brains.ts";
import type { Purpose } from "../mind/purpose.ts";
import { createModelPlanner } from "./model-planner.ts";
import type { Planner } from "./planner.ts";
import { createRulePlanner } from "./rule-planner.ts";

/** Creates the planner that the settings ask for: rules, or models with rules to fall back on. [O14][O41] */
export function createPlanner(
  deps: { readonly clock: Clock; readonly log: Log; readonly brains: Brains },
  config: Pick<OrchestratorConfig, "scriptedModel">,
): Planner {
  const rules = createRulePlanner();
  const { brains, log } = deps;
  const thinking: readonly Purpose[] = ["assess", "split", "read"];
  const names = [...new Set(thinking.flatMap((purpose) => brains.nameFor(purpose) ?? []))];
  if (names.length > 0) {
    return createModelPlanner({
      name: names.join(", "),
      has: (purpose) => brains.has(purpose),
      askModel: (purpose, request, asker) =>
        brains.askOnce({ purpose, request, workspaceId: asker?.workspaceId ?? "default" }),
      rules,
      log,
    });
  }
  if (config.scriptedModel === undefined) return rules;
  const model = createScriptedModel(
    { clock: deps.clock },
    config.scriptedModel.map(({ when, reply }) => ({
      ...(when === undefined ? {} : { when: new RegExp(when, "i") }),
      reply,
    })),
  );
  return createModelPlanner({
    name: model.name,
    has: () => true,
    askModel: (_purpose, request) => collect(model, request),
    rules,
    log,
  });
}
