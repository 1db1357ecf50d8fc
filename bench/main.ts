// Lists the benches, or runs one: `node bench/main.ts`, `node bench/main.ts reply --rounds 3`, `node bench/main.ts all`.
import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

interface Bench {
  readonly name: string;
  readonly path: string;
  /** The comment at the head of its file. */
  readonly about: string;
}

const folder = import.meta.dirname;
// Benches that share a folder with another one.
const named = ["store/locomo.ts"];

function findBenches(): readonly Bench[] {
  const alone = globSync("*.ts", { cwd: folder }).filter((file) => file !== "main.ts");
  return [...alone, ...named, ...globSync("*/main.ts", { cwd: folder })]
    .map((file) => ({
      name: basename(file) === "main.ts" ? dirname(file) : basename(file, ".ts"),
      path: join(folder, file),
      about: readHead(join(folder, file)),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function readHead(path: string): string {
  const lines = readFileSync(path, "utf8").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ""))
    .join(" ");
}

function run(bench: Bench, parameters: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [bench.path, ...parameters], { stdio: "inherit" });
  // The terminal tells the child as well; we stay until it has cleaned up.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}

const benches = findBenches();
const [name, ...parameters] = process.argv.slice(2);
const chosen = name === "all" ? benches : benches.filter((bench) => bench.name === name);

if (name === undefined || chosen.length === 0) {
  if (name !== undefined) console.error(`There is no bench ${name}.\n`);
  console.log("Benches (run one: pnpm bench <name> [options]; run all: pnpm bench all)\n");
  for (const bench of benches) console.log(`  ${bench.name.padEnd(13)}${bench.about}`);
  process.exitCode = name === undefined ? 0 : 1;
} else {
  for (const bench of chosen) {
    if (chosen.length > 1) console.log(`\n== ${bench.name}`);
    const code = await run(bench, chosen.length > 1 ? [] : parameters);
    if (code !== 0) process.exitCode = 1;
  }
}
