import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { list, read, root } from "./house.ts";

const documents = [...list("*.md"), ...list("packages/*/*.md"), ...list("apps/*/*.md")];

/** The lines between `//#region name` and `//#endregion` of an example. */
function regionOf(file: string, region: string): string | undefined {
  const lines = read(file).split("\n");
  const start = lines.indexOf(`//#region ${region}`);
  const end = lines.indexOf("//#endregion", start);
  return start < 0 || end < 0 ? undefined : lines.slice(start + 1, end).join("\n");
}

describe("documents", () => {
  test.each(documents)("every TypeScript fence of %s equals its example", (document) => {
    for (const fence of read(document).matchAll(/^```ts([^\n]*)\n([\s\S]*?)^```/gm)) {
      const source = /source=(\S+)#(\S+)/.exec(fence[1] ?? "");
      expect(source, `a fence of ${document} names no source=examples/<file>.ts#<region>`).not.toBeNull();
      const [, file = "", region = ""] = source ?? [];
      expect(fence[2]?.trimEnd()).toBe(regionOf(file, region));
    }
  });

  test.each(documents)("every link of %s leads to a file that exists", (document) => {
    const targets = [...read(document).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? "");
    const broken = targets
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(root, document, "..", target)));
    expect(broken).toEqual([]);
  });

  test("every room has a README that leads to its SPEC", () => {
    const without = list("packages/*/package.json")
      .map((path) => path.replace("package.json", "README.md"))
      .filter((path) => !existsSync(join(root, path)) || !read(path).includes("(SPEC.md)"));
    expect(without).toEqual([]);
  });

  test("every example is shown by a document", () => {
    const all = documents.map(read).join("\n");
    expect(list("examples/*.ts").filter((example) => !all.includes(example))).toEqual([]);
  });
});
