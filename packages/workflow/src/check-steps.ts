import type { InputType, StepKind } from "./definition.ts";
import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";
import { parseMoment } from "./parse-moment.ts";
import { pointerTo } from "./problem.ts";
import type { Finding } from "./problem.ts";
import { onlyReference, parseTemplate } from "./template.ts";
import type { WrittenAction, WrittenDefinition, WrittenStep } from "./written-definition.ts";

type KindKey = Exclude<keyof WrittenStep, "id" | "name" | "kind" | "needs" | "when" | "foreach" | "with">;

// Each key that belongs to some kinds alone, and whether these must have it.
const kindKeys: Readonly<Partial<Record<KindKey, { readonly kinds: readonly StepKind[]; readonly must?: true }>>> = {
  server: { kinds: ["mcp"], must: true },
  tool: { kinds: ["mcp"], must: true },
  idempotent: { kinds: ["mcp"] },
  readBack: { kinds: ["mcp"] },
  prompt: { kinds: ["model"], must: true },
  workflow: { kinds: ["workflow"], must: true },
  durationMs: { kinds: ["wait"] },
  until: { kinds: ["wait"] },
  signal: { kinds: ["wait"] },
  message: { kinds: ["approve"], must: true },
  onTimeout: { kinds: ["wait", "approve"] },
  onReject: { kinds: ["approve"] },
  compensate: { kinds: ["mcp", "model", "task", "workflow"] },
};

/** Checks that each step has the keys of its kind and no others, and that defaults have their declared type. [W4][W5] */
export function checkSteps(definition: WrittenDefinition): Finding[] {
  const findings: Finding[] = [];
  for (const [index, step] of definition.steps.entries()) {
    const path = `/steps/${index}`;
    findings.push(...checkKind(step, `The step "${step.id}"`, path));
    if (step.kind === "wait") findings.push(...checkWait(step, path));
    findings.push(...checkTimeout(step, path));
    if (step.compensate !== undefined) {
      findings.push(...checkKind(step.compensate, `The compensation of "${step.id}"`, `${path}/compensate`));
    }
  }
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

function checkKind(action: WrittenAction | WrittenStep, who: string, path: string): Finding[] {
  const findings: Finding[] = [];
  for (const [key, { kinds, must }] of Object.entries(kindKeys)) {
    const has = Object.hasOwn(action, key);
    const fits = kinds.includes(action.kind);
    if (fits && must === true && !has) {
      const message = `${who} is of kind ${action.kind} and has no "${key}".`;
      findings.push({ code: "missing_for_kind", message, path, hint: `Add "${key}".` });
    }
    if (!fits && has) {
      const message = `${who} is of kind ${action.kind}, which has no "${key}".`;
      const hint = `Take "${key}" away, or make the step of kind ${kinds.join(" or ")}.`;
      findings.push({ code: "not_for_kind", message, path: pointerTo(path, key), hint });
    }
  }
  if (action.kind === "workflow" && action.with !== undefined && !canBeObject(action.with)) {
    const message = `${who} gives its workflow no object of inputs.`;
    findings.push({ code: "wrong_type", message, path: `${path}/with`, hint: "Name each input and its value." });
  }
  return findings;
}

function canBeObject(value: Json): boolean {
  return isJsonObject(value) || (typeof value === "string" && onlyReference(value) !== undefined);
}

function checkWait(step: WrittenStep, path: string): Finding[] {
  const given = (["durationMs", "until", "signal"] as const).filter((key) => step[key] !== undefined);
  if (given.length !== 1) {
    const message = `The step "${step.id}" waits for ${given.length === 0 ? "nothing" : given.join(" and ")}.`;
    const code = given.length === 0 ? "missing_for_kind" : "not_for_kind";
    return [{ code, message, path, hint: "Give exactly one of durationMs, until and signal." }];
  }
  if (step.until === undefined) return [];
  const template = parseTemplate(step.until);
  // What holds a reference is known when the step starts.
  if (!template.ok || template.parts.some((part) => typeof part !== "string")) return [];
  if (parseMoment(step.until) !== undefined) return [];
  const message = `The step "${step.id}" waits until ${JSON.stringify(step.until)}, which is no moment.`;
  return [{ code: "wrong_value", message, path: `${path}/until`, hint: "Write 2026-12-24T18:00:00Z, with its zone." }];
}

function checkTimeout({ id, kind, signal, timeoutMs, onTimeout }: WrittenStep, path: string): Finding[] {
  if (onTimeout === undefined || (kind !== "wait" && kind !== "approve")) return [];
  const at = `${path}/onTimeout`;
  const allowed = kind === "wait" ? ["fail", "continue"] : ["fail", "approve", "reject"];
  if (!allowed.includes(onTimeout)) {
    const message = `The step "${id}" of kind ${kind} cannot ${onTimeout} when its time is over.`;
    return [{ code: "wrong_value", message, path: at, hint: `One of: ${allowed.join(", ")}.` }];
  }
  if (onTimeout === "fail" || (timeoutMs !== undefined && (kind === "approve" || signal !== undefined))) return [];
  const message = `The step "${id}" has "onTimeout", and ${timeoutMs === undefined ? "no timeout" : "waits for no signal"}.`;
  return [{ code: "missing_for_kind", message, path: at, hint: 'Add "timeoutMs", or take "onTimeout" away.' }];
}
