import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";
import { pointerTo } from "./problem.ts";
import { literalText } from "./template.ts";

/** A converted step, as a definition writes it. */
export type LegacyStep = { readonly id: string; readonly [key: string]: Json };

type Leave = (path: string, reason: string) => void;

// What is asked of the model, the first that is there.
const askedKeys = ["prompt", "task", "description"] as const;
// What the model is told beside it.
const toldKeys = ["agent", "personality", "focus"] as const;

/** Converts steps that stand in a list, or under names of their own; undefined when none of them can be done. [W47] */
export function legacySteps(steps: Json | undefined, path: string, leave: Leave): readonly LegacyStep[] | undefined {
  const listed: [string, Json][] = Array.isArray(steps)
    ? steps.map((step: Json, index): [string, Json] => [String(index), step])
    : isJsonObject(steps)
      ? Object.entries(steps).map(([name, step]) => [name, isJsonObject(step) ? { name, ...step } : step])
      : [];
  const converted: LegacyStep[] = [];
  for (const [key, step] of listed) {
    const at = pointerTo(path, key);
    const before = converted.at(-1)?.id;
    const one = isJsonObject(step) ? convert(step, at, converted.length + 1, before, leave) : undefined;
    if (one === undefined) leave(at, "It does not say what to ask.");
    else converted.push(one);
  }
  return converted.length === 0 ? undefined : converted;
}

function convert(
  step: { readonly [key: string]: Json },
  path: string,
  place: number,
  before: string | undefined,
  leave: Leave,
): LegacyStep | undefined {
  const asked = askedKeys.find((key) => isText(step[key]));
  if (asked === undefined) return undefined;
  const told: Record<string, Json> = {};
  for (const key of toldKeys) {
    const value = step[key];
    if (isText(value)) told[key] = literalText(value);
  }
  for (const key of Object.keys(step)) {
    if (key === asked || key === "name" || key === "step" || key in told) continue;
    leave(pointerTo(path, key), "A step has no place for it.");
  }
  if (before !== undefined) told["before"] = `\${steps.${before}.output}`;
  const name = [step["name"], step[asked]].find(isText) ?? "";
  return {
    id: `step_${place}`,
    name: name.trim().slice(0, 200),
    kind: "model",
    needs: before === undefined ? [] : [before],
    prompt: literalText(isText(step[asked]) ? step[asked] : "").slice(0, 100_000),
    with: told,
  };
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string" && value.trim() !== "";
}
