import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/** Every import that reaches the running code, following files; types do not. */
function importsOf(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(file)) return seen;
  const source = readFileSync(file, "utf8");
  const names = [...source.matchAll(/^(?:import|export) (?!type)[^;]*? from "([^"]+)";/gm)].map(
    (match) => match[1] ?? "",
  );
  seen.set(file, names);
  for (const name of names) if (name.startsWith(".")) importsOf(resolve(dirname(file), name), seen);
  return seen;
}

describe("entries", () => {
  test.each(["browser/index.ts", "index.ts"])("[LK33] %s imports nothing of Node and no package", (entry) => {
    const files = importsOf(resolve(import.meta.dirname, "../src", entry));
    const outside = [...files.values()].flat().filter((name) => !name.startsWith("."));
    expect(files.size).toBeGreaterThan(10);
    expect(outside).toEqual([]);
    const ofNode = /\b(?:Buffer|process)\.[a-z]|\brequire\(|setImmediate/;
    expect([...files.keys()].filter((file) => ofNode.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});
