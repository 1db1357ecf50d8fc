import type { WrittenDefinition, WrittenStep } from "./check-shape.ts";
import type { InputType, StepKind } from "./definition.ts";
import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";
import { pointerTo } from "./problem.ts";
import type { Finding } from "./problem.ts";

type KindKey = "server" | "tool" | "idempotent" | "prompt" | "durationMs";

// Each key that belongs to one kind alone, and whether that kind must have it.
const kindKeys: Readonly<Record<KindKey, { readonly kind: StepKind; readonly must: boolean }>> = {
  server: { kind: "mcp", must: true },
  tool: { kind: "mcp", must: true },
  idempotent: { kind: "mcp", must: false },
  prompt: { kind: "model", must: true },
  durationMs: { kind: "wait", must: true },
};

/** Checks that each step has the keys of its kind and no others, and that defaults have their declared type. [W4][W5] */
export function checkSteps(definition: WrittenDefinition): Finding[] {
  const findings: Finding[] = [];
  for (const [index, step] of definition.steps.entries()) findings.push(...checkKind(step, `/steps/${index}`));
  for (const [name, input] of Object.entries(definition.inputs ?? {})) {
    if (input.default === undefined || isOfType(input.default, input.type)) continue;
    const message = `The default of the input "${name}" is not of type ${input.type}.`;
    const path = pointerTo(pointerTo("/inputs", name), "default");
    findings.push({ code: "wrong_default", message, path, hint: `Give a default of type ${input.type}.` });
  }
  return findings;
}

/** Tells whether a value is of a declared input type. Numbers are finite; objects are neither null nor lists. */
export function isOfType(value: Json, type: InputType): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isJsonObject(value);
  return typeof value === type && (typeof value !== "number" || Number.isFinite(value));
}

function checkKind(step: WrittenStep, path: string): Finding[] {
  const findings: Finding[] = [];
  for (const key of ["server", "tool", "idempotent", "prompt", "durationMs"] as const) {
    const { kind, must } = kindKeys[key];
    const has = step[key] !== undefined;
    if (kind === step.kind && must && !has) {
      const message = `The step "${step.id}" is of kind ${kind} and has no "${key}".`;
      findings.push({ code: "missing_for_kind", message, path, hint: `Add "${key}".` });
    }
    if (kind !== step.kind && has) {
      const message = `The step "${step.id}" is of kind ${step.kind}, which has no "${key}".`;
      const hint = `Take "${key}" away, or make the step of kind ${kind}.`;
      findings.push({ code: "not_for_kind", message, path: pointerTo(path, key), hint });
    }
  }
  return findings;
}
