import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The root of the repository. */
export const root: string = join(import.meta.dirname, "../..");

/** Reads a file of the repository. */
export const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Lists files of the repository by pattern, sorted, without what is installed or built. */
export const list = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, exclude: (path) => /node_modules|(^|\/)dist(\/|$)/.test(path) })
    .map((path) => path.replaceAll("\\", "/"))
    .toSorted();

/** The floors of the house, from the ground: a room imports from lower floors only. */
export const floors: readonly (readonly string[])[] = [
  ["runtime", "codec", "sqlite", "home"],
  ["link", "store", "queue", "workflow", "mcp-batcher", "llm", "door"],
  ["reflex", "file-import"],
];

/** Finds every module that a source imports, exports from, or loads lazily. */
export function importsOf(source: string): string[] {
  const statements = source.matchAll(/^\s*(?:import|export)\s*(?:[\w*{},\s]*?\sfrom\s*)?["']([^"'\n]+)["']/gm);
  const lazy = source.matchAll(/\b(?:import|URL)\(\s*["']([^"'\n]+)["']/g);
  return [...statements, ...lazy].map((match) => match[1] ?? "");
}
