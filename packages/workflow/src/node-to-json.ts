import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Node } from "yaml";
import type { Json } from "./json.ts";
import { pointerTo } from "./problem.ts";
import type { ProblemCode } from "./problem.ts";
import { maxDefinitionDepth, maxDefinitionValues } from "./text-limits.ts";

/** Notes a problem of the text; gives undefined, which stands for the value that is not there. */
export type Refuse = (code: ProblemCode, message: string, hint: string, path?: string) => undefined;

/** Where things stand in the text, by JSON pointer. */
export interface Places {
  /** Where each key and item begins. */
  readonly offsets: Map<string, number>;
  /** From where to where each text is written, its quotes included. */
  readonly texts: Map<string, readonly [number, number]>;
}

/** What an anchor stands for, and what one more alias of it costs. */
interface Anchored {
  readonly value: Json;
  readonly values: number;
  readonly height: number;
}

/** Makes plain JSON of a YAML tree and notes where each key, item and text stands. [W2]
 *
 * The library's own conversion compares each key with each (3.3 s for 20,000 keys) and walks the text again for each
 * alias; here both are one look-up, and aliases are counted as if they were written out. */
export function nodeToJson(root: Node | null, places: Places, refuse: Refuse): Json | undefined {
  const { offsets, texts } = places;
  const anchors = new Map<string, Anchored>();
  let values = 0;
  let deepest = 0;
  let stopped = false;
  const isOver = (path: string): boolean => {
    if (!stopped && values > maxDefinitionValues) {
      refuse("too_many_values", `It holds more than ${maxDefinitionValues} values.`, "Use fewer aliases.", path);
      stopped = true;
    } else if (!stopped && deepest > maxDefinitionDepth) {
      refuse("too_deep", `Maps and lists nest deeper than ${maxDefinitionDepth}.`, "Make it flatter.", path);
      stopped = true;
    }
    return stopped;
  };
  const convert = (node: Node | null, path: string, depth: number): Json | undefined => {
    values += 1;
    if (isOver(path) || node === null) return null;
    if (isAlias(node)) return follow(node.source, path, depth);
    const name = "anchor" in node ? node.anchor : undefined;
    if (name === undefined) return convertPlain(node, path, depth);
    // Until it is whole the name means nothing: an anchor cannot hold itself.
    anchors.delete(name);
    const [valuesBefore, deepestBefore] = [values, deepest];
    deepest = depth;
    const value = convertPlain(node, path, depth);
    if (value !== undefined) anchors.set(name, { value, values: values - valuesBefore, height: deepest - depth });
    deepest = Math.max(deepest, deepestBefore);
    return value;
  };
  const follow = (name: string, path: string, depth: number): Json | undefined => {
    const anchored = anchors.get(name);
    if (!anchored) return refuse("syntax", `Nothing above is named &${name}.`, "Set the anchor before its use.", path);
    values += anchored.values;
    deepest = Math.max(deepest, depth + anchored.height);
    return isOver(path) ? null : anchored.value;
  };
  const convertPlain = (node: Node, path: string, depth: number): Json | undefined => {
    if (isScalar(node)) {
      if (typeof node.value === "string" && node.range) texts.set(path, [node.range[0], node.range[1]]);
      if (typeof node.value === "string") values += Math.floor(node.value.length / 1000);
      return toPlain(node.value, path, refuse);
    }
    deepest = Math.max(deepest, depth + 1);
    if (isOver(path)) return null;
    if (isSeq<Node | null>(node)) {
      return node.items.map((item, index) => {
        const itemPath = pointerTo(path, index);
        if (item?.range) offsets.set(itemPath, item.range[0]);
        return convert(item, itemPath, depth + 1) ?? null;
      });
    }
    const entries = new Map<string, Json>();
    for (const pair of isMap<Node, Node | null>(node) ? node.items : []) {
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (typeof key !== "string") {
        refuse("unsupported_yaml", "A key is not text.", "Write each key as plain text.", path);
        continue;
      }
      const keyPath = pointerTo(path, key);
      if (pair.key.range) offsets.set(keyPath, pair.key.range[0]);
      if (entries.has(key)) {
        refuse("duplicate_key", `The key "${key}" stands twice in one map.`, "Keep one of them.", keyPath);
      } else entries.set(key, convert(pair.value, keyPath, depth + 1) ?? null);
    }
    // fromEntries makes own properties, also of "__proto__".
    return Object.fromEntries(entries);
  };
  return convert(root, "", 0);
}

function toPlain(value: unknown, path: string, refuse: Refuse): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  // Negative zero is written as 0 in JSON: it must not change when a run is stored.
  if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
  const hint = "Use text, a finite number, true, false or null.";
  return refuse("unsupported_yaml", "A value has no form in JSON.", hint, path);
}
