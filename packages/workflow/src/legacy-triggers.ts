import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";
import { pointerTo } from "./problem.ts";

/** Converts triggers: `manual` words and `semantic` conditions with their confidence are kept, others told. [W47] */
export function legacyTriggers(
  triggers: Json | undefined,
  path: string,
  leave: (path: string, reason: string) => void,
): { readonly [Key in "manual" | "semantic"]: Json } {
  const manual: string[] = [];
  const semantic: { readonly condition: string; readonly confidence: number }[] = [];
  for (const [key, value] of Object.entries(isJsonObject(triggers) ? triggers : {})) {
    const at = pointerTo(path, key);
    if ((key !== "manual" && key !== "semantic") || !Array.isArray(value)) {
      leave(at, "Only manual and semantic triggers are kept.");
      continue;
    }
    for (const [index, one] of value.entries()) {
      const item = one as Json;
      if (key === "manual" && typeof item === "string" && item.length > 0 && item.length <= 200) manual.push(item);
      else if (key === "semantic" && isSemantic(item)) {
        semantic.push({ condition: item.condition, confidence: item.confidence });
      } else leave(pointerTo(at, index), "It is no trigger of this kind.");
    }
  }
  return { manual, semantic };
}

function isSemantic(value: Json): value is { readonly condition: string; readonly confidence: number } {
  if (!isJsonObject(value)) return false;
  const { condition, confidence } = value;
  const isText = typeof condition === "string" && condition.length > 0 && condition.length <= 1000;
  return isText && typeof confidence === "number" && confidence >= 0 && confidence <= 1;
}
