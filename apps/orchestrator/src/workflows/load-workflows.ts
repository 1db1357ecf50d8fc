import { readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { checkChildren, fromLegacy, locate, maxDefinitionBytes, parseDefinition } from "@kingly/workflow";
import type { Definition, Finding, LegacyReading, Problem } from "@kingly/workflow";
import { checkSchedule } from "./check-schedule.ts";
import { readDefinitionText } from "./read-definition-text.ts";

/** A definition file that could not be read, and why. */
export interface BrokenWorkflow {
  readonly file: string;
  readonly problems: readonly Pick<Problem, "message" | "line" | "column" | "hint">[];
}

/** A file of an older layout, and what of it the definition does not hold. */
export interface ConvertedWorkflow {
  readonly file: string;
  readonly leftOut: Extract<LegacyReading, { readonly ok: true }>["leftOut"];
}

/** The workflows that can be started, those that cannot with the reason, and those of an older layout. */
export interface Workflows {
  readonly byId: ReadonlyMap<string, Definition>;
  readonly broken: readonly BrokenWorkflow[];
  readonly converted: readonly ConvertedWorkflow[];
}

/** A file of a folder, and what changes when somebody writes to it. */
export interface DefinitionFile {
  readonly path: string;
  /** Undefined when it is no plain file. */
  readonly size: number | undefined;
  readonly changedMs: number;
}

/** Loads the definition files of several folders, those of the context folders of an older layout among them; a later folder wins over an earlier one. [O9]
 *
 * A broken file never stops the others: it is listed with its problems, lines and hints. So is one that runs a workflow
 * which is not there, or gives it inputs that it does not take. */
export function loadWorkflows(folders: readonly (readonly DefinitionFile[])[]): Workflows {
  const byId = new Map<string, Definition>();
  const fileOf = new Map<string, string>();
  const broken: BrokenWorkflow[] = [];
  const converted: ConvertedWorkflow[] = [];
  for (const files of folders) {
    const fileOfId = new Map<string, string>();
    for (const file of files) {
      const read = readDefinition(file);
      const twin = read.ok ? fileOfId.get(read.definition.id) : undefined;
      if (!read.ok) broken.push({ file: file.path, problems: read.problems });
      else if (twin !== undefined) {
        const message = `${twin} has the id ${read.definition.id} already.`;
        broken.push({ file: file.path, problems: [{ message, hint: "Give one of them another id." }] });
      } else {
        fileOfId.set(read.definition.id, basename(file.path));
        fileOf.set(read.definition.id, file.path);
        byId.set(read.definition.id, read.definition);
        if (read.leftOut !== undefined) converted.push({ file: file.path, leftOut: read.leftOut });
      }
    }
  }
  broken.push(...takeOutChildless(byId, fileOf));
  return { byId, broken, converted };
}

// Again and again: what ran a workflow that is taken out cannot run it either.
function takeOutChildless(byId: Map<string, Definition>, fileOf: ReadonlyMap<string, string>): BrokenWorkflow[] {
  const taken: BrokenWorkflow[] = [];
  for (let before = -1; before !== taken.length;) {
    before = taken.length;
    for (const definition of byId.values()) {
      const findings = checkChildren(definition, byId);
      if (findings.length === 0) continue;
      byId.delete(definition.id);
      const file = fileOf.get(definition.id) ?? definition.id;
      taken.push({ file, problems: place(file, findings) });
    }
  }
  return taken;
}

// What was found after the file was read; it may have changed since, and then the place of the former text is not known.
function place(file: string, findings: readonly Finding[]): BrokenWorkflow["problems"] {
  try {
    const read = readDefinitionText(file);
    if (!read.ok) return findings;
    return findings.map((finding) => ({ ...finding, ...locate(read.text, finding.path, formatOf(file)) }));
  } catch {
    return findings;
  }
}

function formatOf(path: string): "json" | "yaml" {
  return extname(path) === ".json" ? "json" : "yaml";
}

/** Lists the .yaml, .yml and .json files of a folder, and each `context.yaml` one folder below (the workflows of an older
 * layout), in the order of their names. A missing folder is empty. */
export function definitionFiles(folder: string): readonly DefinitionFile[] {
  try {
    return readdirSync(folder)
      .toSorted()
      .flatMap((name) => {
        if (/\.(ya?ml|json)$/.test(name)) return [describeFile(join(folder, name))];
        const below = describeFile(join(folder, name, "context.yaml"));
        return below.size === undefined ? [] : [below];
      });
  } catch {
    return [];
  }
}

/** Says in one line what is wrong with a file. */
export function describeBroken({ file, problems }: BrokenWorkflow): string {
  const first = problems[0];
  return `${nameOf(file)}:${first?.line ?? 1}:${first?.column ?? 1}: ${first?.message ?? "unreadable"} ${first?.hint ?? ""}`.trim();
}

/** What a file is called where its folder is known. */
export function nameOf(file: string): string {
  return basename(file) === "context.yaml" ? join(basename(dirname(file)), basename(file)) : basename(file);
}

function describeFile(path: string): DefinitionFile {
  try {
    const stat = statSync(path);
    return { path, size: stat.isFile() ? stat.size : undefined, changedMs: stat.mtimeMs };
  } catch {
    // A link that leads nowhere, or a file that has just gone.
    return { path, size: undefined, changedMs: 0 };
  }
}

type Reading =
  | { readonly ok: true; readonly definition: Definition; readonly leftOut?: ConvertedWorkflow["leftOut"] }
  | { readonly ok: false; readonly problems: BrokenWorkflow["problems"] };

function readDefinition({ path, size }: DefinitionFile): Reading {
  // Looked at before it is opened: a pipe would be waited for, a huge file read into memory.
  if (size === undefined) return unreadable("It is not a plain file.", "Put the definition itself there.");
  if (size > maxDefinitionBytes) {
    return unreadable(`It has ${size} bytes; ${maxDefinitionBytes} are allowed.`, "Make it shorter.");
  }
  try {
    const read = readDefinitionText(path);
    if (!read.ok) return { ok: false, problems: [read.problem] };
    const { text } = read;
    const format = formatOf(path);
    const source = basename(path);
    const parsed = parseDefinition(text, { format, source });
    if (parsed.ok) {
      const findings = checkSchedule(parsed.value);
      if (findings.length === 0) return { ok: true, definition: parsed.value };
      return { ok: false, problems: findings.map((each) => ({ ...each, ...locate(text, each.path, format) })) };
    }
    const legacy = fromLegacy(text, { source });
    if (legacy?.ok) return { ok: true, definition: legacy.value, leftOut: legacy.leftOut };
    return { ok: false, problems: (legacy ?? parsed).problems };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : "unknown";
    return unreadable(message, "Check that this user may read the file.");
  }
}

function unreadable(message: string, hint: string): Reading {
  return { ok: false, problems: [{ message, hint, line: 1, column: 1 }] };
}
