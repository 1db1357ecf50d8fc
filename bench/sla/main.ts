// The times that are promised to a person (first reply, acknowledgement, query, start of a workflow, notice), measured over
// the real apps while others speak and run workflows. A table, green or red; exit code 1 when one is red. See --help.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { quantile } from "../reply/quantiles.ts";
import { runSla } from "./run-sla.ts";

const { values } = parseArgs({
  options: {
    people: { type: "string", default: "50" },
    rate: { type: "string", default: "2" },
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "20" },
    warmup: { type: "string", default: "4" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`pnpm bench sla [options]

  --people 50    who speak meanwhile, in 10 workspaces
  --rate 2       what each of them says in a second
  --runs 5       small workflows begun in a second meanwhile
  --seconds 20   how long it is measured
  --warmup 4     seconds before them that are thrown away`);
  process.exit(0);
}
console.log(
  `load average before ${loadavg()[0]?.toFixed(1)}; ${values.people} people x ${values.rate}/s, ${values.runs} runs/s`,
);
const report = await runSla({
  people: Number(values.people),
  perSecond: Number(values.rate),
  runsPerSecond: Number(values.runs),
  seconds: Number(values.seconds),
  warmUpSeconds: Number(values.warmup),
});
const isColour = process.stdout.isTTY;
const paint = (text: string, colour: 31 | 32): string => (isColour ? `\x1b[${colour}m${text}\x1b[0m` : text);
let red = 0;
console.log(
  `${"promise".padEnd(44)}${"p99 below".padStart(10)}${"p50".padStart(9)}${"p99".padStart(9)}${"of".padStart(8)}`,
);
for (const { name, limitMs, waitsMs } of report.rows) {
  const sorted = Float64Array.from(waitsMs).toSorted();
  const p99 = quantile(sorted, 0.99);
  const isKept = p99 < limitMs;
  if (!isKept) red += 1;
  const cells = [
    `${limitMs} ms`.padStart(10),
    quantile(sorted, 0.5).toFixed(1).padStart(9),
    p99.toFixed(1).padStart(9),
  ];
  const word = isKept ? paint("green", 32) : paint("red", 31);
  console.log(`${name.padEnd(44)}${cells.join("")}${String(sorted.length).padStart(8)}  ${word}`);
}
console.log(
  `said beside: ${report.saidBeside}, without a reply ${report.unanswered}; load average after ${loadavg()[0]?.toFixed(1)}`,
);
process.exitCode = red + report.unanswered > 0 ? 1 : 0;
