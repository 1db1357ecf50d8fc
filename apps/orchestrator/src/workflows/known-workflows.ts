import type { Back } from "../back.ts";
import type { KnownWorkflow } from "../planner/planner.ts";
import { missingInputs } from "./missing-inputs.ts";

/** The workflows as their triggers describe them. */
export function knownWorkflows(back: Pick<Back, "workflows">): readonly KnownWorkflow[] {
  return [...back.workflows().byId.values()].map((definition) => ({
    id: definition.id,
    name: definition.name,
    phrases: definition.triggers.manual,
    conditions: definition.triggers.semantic,
    missing: missingInputs(definition),
  }));
}
