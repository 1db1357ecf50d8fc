// What arrives, both ways, through a network with faults and a server that is killed every two seconds: the link, beside
// ws, socket.io with recovery and an SSE ring. Exit code 1 when the link lost, doubled or reordered anything. See --help.
import { parseArgs } from "node:util";
import { kinglySide } from "./clients/kingly.ts";
import { socketIoSide } from "./clients/socket-io.ts";
import { sseSide } from "./clients/sse.ts";
import { wsSide } from "./clients/ws.ts";
import { runSide } from "./run-side.ts";
import type { Delivered } from "./run-side.ts";
import type { Tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "100000" },
    clients: { type: "string", default: "50" },
    rate: { type: "string", default: "200" },
    "fault-ms": { type: "string", default: "2500" },
    "kill-ms": { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`pnpm bench delivery [options]

  --deliveries n   how many deliveries each way   (default 100000; the full proof is 1000000)
  --clients n      how many clients share them    (default 50)
  --rate n         events published a second      (default 200)
  --fault-ms n     about one fault of each connection in this time, 0 for none   (default 2500)
  --kill-ms n      kill -9 of the server this often, 0 for never                 (default 2000)
  --seed n         of the faults                  (default 1)
  --only name      kingly, ws, socket.io or sse`);
  process.exit(0);
}
const sides = { kingly: kinglySide, ws: wsSide, "socket.io": socketIoSide, sse: sseSide };
const clients = Number(values.clients);
const perClient = Math.ceil(Number(values.deliveries) / clients);
const plan = {
  clients,
  events: perClient,
  eventsPerSecond: Number(values.rate),
  saysPerClient: perClient,
  faultMs: Number(values["fault-ms"]),
  killMs: Number(values["kill-ms"]),
  seed: Number(values.seed),
};
console.log(
  `${clients} clients, ${perClient} events to each and ${perClient} says of each; a fault every ${plan.faultMs} ms of a connection, kill -9 every ${plan.killMs} ms; seed ${plan.seed}`,
);
const told = (tally: Tally): string =>
  `${tally.lost} lost, ${tally.doubled} doubled, ${tally.reordered} reordered of ${tally.expected}`;
const tell = (delivered: Delivered): void => {
  const faults = Object.entries(delivered.faults).map(([kind, count]) => `${count} ${kind}`);
  console.log(`\n${delivered.name}: ${delivered.seconds.toFixed(0)} s, ${delivered.kills} kills, ${faults.join(", ")}`);
  console.log(`  down  ${told(delivered.down)}`);
  console.log(
    `  up    ${told(delivered.up)}${delivered.absorbed > 0 ? `; ${delivered.absorbed} repeats known as such` : ""}`,
  );
};
for (const [name, side] of Object.entries(sides)) {
  if (values.only !== undefined && values.only !== name) continue;
  const delivered = await runSide(side, plan);
  tell(delivered);
  const { down, up } = delivered;
  const isExact = [down, up].every(({ lost, doubled, reordered }) => lost + doubled + reordered === 0);
  if (name === "kingly" && !isExact) process.exitCode = 1;
}
