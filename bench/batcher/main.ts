// Measures 1,000 mixed MCP operations on three real servers beside sequential callTool, Promise.all, and a batcher of 10 or
// 100 ms as one sketches it; one that fails among ten; `--kills 1000` restarts in mid-call, `--cancels 200` to the server.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Operation } from "@kingly/mcp-batcher";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { createBatcher } from "@kingly/mcp-batcher";
import { openServers } from "@kingly/mcp-batcher/servers";
import { proveRestarts } from "../../packages/mcp-batcher/test/prove-restarts.ts";
import { openKingly, openRival } from "./sides.ts";
import type { Side } from "./sides.ts";
import { countCreates, createWorkload } from "./workload.ts";

const { values } = parseArgs({
  options: {
    operations: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    kills: { type: "string", default: "0" },
    servers: { type: "string", default: "8" },
    cancels: { type: "string", default: "0" },
  },
});
const ledgerServer = join(import.meta.dirname, "../../packages/mcp-batcher/test/fixtures/ledger-server.ts");
const kinds: readonly (readonly [string, () => Promise<Side>])[] = [
  ["sequential", () => openRival("sequential")],
  ["Promise.all", () => openRival("Promise.all")],
  ["sketch", () => openRival("sketch")],
  ["kingly", () => openKingly()],
  ["kingly, kept 1 s", () => openKingly({ cache: { ttlMs: { everything: 1_000, files: 1_000, memory: 1_000 } } })],
];
let failed = false;
const quantile = (numbers: readonly number[], share: number): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
const expect = (is: boolean, what: string): void => {
  if (is) return;
  failed = true;
  console.error(`BROKEN: ${what}`);
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Run {
  readonly wallMs: number;
  readonly waits: readonly number[];
  readonly sent: number;
  readonly bad: number;
  readonly lost: number;
}

/** Makes all operations, `gapMs` apart, and measures each from its making to its result. */
async function run(side: Side, operations: readonly Operation[], gapMs: number): Promise<Run> {
  const waits: number[] = [];
  let bad = 0;
  const before = side.sent();
  const begunMs = performance.now();
  const making: Promise<void>[] = [];
  for (const operation of operations) {
    const madeMs = performance.now();
    making.push(
      side.make(operation).then(
        () => void waits.push(performance.now() - madeMs),
        () => void (bad += 1),
      ),
    );
    if (gapMs > 0) await pause(gapMs);
  }
  await Promise.all(making);
  const wallMs = performance.now() - begunMs;
  const sent = side.sent() - before;
  return { wallMs, waits, sent, bad, lost: countCreates(operations) - (await side.kept()) };
}

async function compare(title: string, count: number, gapMs: number): Promise<void> {
  console.log(`\n${title} (load average ${loadavg()[0]?.toFixed(1)})`);
  console.log("| side | wall | p50 | p99 | calls sent | failed | entities lost |\n|---|---|---|---|---|---|---|");
  const runs = new Map<string, Run[]>();
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [name, open] of kinds) {
      const side = await open();
      const operations = createWorkload(count, side.folder);
      runs.set(name, [...(runs.get(name) ?? []), await run(side, operations, gapMs)]);
      await side.close();
    }
  }
  for (const [name, all] of runs) {
    const middle = (pick: (one: Run) => number): string => quantile(all.map(pick), 0.5).toFixed(0);
    const waits = (share: number) => (one: Run) => quantile(one.waits, share);
    const most = (pick: (one: Run) => number): number => Math.max(...all.map(pick));
    console.log(
      `| ${name} | ${middle((one) => one.wallMs)} ms | ${middle(waits(0.5))} ms | ${middle(waits(0.99))} ms | ` +
        `${middle((one) => one.sent)} | ${most((one) => one.bad)} | ${most((one) => one.lost)} |`,
    );
    if (name.startsWith("kingly")) expect(most((one) => one.bad + one.lost) === 0, `${name} lost something`);
  }
}

