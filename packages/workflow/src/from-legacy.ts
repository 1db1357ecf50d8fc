import type { Definition } from "./definition.ts";
import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";
import { legacySteps } from "./legacy-steps.ts";
import { legacyTriggers } from "./legacy-triggers.ts";
import { parseDefinition } from "./parse-definition.ts";
import { pointerTo } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { readText } from "./read-text.ts";

/** Something of the text that the definition does not hold, by JSON pointer, and why. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/** A workflow of the older layouts as a definition, with what was left out; or why it is none. */
export type LegacyReading =
  | { readonly ok: true; readonly value: Definition; readonly leftOut: readonly LeftOut[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a workflow of the older layouts. [W47]
 *
 * Two are known: `{id, name, steps: [{agent, task}], context, created}`, and `{metadata, workflow_config: {triggers,
 * steps}}`. Their steps become questions to a model, one after the other, each given the output of the one before.
 * Returns undefined when the text is of neither layout, or cannot be read at all. */
export function fromLegacy(text: string, options: { readonly source?: string } = {}): LegacyReading | undefined {
  const reading = readText(text, "yaml");
  const root = reading.value;
  if (!isJsonObject(root)) return undefined;
  const config = root["workflow_config"];
  const isRich = isJsonObject(root["metadata"]) && isJsonObject(config);
  const listed = root["steps"];
  const isPlain = Array.isArray(listed) && listed.every(isAgentStep);
  if (!isRich && !isPlain) return undefined;

  const about = isRich && isJsonObject(root["metadata"]) ? root["metadata"] : root;
  const body = isRich && isJsonObject(config) ? config : root;
  const place = isRich ? "/workflow_config" : "";
  const leftOut: LeftOut[] = [];
  const leave = (path: string, reason: string): void => void leftOut.push({ path, reason });
  const source = options.source === undefined ? {} : { source: options.source };
  const refuse = (path: string, message: string, hint: string): LegacyReading => ({
    ok: false,
    problems: [{ code: "missing_key", message, path, hint, ...reading.locate(path), ...source }],
  });

  const id = idOf(about["id"]);
  if (id === undefined) return refuse(isRich ? "/metadata" : "", "It has no id.", "Give it an id of letters.");
  const steps = legacySteps(body["steps"], `${place}/steps`, leave);
  if (steps === undefined) {
    const hint = "Only a list of steps with prompts, tasks or descriptions can be taken over.";
    return refuse(`${place}/steps`, `${id} has no steps that can be done.`, hint);
  }
  if (id !== about["id"]) leave(isRich ? "/metadata/id" : "/id", `The id became ${id}.`);
  const used = isRich ? ["id", "name", "description", "version"] : ["id", "name", "steps", "triggers", "description"];
  for (const key of Object.keys(about)) {
    if (!used.includes(key)) leave(pointerTo(isRich ? "/metadata" : "", key), "A definition has no place for it.");
  }
  if (isRich) {
    for (const key of Object.keys(body)) {
      if (key !== "steps" && key !== "triggers") leave(pointerTo(place, key), "It does not say what to do.");
    }
    for (const key of Object.keys(root)) {
      if (key !== "metadata" && key !== "workflow_config") leave(pointerTo("", key), "It does not say what to do.");
    }
  }
  const version = versionOf(about["version"]);
  if (isRich && about["version"] !== undefined && scalarText(about["version"]) !== String(version)) {
    leave("/metadata/version", `Versions are whole numbers; it became ${version}.`);
  }
  const written: Json = {
    id,
    name: textOf(about["name"], 200) ?? id,
    version,
    ...(textOf(about["description"], 10_000) === undefined
      ? {}
      : { description: textOf(about["description"], 10_000) ?? "" }),
    triggers: legacyTriggers(body["triggers"], `${place}/triggers`, leave),
    steps,
    outputs: { result: `\${steps.${steps.at(-1)?.id ?? ""}.output}` },
  };
  const parsed = parseDefinition(JSON.stringify(written), options);
  // Its places are those of the converted text, which nobody has seen.
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ line: _line, column: _column, ...problem }) => problem);
    return { ok: false, problems };
  }
  return { ok: true, value: parsed.value, leftOut };
}

function isAgentStep(step: Json): boolean {
  return isJsonObject(step) && !("kind" in step) && typeof step["task"] === "string";
}

function idOf(value: Json | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  const id = value
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^[^a-z]+|_+$/g, "")
    .slice(0, 64);
  return id === "" ? undefined : id;
}

function versionOf(value: Json | undefined): number {
  const major = Number.parseInt(scalarText(value), 10);
  return Number.isInteger(major) && major >= 1 && major <= 2_147_483_647 ? major : 1;
}

function scalarText(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function textOf(value: Json | undefined, maxLength: number): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, maxLength) : undefined;
}
