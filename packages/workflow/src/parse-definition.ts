import { checkGraph } from "./check-graph.ts";
import { checkReferences } from "./check-references.ts";
import { checkShape } from "./check-shape.ts";
import type { WrittenDefinition, WrittenStep } from "./check-shape.ts";
import { checkSteps } from "./check-steps.ts";
import type { Definition, RetryPolicy, StepDefinition } from "./definition.ts";
import { maxProblems } from "./problem.ts";
import type { Checked, Finding, Problem } from "./problem.ts";
import { readText } from "./read-text.ts";

/** How a definition is read. */
export interface ParseOptions {
  /** The format of the text. @default "json" when `source` ends in .json, else "yaml", which reads JSON too */
  readonly format?: "yaml" | "json";
  /** Where the text is from, such as a file name; each problem repeats it. */
  readonly source?: string;
}

const noRetry: RetryPolicy = { maxAttempts: 1, backoffMs: 1000, factor: 2, maxBackoffMs: 60_000 };
const retryDefaults: RetryPolicy = { ...noRetry, maxAttempts: 3 };

/** Reads a definition from YAML or JSON text, checks it whole, and fills in every default. [W1][W11]
 *
 * The order of the checks: text, shape, then kinds, graph and references together; each stage needs the one before.
 * Never throws for what the text holds: all that is wrong comes back as problems with their places. */
export function parseDefinition(text: string, options: ParseOptions = {}): Checked<Definition> {
  const format = options.format ?? (options.source?.endsWith(".json") ? "json" : "yaml");
  const reading = readText(text, format);
  const source = options.source === undefined ? {} : { source: options.source };
  const place = (finding: Finding): Problem => ({ ...finding, ...reading.locate(finding.path), ...source });
  const refuse = (findings: readonly Finding[]): Checked<Definition> => ({
    ok: false,
    problems: findings.slice(0, maxProblems).map(place),
  });
  if (reading.value === undefined) return refuse(reading.findings);
  const shape = checkShape(reading.value);
  if (!shape.ok) return refuse(shape.findings);
  const graph = checkGraph(shape.value);
  const findings = [...checkSteps(shape.value), ...graph.findings, ...checkReferences(shape.value, graph)];
  if (findings.length > 0) return refuse(findings);
  return { ok: true, value: fillDefaults(shape.value) };
}

function fillDefaults(written: WrittenDefinition): Definition {
  return {
    id: written.id,
    name: written.name,
    version: written.version ?? 1,
    ...(written.description === undefined ? {} : { description: written.description }),
    inputs: written.inputs ?? {},
    steps: written.steps.map(fillStep),
    outputs: written.outputs ?? {},
  };
}

function fillStep(step: WrittenStep): StepDefinition {
  const base = {
    id: step.id,
    ...(step.name === undefined ? {} : { name: step.name }),
    needs: step.needs ?? [],
    with: step.with ?? {},
    retry: step.retry === undefined ? noRetry : { ...retryDefaults, ...step.retry },
    onFailure: step.onFailure ?? "fail",
  } as const;
  // The keys of each kind have been checked: the fallbacks are for the compiler only.
  switch (step.kind) {
    case "mcp":
      return {
        ...base,
        kind: "mcp",
        server: step.server ?? "",
        tool: step.tool ?? "",
        idempotent: step.idempotent ?? false,
      };
    case "model":
      return { ...base, kind: "model", prompt: step.prompt ?? "" };
    case "task":
      return { ...base, kind: "task" };
    default:
      return { ...base, kind: "wait", durationMs: step.durationMs ?? 0 };
  }
}
