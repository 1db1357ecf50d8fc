import { didYouMean } from "./closest-name.ts";
import type { Compensation, Definition, StepDefinition } from "./definition.ts";
import { isJsonObject } from "./json.ts";
import { maxProblems, pointerTo } from "./problem.ts";
import type { Finding } from "./problem.ts";

/** Checks the workflows that a definition runs against those that are there: unknown ones, and inputs that they do not
 * have or miss. [W33]
 *
 * Apart from `parseDefinition`, as which others are there is known only when all are loaded. */
export function checkChildren(definition: Definition, known: ReadonlyMap<string, Definition>): readonly Finding[] {
  const findings: Finding[] = [];
  const check = (action: StepDefinition | Compensation, path: string): void => {
    if (action.kind !== "workflow") return;
    const child = known.get(action.workflow);
    if (child === undefined) {
      const message = `There is no workflow "${action.workflow}".`;
      const hint = didYouMean(action.workflow, known.keys(), "Load it, or name another.");
      findings.push({ code: "unknown_workflow", message, path: `${path}/workflow`, hint });
      return;
    }
    // What is one reference is known when the step starts.
    if (!isJsonObject(action.with)) return;
    const given = Object.keys(action.with);
    const names = Object.keys(child.inputs);
    for (const name of given.filter((each) => !names.includes(each))) {
      const message = `"${name.slice(0, 80)}" is not an input of "${child.id}".`;
      const hint = didYouMean(name, names, names.length === 0 ? "It takes none." : `It takes: ${names.join(", ")}.`);
      findings.push({ code: "unknown_input", message, path: pointerTo(`${path}/with`, name), hint });
    }
    for (const [name, { required, default: preset }] of Object.entries(child.inputs)) {
      if (required !== true || preset !== undefined || given.includes(name)) continue;
      const message = `The input "${name}" of "${child.id}" is missing.`;
      findings.push({ code: "missing_input", message, path: `${path}/with`, hint: `Give "${name}".` });
    }
  };
  for (const [index, step] of definition.steps.entries()) {
    check(step, `/steps/${index}`);
    if (step.compensate) check(step.compensate, `/steps/${index}/compensate`);
  }
  return findings.slice(0, maxProblems);
}
