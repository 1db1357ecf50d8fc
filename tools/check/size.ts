// Bundles what a page needs of the codec, and fails when it grows: `node tools/check/size.ts`.
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "../..");

/** What is bundled together, and how many bytes it may be, minified and with gzip -9. */
interface Part {
  readonly name: string;
  readonly entry: "index" | "core";
  readonly exports: readonly string[];
  readonly maxBytes: number;
}

const inAndOut = ["parseCommand", "parseEvent", "formatCommand", "formatEvent"];
const withScanner = [...inAndOut, "createScanner"];
const parts: readonly Part[] = [
  { name: "core: decoder and encoder", entry: "core", exports: inAndOut, maxBytes: 5800 },
  { name: "core: decoder, encoder and scanner", entry: "core", exports: withScanner, maxBytes: 8450 },
  { name: "decoder and encoder", entry: "index", exports: inAndOut, maxBytes: 7800 },
  { name: "decoder, encoder and scanner", entry: "index", exports: withScanner, maxBytes: 10_350 },
  { name: "the same, with mending", entry: "index", exports: [...withScanner, "lenient"], maxBytes: 12_750 },
];

interface Output {
  readonly output: readonly { readonly code: string }[];
}
interface Rolldown {
  rolldown(options: object): Promise<{ generate(options: object): Promise<Output>; close(): Promise<void> }>;
}

/** Bundles some exports of the codec as the page's bundler does. */
async function bundle(name: Part["entry"], exports: readonly string[]): Promise<string> {
  // The bundler is the one inside the page's vite; the root has none of its own.
  const fromPage = createRequire(join(root, "apps/gateway/package.json"));
  const fromVite = createRequire(fromPage.resolve("vite"));
  const bundler = (await import(fromVite.resolve("rolldown"))) as Rolldown;
  const source = join(root, `packages/codec/src/${name}.ts`);
  const entry = "\0entry";
  const bundled = await bundler.rolldown({
    input: entry,
    plugins: [
      {
        name: "entry",
        resolveId: (id: string) => (id === entry ? id : undefined),
        load: (id: string) =>
          id === entry ? `export { ${exports.join(", ")} } from ${JSON.stringify(source)};` : undefined,
      },
    ],
    treeshake: { moduleSideEffects: false },
  });
  const { output } = await bundled.generate({ format: "esm", minify: true });
  await bundled.close();
  return output.map(({ code }) => code).join("");
}

for (const { name, entry, exports, maxBytes } of parts) {
  const code = await bundle(entry, exports);
  const bytes = gzipSync(code, { level: 9 }).length;
  const isFit = bytes <= maxBytes;
  if (!isFit) process.exitCode = 1;
  console.log(`${isFit ? "fits" : "TOO LARGE"}: ${name} ${code.length} bytes, ${bytes} gzipped, at most ${maxBytes}`);
}
