import type { Graph } from "./check-graph.ts";
import { didYouMean } from "./closest-name.ts";
import { eachOperand } from "./condition.ts";
import { parseCondition } from "./parse-condition.ts";
import { pointerTo } from "./problem.ts";
import type { Finding } from "./problem.ts";
import type { Reference } from "./reference.ts";
import { eachString, onlyReference, parseTemplate } from "./template.ts";
import type { WrittenDefinition, WrittenStep } from "./written-definition.ts";

const form = "Write ${inputs.<name>} or ${steps.<id>.output}, with .<key> after it; $${ is a literal ${.";

type Word = "item" | "index" | "result";

/** Where references stand: whose they are, and which words mean something there. */
interface Place {
  readonly path: string;
  readonly step?: WrittenStep;
  readonly words?: readonly Word[];
}

/** Checks that each reference is well formed and reaches an input, or a step that has ended by then. [W8][W9][W30] */
export function checkReferences(definition: WrittenDefinition, graph: Graph): Finding[] {
  const findings: Finding[] = [];
  const inputs = new Set(Object.keys(definition.inputs ?? {}));
  const stepIds = new Set(definition.steps.map((step) => step.id));
  const add = (finding: Finding, offset: number | undefined): void =>
    void findings.push(offset === undefined ? finding : { ...finding, offset });

  const checkReference = (reference: Reference, { path, step, words = [] }: Place, offset?: number): void => {
    const { from, name, text } = reference;
    if (from !== "inputs" && from !== "steps") {
      if (words.includes(from)) return;
      const message = `${text} means nothing here.`;
      const hint = from === "result" ? "It stands in compensate only." : "It stands in a step with foreach only.";
      return add({ code: "bad_reference", message, path, hint }, offset);
    }
    const isInput = from === "inputs";
    const known = isInput ? inputs : stepIds;
    if (!known.has(name)) {
      const message = `${text} names no ${isInput ? "input" : "step"} of this workflow.`;
      const hint = didYouMean(name, known, isInput ? "Declare it under inputs." : "Name the id of a step.");
      return add({ code: isInput ? "unknown_input" : "unknown_step", message, path, hint }, offset);
    }
    if (isInput || step === undefined || graph.ancestors(step.id).has(name)) return;
    const message = `The step "${step.id}" uses ${text} without waiting for "${name}".`;
    const hint = name === step.id ? "A step has no output yet." : `Add "${name}" to its needs.`;
    add({ code: "not_in_needs", message, path, hint }, offset);
  };
  const checkText = (text: string, place: Place): void => {
    const template = parseTemplate(text);
    if (!template.ok) {
      const message = `"${template.text}" is not a reference: ${template.reason}.`;
      return add({ code: "bad_reference", message, path: place.path, hint: form }, undefined);
    }
    for (const part of template.parts) if (typeof part !== "string") checkReference(part, place);
  };
  const checkOne = (text: string, what: string, place: Place): void => {
    if (parseTemplate(text).ok && onlyReference(text) === undefined) {
      add(
        { code: "bad_reference", message: `${what} is not exactly one reference.`, path: place.path, hint: form },
        undefined,
      );
    } else checkText(text, place);
  };
  const checkCondition = (text: string, place: Place): void => {
    const parsed = parseCondition(text);
    if (parsed.ok) {
      eachOperand(parsed.condition, (operand) => {
        if (operand.kind === "reference") checkReference(operand.reference, place, operand.at);
      });
      return;
    }
    const message = `The condition is wrong at character ${parsed.at + 1}: ${parsed.reason}.`;
    add({ code: "bad_condition", message, path: place.path, hint: parsed.hint }, parsed.at);
  };

  for (const [index, step] of definition.steps.entries()) {
    const path = `/steps/${index}`;
    const words: readonly Word[] = step.foreach === undefined ? [] : ["item", "index"];
    const each = (value: WrittenStep["with"], at: string, more: readonly Word[] = []): void =>
      eachString(value ?? null, at, (text, place) =>
        checkText(text, { path: place, step, words: [...words, ...more] }),
      );
    if (step.when !== undefined) checkCondition(step.when, { path: `${path}/when`, step });
    if (step.foreach) checkOne(step.foreach.in, `The list of "${step.id}"`, { path: `${path}/foreach/in`, step });
    for (const key of ["with", "prompt", "until", "signal", "message"] as const) each(step[key], `${path}/${key}`);
    each(step.readBack?.with, `${path}/readBack/with`);
    each(step.readBack?.contains, `${path}/readBack/contains`);
    const undone = step.compensate?.readBack;
    each(undone?.with, `${path}/compensate/readBack/with`, ["result"]);
    each(undone?.contains, `${path}/compensate/readBack/contains`, ["result"]);
    for (const key of ["with", "prompt"] as const)
      each(step.compensate?.[key], `${path}/compensate/${key}`, ["result"]);
  }
  for (const [name, text] of Object.entries(definition.outputs ?? {})) {
    checkOne(text, `The output "${name}"`, { path: pointerTo("/outputs", name) });
  }
  return findings;
}
