import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../rivals");

/** What we measure ourselves against, as far as the benches use it. */
export interface Rivals {
  readonly json5: { parse(text: string): unknown; stringify(value: unknown): string };
  readonly msgpackr: { pack(value: unknown): Uint8Array; unpack(bytes: Uint8Array): unknown };
  readonly toon: { encode(value: unknown): string; decode(text: string): unknown };
  readonly partialJson: { parse(text: string): unknown };
  readonly bestEffort: { parse(text: string): unknown };
  readonly jsonrepair: (text: string) => string;
  /** Counts tokens of o200k, the vocabulary of current OpenAI models. */
  readonly countTokens: (text: string) => number;
}

/** Loads the rivals; the first time it installs them from their lockfile. */
export function loadRivals(): Rivals {
  if (!existsSync(join(folder, "node_modules/.modules.yaml"))) {
    console.log("Installing the rivals of the bench (once)…");
    execFileSync("npx", ["-y", "pnpm@12.21.0", "--dir", folder, "install", "--frozen-lockfile"], { stdio: "inherit" });
  }
  const require = createRequire(join(folder, "package.json"));
  const load = (name: string): never => require(name) as never;
  const { jsonrepair }: Pick<Rivals, "jsonrepair"> = load("jsonrepair");
  const { countTokens }: Pick<Rivals, "countTokens"> = load("gpt-tokenizer/encoding/o200k_base");
  return {
    json5: load("json5"),
    msgpackr: load("msgpackr"),
    toon: load("@toon-format/toon"),
    partialJson: load("partial-json"),
    bestEffort: load("best-effort-json-parser"),
    jsonrepair,
    countTokens,
  };
}
