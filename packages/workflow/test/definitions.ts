import { parseDefinition } from "../src/index.ts";
import type { Definition, Json, Problem } from "../src/index.ts";

/** Parses a definition that must be right. */
export function define(value: { readonly [key: string]: Json }): Definition {
  const parsed = parseDefinition(JSON.stringify({ id: "flow", name: "Flow", ...value }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.value;
}

/** Parses a text that must be wrong. */
export function problemsOf(text: string | { readonly [key: string]: Json }, source?: string): readonly Problem[] {
  const written = typeof text === "string" ? text : JSON.stringify({ id: "flow", name: "Flow", ...text });
  const parsed = parseDefinition(written, source === undefined ? {} : { source });
  if (parsed.ok) throw new Error(`no problem found in: ${written.slice(0, 200)}`);
  return parsed.problems;
}
