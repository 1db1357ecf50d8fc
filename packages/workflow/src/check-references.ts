import type { Graph } from "./check-graph.ts";
import type { WrittenDefinition } from "./check-shape.ts";
import { didYouMean } from "./closest-name.ts";
import { pointerTo } from "./problem.ts";
import type { Finding } from "./problem.ts";
import { eachString, parseTemplate } from "./template.ts";
import type { Reference } from "./template.ts";

const form = "Write ${inputs.<name>} or ${steps.<id>.output}, with .<key> after it; $${ is a literal ${.";

/** Checks that each reference is well formed and reaches an input, or a step that has ended by then. [W8][W9] */
export function checkReferences(definition: WrittenDefinition, graph: Graph): Finding[] {
  const findings: Finding[] = [];
  const inputs = new Set(Object.keys(definition.inputs ?? {}));
  const stepIds = new Set(definition.steps.map((step) => step.id));
  const checkTarget = (reference: Reference, path: string): boolean => {
    const known = reference.from === "inputs" ? inputs : stepIds;
    if (known.has(reference.name)) return true;
    const isInput = reference.from === "inputs";
    const message = `${reference.text} names no ${isInput ? "input" : "step"} of this workflow.`;
    const hint = didYouMean(reference.name, known, isInput ? "Declare it under inputs." : "Name the id of a step.");
    findings.push({ code: isInput ? "unknown_input" : "unknown_step", message, path, hint });
    return false;
  };
  const referencesIn = (text: string, path: string): readonly Reference[] => {
    const template = parseTemplate(text);
    if (template.ok) return template.parts.filter((part) => typeof part !== "string");
    const message = `"${template.text}" is not a reference: ${template.reason}.`;
    findings.push({ code: "bad_reference", message, path, hint: form });
    return [];
  };

  for (const [index, step] of definition.steps.entries()) {
    const before = graph.ancestors(step.id);
    const check = (text: string, path: string): void => {
      for (const reference of referencesIn(text, path)) {
        if (!checkTarget(reference, path) || reference.from === "inputs" || before.has(reference.name)) continue;
        const message = `The step "${step.id}" uses ${reference.text} without waiting for "${reference.name}".`;
        const hint = reference.name === step.id ? "A step has no output yet." : `Add "${reference.name}" to its needs.`;
        findings.push({ code: "not_in_needs", message, path, hint });
      }
    };
    eachString(step.with ?? null, `/steps/${index}/with`, check);
    if (step.prompt !== undefined) check(step.prompt, `/steps/${index}/prompt`);
  }
  for (const [name, text] of Object.entries(definition.outputs ?? {})) {
    const path = pointerTo("/outputs", name);
    const template = parseTemplate(text);
    const only = template.ok && template.parts.length === 1 ? template.parts[0] : undefined;
    if (template.ok && (only === undefined || typeof only === "string")) {
      const message = `The output "${name}" is not exactly one reference.`;
      findings.push({ code: "bad_reference", message, path, hint: form });
    } else for (const reference of referencesIn(text, path)) checkTarget(reference, path);
  }
  return findings;
}
