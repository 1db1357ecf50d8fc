// Measures the coded language beside JSON and others: tokens, reading and writing, streams, size; fails when a target is missed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const parts = ["bench/codec/tokens.ts", "bench/codec/throughput.ts", "bench/codec/stream.ts", "tools/check/size.ts"];
for (const part of parts) {
  console.log(`\n== ${part}`);
  const { status } = spawnSync(process.execPath, [join(root, part), ...process.argv.slice(2)], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
