import { isOfType } from "./check-steps.ts";
import { didYouMean } from "./closest-name.ts";
import type { Definition } from "./definition.ts";
import type { Json } from "./json.ts";
import { maxProblems, pointerTo } from "./problem.ts";
import type { Checked, Problem } from "./problem.ts";

/** Checks what a run is given against the declared inputs and fills in defaults. [W12]
 *
 * Names that are not declared are refused. An optional input that is neither given nor defaulted stays absent.
 * Paths are JSON pointers into the given value. */
export function checkInputs(definition: Definition, params: Json | undefined): Checked<Readonly<Record<string, Json>>> {
  const given = params ?? {};
  if (!isOfType(given, "object") || typeof given !== "object" || given === null) {
    const hint = "Give an object of input names and values.";
    return { ok: false, problems: [{ code: "wrong_type", message: "The inputs are not an object.", path: "", hint }] };
  }
  const problems: Problem[] = [];
  const values = new Map<string, Json>();
  const brought = new Map<string, Json>(Object.entries(given));
  for (const [name, input] of Object.entries(definition.inputs)) {
    const value = brought.get(name) ?? (brought.has(name) ? null : input.default);
    if (value === undefined) {
      if (input.required !== true) continue;
      const message = `The input "${name}" is missing.`;
      problems.push({ code: "missing_input", message, path: "", hint: `Give "${name}" of type ${input.type}.` });
    } else if (isOfType(value, input.type)) values.set(name, value);
    else {
      const message = `The input "${name}" is not of type ${input.type}.`;
      problems.push({ code: "wrong_type", message, path: pointerTo("", name), hint: `Give a ${input.type}.` });
    }
  }
  const known = Object.keys(definition.inputs);
  for (const name of brought.keys()) {
    if (known.includes(name)) continue;
    const message = `"${name.slice(0, 80)}" is not an input of "${definition.id}".`;
    const hint = didYouMean(name, known, known.length === 0 ? "It takes none." : `It takes: ${known.join(", ")}.`);
    problems.push({ code: "unknown_input", message, path: pointerTo("", name), hint });
  }
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, maxProblems) };
  return { ok: true, value: Object.fromEntries(values) };
}