async function failOneOfTen(): Promise<void> {
  console.log("\nOne of ten runs into its timeout of 50 ms\n| side | results that arrived |\n|---|---|");
  for (const [name, open] of kinds.slice(1, 4)) {
    const side = await open();
    const slow: Operation = {
      server: "everything",
      tool: "trigger-long-running-operation",
      args: { duration: 1, steps: 1 },
      kind: "read",
      timeoutMs: 50,
    };
    const ten = createWorkload(10, side.folder).map((operation, index) => (index === 4 ? slow : operation));
    const { waits } = await run(side, ten, 0);
    console.log(`| ${name} | ${waits.length} of 9 |`);
    if (name === "kingly") expect(waits.length === 9, "one failure cost others their result");
    await side.close();
  }
}

/** Starts the bare program, as many at once as there are servers, and waits for its first answer: the limit of any return. */
async function startBare(times: number, atOnce: number): Promise<readonly number[]> {
  const took: number[] = [];
  const start = async (): Promise<void> => {
    const begunMs = performance.now();
    const child = spawn(process.execPath, [ledgerServer], { stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}\n');
    await new Promise((resolve) => child.stdout.once("data", resolve));
    took.push(performance.now() - begunMs);
    child.kill("SIGKILL");
  };
  for (let index = 0; index < times; index += 1) await Promise.all(Array.from({ length: atOnce }, start));
  return took;
}

async function kill(kills: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-bench-kills-"));
  const servers = Math.min(kills, Number(values.servers));
  const bare = await startBare(5, servers);
  const begunMs = performance.now();
  const found = await proveRestarts(folder, { servers, rounds: Math.ceil(kills / servers), program: ledgerServer });
  const bareMs = [...bare, ...(await startBare(5, servers))];
  const { backMs, lies, ...rest } = found;
  console.log(`\nkill -9 in mid-call (load average ${loadavg()[0]?.toFixed(1)})`);
  console.log({ ...rest, lies: lies.length, seconds: Math.round((performance.now() - begunMs) / 1000) });
  console.log("back after ms", { p50: quantile(backMs, 0.5), p99: quantile(backMs, 0.99), max: backMs.at(-1) });
  expect(lies.length === 0 && found.duplicates === 0, `a write twice, or told wrongly: ${lies.slice(0, 5).join("; ")}`);
  console.log("a bare start of the same program ms", { p50: quantile(bareMs, 0.5), max: Math.max(...bareMs) });
  console.log("back within 2 s", (backMs.at(-1) ?? 0) <= 2_000 ? "kept" : "missed");
  rmSync(folder, { recursive: true, force: true });
}

async function cancel(cancels: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-bench-cancels-"));
  const ledger = join(folder, "ledger");
  const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
  const entry = { command: process.execPath, args: [ledgerServer], env: { LEDGER: ledger } };
  const servers = openServers(deps, { mcpServers: { ledger: entry } });
  const batcher = createBatcher({ caller: servers.caller, ...deps });
  const asked: number[] = [];
  for (let index = 0; index < cancels; index += 1) {
    const stop = new AbortController();
    const begun = Promise.withResolvers<unknown>();
    const outcome = batcher.add({
      server: "ledger",
      tool: "hang",
      args: {},
      kind: "write",
      signal: stop.signal,
      onProgress: begun.resolve,
    });
    await begun.promise;
    asked.push(Date.now());
    stop.abort();
    await outcome;
    await pause(5);
  }
  await pause(500);
  const heard = readFileSync(`${ledger}.cancelled`, "utf8")
    .trim()
    .split("\n")
    .map((line) => Number(line.split(" ")[1]));
  const late = heard.map((at, index) => at - (asked[index] ?? 0));
  console.log(`\ncancel, from abort() to the server's own note (load average ${loadavg()[0]?.toFixed(1)})`);
  console.log({
    asked: cancels,
    heard: heard.length,
    p50: quantile(late, 0.5),
    p99: quantile(late, 0.99),
    max: Math.max(...late),
  });
  expect(heard.length === cancels && Math.max(...late) <= 500, "a cancel was late or did not arrive");
  await batcher.close();
  await servers.close();
  rmSync(folder, { recursive: true, force: true });
}

const isProof = Number(values.kills) > 0 || Number(values.cancels) > 0;
if (Number(values.kills) > 0) await kill(Number(values.kills));
if (Number(values.cancels) > 0) await cancel(Number(values.cancels));
if (!isProof) {
  const count = Number(values.operations);
  await compare(`${count} mixed operations at once`, count, 0);
  await compare("200 mixed operations, one each 5 ms", 200, 5);
  await failOneOfTen();
}
process.exitCode = failed ? 1 : 0;
