import type { Json } from "./json.ts";
import { pointerTo } from "./problem.ts";

/** One reference: `${inputs.name.key}` or `${steps.id.output.key}`. */
export interface Reference {
  readonly from: "inputs" | "steps";
  /** The input's name, or the step's id. */
  readonly name: string;
  /** The way into the value: keys of objects, indexes of lists. */
  readonly keys: readonly string[];
  /** As it is written, for messages. */
  readonly text: string;
}

/** A string cut into literal text and references. */
export type TemplateParts = readonly (string | Reference)[];

/** The parts of a template, or the piece that is not a reference and why. */
export type Template =
  | { readonly ok: true; readonly parts: TemplateParts }
  | { readonly ok: false; readonly text: string; readonly reason: string };

const inside = /^(?:inputs\.([A-Za-z][A-Za-z0-9_]*)|steps\.([a-z][a-z0-9_]*)\.output)((?:\.[A-Za-z0-9_-]+)*)$/;

/** Cuts a string into literal text and references, from left to right. `$${` is a literal `${`. [W9][W10] */
export function parseTemplate(text: string): Template {
  const parts: (string | Reference)[] = [];
  let literal = "";
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("$", at);
    if (next < 0) break;
    literal += text.slice(at, next);
    if (text.startsWith("$${", next)) {
      literal += "${";
      at = next + 3;
    } else if (text.startsWith("${", next)) {
      const end = text.indexOf("}", next);
      if (end < 0) return { ok: false, text: text.slice(next, next + 80), reason: "it has no closing }" };
      const written = text.slice(next, end + 1);
      const found = inside.exec(written.slice(2, -1));
      const name = found?.[1] ?? found?.[2];
      if (!found || name === undefined) return { ok: false, text: written.slice(0, 80), reason: "it is not a path" };
      const keys = (found[3] ?? "").split(".").slice(1);
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push({ from: found[1] === undefined ? "steps" : "inputs", name, keys, text: written });
      at = end + 1;
    } else {
      literal += "$";
      at = next + 1;
    }
  }
  literal += text.slice(at);
  if (literal !== "" || parts.length === 0) parts.push(literal);
  return { ok: true, parts };
}

/** Calls `visit` for each string inside a value, with its JSON pointer. Keys are not templates. */
export function eachString(value: Json, path: string, visit: (text: string, path: string) => void): void {
  if (typeof value === "string") visit(value, path);
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) eachString(inner, pointerTo(path, key), visit);
  }
}
