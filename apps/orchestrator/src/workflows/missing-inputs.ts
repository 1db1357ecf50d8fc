import type { Definition } from "@kingly/workflow";

/** The inputs that a run must bring because the definition has no default for them. */
export function missingInputs({ inputs }: Pick<Definition, "inputs">): readonly string[] {
  return Object.entries(inputs).flatMap(([input, { required, default: preset }]) =>
    required === true && preset === undefined ? [input] : [],
  );
}
