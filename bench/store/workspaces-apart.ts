// Writes and reads at random in two workspaces that share ids: `node bench/store/workspaces-apart.ts --operations 100000 --seed 1`.
// Prints one line of JSON; ends with 1 when one of them was shown anything of the other.
import { parseArgs } from "node:util";
import { createSeededRandom } from "@kingly/runtime/testing";
import { runIsolation } from "../../packages/store/test/isolation.ts";
import { openTestStore } from "../../packages/store/test/open-store.ts";

const { values } = parseArgs({
  options: { operations: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const operations = Number(values.operations);
const seed = Number(values.seed);
if (!Number.isSafeInteger(operations) || operations < 1 || !Number.isSafeInteger(seed)) {
  throw new RangeError("--operations and --seed are whole numbers, --operations at least 1.");
}

const random = createSeededRandom(seed);
const opened = await openTestStore({ inMemory: true });
const startedMs = performance.now();
const run = await runIsolation(opened, operations, () => random.fraction());
await opened.end();
for (const leak of run.leaks.slice(0, 10)) console.error(leak);
const seconds = Math.round((performance.now() - startedMs) / 1000);
console.log(JSON.stringify({ seed, operations, rowsSeen: run.rowsSeen, leaks: run.leaks.length, seconds }));
process.exitCode = run.leaks.length === 0 ? 0 : 1;
