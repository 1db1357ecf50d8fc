import { describe, expect, test } from "vitest";
import { floors, importsOf, list, read, root } from "./house.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly exports: Readonly<Record<string, unknown>> };
}
const manifestOf = (path: string): Manifest => JSON.parse(read(path)) as Manifest;
const rooms = list("packages/*/package.json").map((path) => path.split("/")[1] ?? "");
const floorOf = (room: string): number => floors.findIndex((floor) => floor.includes(room));

/** Every package that a workspace member can reach through its dependencies, itself excluded. */
function reachable(name: string, seen = new Set<string>()): Set<string> {
  const folder = [`apps/${name}`, `packages/${name}`].find((path) => existsSync(join(root, path, "package.json")));
  if (folder === undefined) return seen;
  for (const dependency of Object.keys(manifestOf(`${folder}/package.json`).dependencies ?? {})) {
    if (seen.has(dependency)) continue;
    seen.add(dependency);
    if (dependency.startsWith("@kingly/")) reachable(dependency.slice("@kingly/".length), seen);
  }
  return seen;
}

describe("layers", () => {
  test("every room stands on a floor", () => {
    expect(rooms.filter((room) => floorOf(room) < 0)).toEqual([]);
    expect(floors.flat().filter((room) => !rooms.includes(room))).toEqual([]);
  });

  test.each(rooms)("%s imports only declared packages, and rooms of lower floors", (room) => {
    const { dependencies, peerDependencies } = manifestOf(`packages/${room}/package.json`);
    const declared = Object.keys({ ...dependencies, ...peerDependencies });
    const wrong: string[] = [];
    for (const file of list(`packages/${room}/src/**/*.ts`)) {
      for (const specifier of importsOf(read(file))) {
        if (specifier.startsWith("./") || specifier.startsWith("../")) {
          const target = join(file, "..", specifier);
          if (!target.startsWith(`packages/${room}/src/`)) wrong.push(`${file}: ${specifier} leaves the room`);
          continue;
        }
        if (specifier.startsWith("node:")) continue;
        const name = specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/");
        if (!declared.includes(name)) wrong.push(`${file}: ${specifier} is not a dependency`);
        if (name.startsWith("@kingly/") && floorOf(name.slice(8)) >= floorOf(room)) {
          wrong.push(`${file}: ${specifier} is not on a lower floor`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("what runs in a browser imports nothing of Node", () => {
    const browser = ["packages/codec/src/**/*.ts", "packages/reflex/src/**/*.ts", "packages/runtime/src/**/*.ts"]
      .flatMap(list)
      .concat(
        list("packages/link/src/*.ts"),
        list("packages/link/src/browser/*.ts"),
        list("apps/gateway/page/src/**/*.{ts,tsx}"),
      );
    expect(browser.filter((file) => importsOf(read(file)).some((specifier) => specifier.startsWith("node:")))).toEqual(
      [],
    );
  });

  test("apps do not import each other, and rooms do not import apps", () => {
    const wrong = list("{apps,packages}/**/*.{ts,tsx}").filter((file) =>
      importsOf(read(file)).some(
        (specifier) =>
          /^@kingly\/(gateway|orchestrator)/.test(specifier) ||
          (file.startsWith("apps/") &&
            specifier.startsWith(".") &&
            !join(file, "..", specifier).startsWith(file.split("/").slice(0, 2).join("/"))),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("the gateway can reach nothing of MCP", () => {
    const reached = [...reachable("gateway")];
    expect(reached.filter((name) => /mcp|modelcontextprotocol/.test(name))).toEqual([]);
    const files = list("apps/gateway/**/*.{ts,tsx}").filter((file) => !file.includes("/test/"));
    expect(files.filter((file) => importsOf(read(file)).some((specifier) => /mcp/.test(specifier)))).toEqual([]);
    // The same question finds MCP where it belongs, so the answer above means something.
    expect([...reachable("orchestrator")].some((name) => name.includes("modelcontextprotocol"))).toBe(true);
  });

  test.each(rooms)("%s is published as it is developed: the same entries, from dist, types first", (room) => {
    const manifest = manifestOf(`packages/${room}/package.json`);
    const published = manifest.publishConfig?.exports ?? {};
    expect(Object.keys(published)).toEqual(Object.keys(manifest.exports));
    for (const [entry, target] of Object.entries(manifest.exports)) {
      // What is no source is published as it is.
      if (!target.startsWith("./src/")) {
        expect(published[entry]).toBe(target);
        continue;
      }
      const built = target.replace("./src/", "./dist/").replace(/\.ts$/, "");
      expect(Object.entries(published[entry] as object)).toEqual([
        ["types", `${built}.d.ts`],
        ["default", `${built}.js`],
      ]);
    }
  });
});
