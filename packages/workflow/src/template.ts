import type { Json } from "./json.ts";
import { pointerTo } from "./problem.ts";
import { parsePath } from "./reference.ts";
import type { Reference } from "./reference.ts";

/** A string cut into literal text and references. */
export type TemplateParts = readonly (string | Reference)[];

/** The parts of a template, or the piece that is not a reference and why. */
export type Template =
  | { readonly ok: true; readonly parts: TemplateParts }
  | { readonly ok: false; readonly text: string; readonly reason: string };

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
      const reference = parsePath(written.slice(2, -1), written);
      if (reference === undefined) return { ok: false, text: written.slice(0, 80), reason: "it is not a path" };
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push(reference);
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

/** Gives the reference of a string that is exactly one, else undefined. */
export function onlyReference(text: string): Reference | undefined {
  const template = parseTemplate(text);
  const only = template.ok && template.parts.length === 1 ? template.parts[0] : undefined;
  return typeof only === "string" ? undefined : only;
}

/** Escapes a text so that none of it is read as a reference: `${` becomes `$${`. */
export function literalText(text: string): string {
  // Given as a function: in a replacement text "$$" would be one "$".
  return text.replaceAll("${", () => "$${");
}

/** Calls `visit` for each string inside a value, with its JSON pointer. Keys are not templates. */
export function eachString(value: Json, path: string, visit: (text: string, path: string) => void): void {
  if (typeof value === "string") visit(value, path);
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) eachString(inner, pointerTo(path, key), visit);
  }
}
