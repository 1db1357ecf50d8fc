import { checkInputs } from "@kingly/workflow";
import type { Json } from "@kingly/workflow";
import type { Accepting, CommandRefusal } from "./accepting.ts";
import { rerunFrom } from "./rerun-from.ts";
import type { StepPlace } from "./rerun-from.ts";

/** Edits what a step is given and begins the run anew from it: `input` or `prompt` of the step, or `inputs` of the run. [O25] */
export function acceptAmendStep(
  accepting: Accepting,
  place: StepPlace,
  field: string,
  value: unknown,
): CommandRefusal | undefined {
  // It came as a value of the coded language, which is JSON.
  const given = (value ?? null) as Json;
  if (field === "input") return rerunFrom(accepting, place, { override: { input: given } }, "amend");
  if (field === "prompt" && typeof given === "string") {
    return rerunFrom(accepting, place, { override: { prompt: given } }, "amend");
  }
  if (field === "inputs") {
    const checked = checkInputs(place.known.definition, given);
    if (checked.ok) return rerunFrom(accepting, place, { inputs: checked.value }, "amend");
    const [first] = checked.problems;
    return {
      code: "bad_params",
      message: first?.message ?? "The inputs do not fit.",
      recovery: first?.hint ?? "Look at the inputs of the workflow.",
    };
  }
  return {
    code: "bad_amendment",
    message: `The field ${field} of a step cannot be changed to that.`,
    recovery: "Give input or prompt of the step, or inputs of the run.",
  };
}
