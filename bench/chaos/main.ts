// The whole house in chaos: both apps killed in turn every two seconds, faults on both hops, and every utterance, row and
// board compared when all is quiet. Exit code 1 when anything was lost, doubled, reordered or differs. See --help.
import { parseArgs } from "node:util";
import { runChaos } from "./run-chaos.ts";

const { values } = parseArgs({
  options: {
    people: { type: "string", default: "20" },
    says: { type: "string", default: "200" },
    "fault-ms": { type: "string", default: "2500" },
    "kill-ms": { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`pnpm bench chaos [options]

  --people n     how many say something and hear everything   (default 20)
  --says n       how much each of them says                   (default 200)
  --fault-ms n   about one fault of each connection in this time, 0 for none     (default 2500)
  --kill-ms n    kill -9 of gateway, orchestrator or both, in turn, this often   (default 2000)
  --seed n       of the faults                                (default 1)`);
  process.exit(0);
}
const report = await runChaos(
  {
    people: Number(values.people),
    saysOfEach: Number(values.says),
    faultMs: Number(values["fault-ms"]),
    killMs: Number(values["kill-ms"]),
    seed: Number(values.seed),
  },
  (progress) => process.stderr.write(`${progress}\n`),
);
const { up, down, wrong, kills } = report;
console.log(
  `${report.seconds.toFixed(0)} s, ${report.rows} rows, ${report.faults} faults; killed: gateway ${kills.gateway}, orchestrator ${kills.orchestrator}, both ${kills.both}`,
);
console.log(`utterances  ${up.lost} lost, ${up.doubled} doubled, ${up.reordered} reordered of ${up.expected}`);
console.log(`rows told   ${down.lost} lost, ${down.doubled} doubled, ${down.reordered} reordered of ${down.expected}`);
console.log(wrong.length === 0 ? "board and store agree" : wrong.slice(0, 20).join("\n"));
const bad = [up, down].reduce((sum, { lost, doubled, reordered }) => sum + lost + doubled + reordered, wrong.length);
process.exitCode = bad === 0 ? 0 : 1;
