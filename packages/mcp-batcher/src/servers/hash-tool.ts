import { createHash } from "node:crypto";
import { canonicalJson } from "../canonical-json.ts";
import type { ListedTool } from "./connection.ts";

/** Computes what a description is pinned by: SHA-256 (hex) of name, title, description, both schemas and annotations,
 * whatever the order of their keys. All that a model or a person decides by is in it. [M40] */
export function hashTool(tool: ListedTool): string {
  const { name, title, description, inputSchema, outputSchema, annotations } = tool;
  const text = canonicalJson({ name, title, description, inputSchema, outputSchema, annotations });
  return createHash("sha256").update(text).digest("hex");
}
