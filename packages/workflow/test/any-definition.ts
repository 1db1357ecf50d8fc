import fc from "fast-check";
import type { Definition, Json } from "../src/index.ts";
import { define } from "./definitions.ts";

interface StepPlan {
  readonly kind: "mcp" | "model" | "task" | "workflow" | "pause" | "signal" | "approve";
  readonly needs: readonly number[];
  readonly maxAttempts: number;
  readonly goesOn: boolean;
  readonly idempotent: boolean;
  readonly when: string | undefined;
  readonly items: { readonly maxItems: number; readonly concurrency: number; readonly goesOn: boolean } | undefined;
  readonly timesOut: "no" | "attempt" | "step" | "softly";
  readonly undo: "no" | "task" | "call";
  readonly badReference: boolean;
}

const often = <Value>(value: Value, others: fc.Arbitrary<Value>, weight = 3): fc.Arbitrary<Value> =>
  fc.oneof({ weight, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: others });

const plans: fc.Arbitrary<StepPlan> = fc.record<StepPlan>({
  kind: fc.constantFrom("mcp", "model", "task", "task", "workflow", "pause", "signal", "approve"),
  needs: fc.uniqueArray(fc.nat(7), { maxLength: 3 }),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  goesOn: often(false, fc.constant(true)),
  idempotent: fc.boolean(),
  when: often(
    undefined,
    fc.constantFrom("inputs.yes", "not inputs.yes", "inputs.list exists", "1 in inputs.list", "inputs.no == 3"),
  ),
  items: often(
    undefined,
    fc.record({
      maxItems: fc.integer({ min: 2, max: 9 }),
      concurrency: fc.integer({ min: 1, max: 3 }),
      goesOn: fc.boolean(),
    }),
    2,
  ),
  timesOut: fc.constantFrom("no", "no", "attempt", "step", "softly"),
  undo: fc.constantFrom("no", "task", "call"),
  badReference: often(false, fc.constant(true), 12),
});

/** The inputs of every run of such a definition. */
export const anyInputs: Readonly<Record<string, Json>> = { yes: true, list: [1, { id: "b" }, null, [4]] };

/** Definitions of up to 8 steps of every kind, with everything that a step can have. */
export const definitions: fc.Arbitrary<Definition> = fc.array(plans, { minLength: 1, maxLength: 8 }).chain((all) => {
  const steps = all.map(writeStep);
  return fc.shuffledSubarray(steps, { minLength: steps.length, maxLength: steps.length }).map((shuffled) =>
    define({
      inputs: { yes: { type: "boolean" }, no: { type: "boolean" }, list: { type: "array" } },
      steps: shuffled,
      outputs: { first: "${steps.s0.output}", state: "${steps.s0.status}" },
    }),
  );
});

function writeStep(plan: StepPlan, index: number): Json {
  const needs = plan.needs.filter((need) => need < index).map((need) => `s${need}`);
  const isWait = plan.kind === "pause" || plan.kind === "signal";
  const canEnd = plan.kind === "approve" || plan.kind === "signal";
  return {
    id: `s${index}`,
    ...kindKeys(plan, index),
    needs,
    ...(plan.kind === "workflow" || plan.kind === "approve"
      ? { with: { got: needs.map((need) => `\${steps.${need}.output}`) } }
      : { with: plan.badReference ? "${inputs.list.9}" : needs.map((need) => `\${steps.${need}.output}`) }),
    ...(plan.when === undefined ? {} : { when: plan.when }),
    ...(plan.items === undefined
      ? {}
      : {
          foreach: {
            in: "${inputs.list}",
            maxItems: plan.items.maxItems,
            concurrency: plan.items.concurrency,
            onItemFailure: plan.items.goesOn ? "continue" : "fail",
          },
        }),
    retry: { maxAttempts: plan.maxAttempts },
    ...(plan.timesOut === "attempt" || (plan.timesOut === "softly" && canEnd) ? { timeoutMs: 500 } : {}),
    ...(plan.timesOut === "step" ? { stepTimeoutMs: 900 } : {}),
    ...(plan.timesOut === "softly" && canEnd ? { onTimeout: plan.kind === "approve" ? "approve" : "continue" } : {}),
    onFailure: plan.goesOn ? "continue" : "fail",
    ...(plan.undo === "no" || isWait || plan.kind === "approve"
      ? {}
      : {
          compensate: {
            ...(plan.undo === "task" ? { kind: "task" } : { kind: "mcp", server: "a", tool: "undo" }),
            with: plan.badReference ? "${inputs.list.7}" : { gave: "${result}" },
            retry: { maxAttempts: plan.maxAttempts },
          },
        }),
  };
}

function kindKeys({ kind, idempotent, items }: StepPlan, index: number): { readonly [key: string]: Json } {
  switch (kind) {
    case "mcp":
      return { kind, server: "a", tool: "b", idempotent };
    case "model":
      return { kind, prompt: "step ${inputs.yes}" };
    case "workflow":
      return { kind, workflow: "other" };
    case "pause":
      return { kind: "wait", durationMs: index };
    case "signal":
      return { kind: "wait", signal: items === undefined ? `go${index % 3}` : "go${index}" };
    case "approve":
      return { kind, message: "May I, ${inputs.yes}?", onReject: index % 2 === 0 ? "fail" : "continue" };
    default:
      return { kind };
  }
}
