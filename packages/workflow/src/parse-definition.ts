import { checkGraph } from "./check-graph.ts";
import { checkReferences } from "./check-references.ts";
import { checkShape } from "./check-shape.ts";
import { checkSteps } from "./check-steps.ts";
import type { Definition } from "./definition.ts";
import { fillDefaults } from "./fill-defaults.ts";
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

/** Reads a definition from YAML or JSON text, checks it whole, and fills in every default. [W1][W11]
 *
 * The order of the checks: text, shape, then kinds, graph and references together; each stage needs the one before.
 * Never throws for what the text holds: all that is wrong comes back as problems with their places. */
export function parseDefinition(text: string, options: ParseOptions = {}): Checked<Definition> {
  const format = options.format ?? (options.source?.endsWith(".json") ? "json" : "yaml");
  const reading = readText(text, format);
  const source = options.source === undefined ? {} : { source: options.source };
  const place = ({ offset, ...finding }: Finding): Problem => ({
    ...finding,
    ...reading.locate(finding.path, offset),
    ...source,
  });
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
