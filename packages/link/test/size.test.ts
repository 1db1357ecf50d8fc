import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

interface Chunk {
  readonly fileName: string;
  readonly code: string;
  readonly imports: readonly string[];
  readonly isEntry: boolean;
  readonly isDynamicEntry: boolean;
}
interface Bundler {
  readonly rolldown: (options: object) => Promise<{
    generate(options: object): Promise<{ readonly output: readonly Chunk[] }>;
    close(): Promise<void>;
  }>;
}

/** The bundler that builds the gateway's page. */
async function loadBundler(): Promise<Bundler> {
  const gateway = createRequire(join(import.meta.dirname, "../../../apps/gateway/package.json"));
  const file = createRequire(gateway.resolve("vite")).resolve("rolldown");
  return (await import(pathToFileURL(file).href)) as Bundler;
}

test("[LK44] the client of a page stays within its size, and what speaks HTTP is loaded apart", async () => {
  const { rolldown } = await loadBundler();
  const input = join(import.meta.dirname, "../src/browser/index.ts");
  // As a page is built: what both chunks need stands in the first.
  const bundle = await rolldown({ input, preserveEntrySignatures: "allow-extension" });
  const { output } = await bundle.generate({ format: "esm", chunkFileNames: "[name].js", minify: true });
  await bundle.close();

  const byName = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const reached = (from: readonly Chunk[], seen = new Set<Chunk>()): Set<Chunk> => {
    for (const chunk of from) {
      if (seen.has(chunk)) continue;
      seen.add(chunk);
      reached(
        chunk.imports.flatMap((name) => byName.get(name) ?? []),
        seen,
      );
    }
    return seen;
  };
  const gzipBytes = (chunks: Iterable<Chunk>): number =>
    [...chunks].reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);

  const first = reached(output.filter((chunk) => chunk.isEntry));
  const later = [...reached(output.filter((chunk) => chunk.isDynamicEntry))].filter((chunk) => !first.has(chunk));
  const sizes = { first: gzipBytes(first), later: gzipBytes(later) };
  // Nothing outside comes in: every import of a chunk is another chunk.
  expect(output.flatMap((chunk) => chunk.imports).filter((name) => !byName.has(name))).toEqual([]);
  expect(later.length).toBeGreaterThan(0);
  expect(sizes.first).toBeLessThanOrEqual(5_000);
  expect(sizes.later).toBeLessThanOrEqual(1_250);
});
