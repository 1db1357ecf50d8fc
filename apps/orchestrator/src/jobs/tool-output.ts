import type { ToolResult } from "@kingly/mcp-batcher";
import type { Json } from "@kingly/workflow";
import { cutText } from "../cut-text.ts";

// What a step hands on stays in the run's row: a long text is cut where it no longer helps anybody.
const maxOutputText = 50_000;

/** `{text, structured?}`: the texts of the answer joined, and the structured form where the tool gave one. */
export function outputOf(result: ToolResult): { readonly text: string; readonly structured?: Json } {
  const text = cutText(result.content.flatMap((part) => (isText(part) ? [part.text] : [])).join("\n"), maxOutputText);
  const structured = result.structured;
  const small = structured !== undefined && JSON.stringify(structured).length <= maxOutputText;
  return { text, ...(small ? { structured: structured as Json } : {}) };
}

/** The arguments of a call: an object, or none. */
export function toArguments(input: Json): Record<string, unknown> {
  return typeof input === "object" && input !== null ? Object.fromEntries(Object.entries(input)) : {};
}

function isText(part: unknown): part is { readonly text: string } {
  return typeof part === "object" && part !== null && "text" in part && typeof part.text === "string";
}
