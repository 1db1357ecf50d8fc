import { didYouMean } from "./closest-name.ts";
import type { Finding } from "./problem.ts";
import type { WrittenDefinition } from "./written-definition.ts";

/** The graph of a definition: what each step needs, directly and by way of others. */
export interface Graph {
  readonly findings: readonly Finding[];
  /** All steps that end before the step of this id starts. */
  ancestors(stepId: string): ReadonlySet<string>;
}

/** Checks that ids are unique, needs are known, and no step waits for itself; names each cycle a -> b -> a. [W6][W7] */
export function checkGraph(definition: WrittenDefinition): Graph {
  const findings: Finding[] = [];
  const needsOf = new Map<string, readonly string[]>();
  const indexOf = new Map<string, number>();
  for (const [index, step] of definition.steps.entries()) {
    const first = indexOf.get(step.id);
    if (first === undefined) {
      indexOf.set(step.id, index);
      needsOf.set(step.id, step.needs ?? []);
      continue;
    }
    const message = `The step id "${step.id}" is taken by step ${first + 1}.`;
    findings.push({ code: "duplicate_step", message, path: `/steps/${index}/id`, hint: "Give each step its own id." });
  }
  for (const [index, step] of definition.steps.entries()) {
    for (const [place, need] of (step.needs ?? []).entries()) {
      if (needsOf.has(need)) continue;
      const message = `The step "${step.id}" needs "${need}", which is no step.`;
      const hint = didYouMean(need, needsOf.keys(), "Name the id of another step.");
      findings.push({ code: "unknown_need", message, path: `/steps/${index}/needs/${place}`, hint });
    }
  }
  for (const cycle of findCycles(needsOf)) {
    const path = `/steps/${indexOf.get(cycle[0] ?? "") ?? 0}/needs`;
    const message = `Steps wait for each other: ${cycle.join(" -> ")}.`;
    findings.push({ code: "cycle", message, path, hint: "Take one of these needs away." });
  }
  return { findings, ancestors: (stepId) => collectAncestors(stepId, needsOf) };
}

function findCycles(needsOf: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (id: string): void => {
    const start = way.indexOf(id);
    if (start >= 0) {
      cycles.push([...way.slice(start), id]);
      return;
    }
    if (done.has(id)) return;
    way.push(id);
    for (const need of needsOf.get(id) ?? []) visit(need);
    way.pop();
    done.add(id);
  };
  for (const id of needsOf.keys()) visit(id);
  return cycles;
}

function collectAncestors(stepId: string, needsOf: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const waiting = [...(needsOf.get(stepId) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(needsOf.get(next) ?? []));
  }
  return found;
}
