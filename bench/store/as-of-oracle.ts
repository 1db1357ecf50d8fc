// Puts as-of questions to the store and to a brute-force oracle: `node bench/store/as-of-oracle.ts --queries 1000000 --seed 1`.
// Prints one line of JSON; ends with 1 when the store and the oracle once said different things.
import { parseArgs } from "node:util";
import { createSeededRandom } from "@kingly/runtime/testing";
import fc from "fast-check";
import { openTestStore } from "../../packages/store/test/open-store.ts";
import { timeUnits } from "../../packages/store/test/time-model.ts";
import { runTimeUnits } from "../../packages/store/test/time-run.ts";

const { values } = parseArgs({
  options: { queries: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const wanted = Number(values.queries);
const seed = Number(values.seed);
if (!Number.isSafeInteger(wanted) || wanted < 1 || !Number.isSafeInteger(seed)) {
  throw new RangeError("--queries and --seed are whole numbers, --queries at least 1.");
}

const random = createSeededRandom(seed);
const startedMs = performance.now();
let queries = 0;
let histories = 0;
let mismatches = 0;
while (queries < wanted) {
  const [units = []] = fc.sample(timeUnits, { seed: seed + histories, numRuns: 1 });
  const opened = await openTestStore({ inMemory: true });
  const run = await runTimeUnits(opened, units, 100, () => random.fraction());
  await opened.end();
  for (const found of run.mismatches.slice(0, Math.max(0, 10 - mismatches))) {
    console.error(JSON.stringify({ seed: seed + histories, ...found }));
  }
  queries += run.queries;
  mismatches += run.mismatches.length;
  histories += 1;
}
const seconds = (performance.now() - startedMs) / 1000;
console.log(
  JSON.stringify({
    seed,
    histories,
    queries,
    mismatches,
    seconds: Math.round(seconds),
    perSecond: Math.round(queries / seconds),
  }),
);
process.exitCode = mismatches === 0 ? 0 : 1;
