// Runs everything that must hold before a change lands, and ends with "N passed, N failed".
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stages } from "./stages.ts";
import type { Stage } from "./stages.ts";

const root = join(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "kingly-check-"));
const environment = {
  ...process.env,
  PATH: [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const run = (command: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    const [file = "", ...rest] = command;
    const child = spawn(file, rest, { cwd: root, env: environment, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 1));
  });

async function runStage(stage: Stage, index: number): Promise<Tally> {
  console.log(`\n== ${stage.name}`);
  if (stage.counts === undefined) {
    const failed = (await run(stage.command)) === 0 ? 0 : 1;
    return { passed: 1 - failed, failed, skipped: 0 };
  }
  const report = join(scratch, `${index}.json`);
  const code = await run([...stage.command, `--outputFile.json=${report}`]);
  try {
    const counted = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
    const failed = counted["numFailedTests"] ?? 0;
    const skipped = (counted["numPendingTests"] ?? 0) + (counted["numTodoTests"] ?? 0);
    // A runner that fails without a failing test (a file that does not load) is a failure too.
    return { passed: counted["numPassedTests"] ?? 0, failed: code === 0 ? failed : Math.max(1, failed), skipped };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const examples = globSync("examples/*.ts", { cwd: root }).toSorted();
const total: Tally = { passed: 0, failed: 0, skipped: 0 };
const broken: string[] = [];
for (const [index, stage] of stages(examples, ["npx", "-y", "pnpm@12.21.0"]).entries()) {
  const tally = await runStage(stage, index);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
  if (tally.failed > 0) broken.push(stage.name);
  // On CI everything that can run must run: a skip there hides a missing tool.
  if (process.env["CI"] !== undefined && tally.skipped > 0) {
    total.failed += tally.skipped;
    broken.push(`${stage.name} (skipped tests)`);
  }
}
rmSync(scratch, { recursive: true, force: true });
if (broken.length > 0) console.log(`\nFailed: ${broken.join(", ")}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
