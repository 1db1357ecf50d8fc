import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { parseDefinition } from "@kingly/workflow";
import type { Definition, Problem } from "@kingly/workflow";

/** A definition file that could not be read, and why. */
export interface BrokenWorkflow {
  readonly file: string;
  readonly problems: readonly Pick<Problem, "message" | "line" | "column" | "hint">[];
}

/** The workflows that can be started, and those that cannot with the reason. */
export interface Workflows {
  readonly byId: ReadonlyMap<string, Definition>;
  readonly broken: readonly BrokenWorkflow[];
}

/** Loads every .yaml, .yml and .json definition of the folders; a later folder wins over an earlier one. [O9]
 *
 * A broken file never stops the others: it is listed with its problems, lines and hints. A missing folder is empty. */
export function loadWorkflows(folders: readonly string[]): Workflows {
  const byId = new Map<string, Definition>();
  const broken: BrokenWorkflow[] = [];
  for (const folder of folders) {
    for (const file of definitionFiles(folder)) {
      try {
        const format = extname(file) === ".json" ? "json" : "yaml";
        const parsed = parseDefinition(readFileSync(file, "utf8"), { format, source: basename(file) });
        if (parsed.ok) byId.set(parsed.value.id, parsed.value);
        else broken.push({ file, problems: parsed.problems });
      } catch (thrown) {
        const message = thrown instanceof Error ? thrown.message : "unknown";
        broken.push({ file, problems: [{ message, hint: "Check that this user may read the file." }] });
      }
    }
  }
  return { byId, broken };
}

function definitionFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .toSorted()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Says in one line what is wrong with a file. */
export function describeBroken({ file, problems }: BrokenWorkflow): string {
  const first = problems[0];
  const place = first?.line === undefined ? "" : `:${first.line}:${first.column ?? 1}`;
  return `${basename(file)}${place}: ${first?.message ?? "unreadable"} ${first?.hint ?? ""}`.trim();
}
