// From the row of a completion to a program's socket and to the card in a real Chromium, and one card for each across
// reloads and kills. Exit code 1 when a card is missing, doubled or misplaced. See --help.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { quantile } from "../reply/quantiles.ts";
import { runNotices } from "./run-notices.ts";

const { values } = parseArgs({
  options: {
    completions: { type: "string", default: "300" },
    rate: { type: "string", default: "10" },
    disturbances: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`pnpm bench notice [options]

  --completions 300    runs of a small workflow
  --rate 10            begun in a second
  --disturbances 0     reload of the page, kill -9 of the gateway, of the orchestrator, the network away for 3 s, and so on,
                       spread over the runs; what arrives around one is not timed`);
  process.exit(0);
}
console.log(`load average before ${loadavg()[0]?.toFixed(1)}`);
const report = await runNotices({
  completions: Number(values.completions),
  perSecond: Number(values.rate),
  disturbances: Number(values.disturbances),
});
const tell = (name: string, waits: readonly number[]): void => {
  const sorted = Float64Array.from(waits).toSorted();
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(sorted, share));
  console.log(`${name.padEnd(24)} p50 ${p50} ms, p99 ${p99} ms, at most ${max} ms, of ${sorted.length}`);
};
tell("row to a socket", report.toSocketMs);
tell("row to the card", report.toCardMs);
const { begun, completed, missing, doubled, wrongAtEnd, toldOutside, toldTwice } = report;
console.log(
  `${begun} runs begun, ${completed} completed: ${missing} without a card, ${doubled} with two, ${wrongAtEnd} wrong at the end`,
);
if (Number(values.disturbances) > 0) {
  console.log(`told outside of the page by two hidden tabs: ${toldOutside}, ${toldTwice} of them twice`);
}
console.log(`load average after ${loadavg()[0]?.toFixed(1)}`);
if (begun !== completed || missing + doubled + wrongAtEnd + toldTwice > 0) process.exitCode = 1;
