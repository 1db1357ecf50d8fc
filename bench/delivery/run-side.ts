import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSeededRandom } from "@kingly/runtime/testing";
import SqliteFile from "better-sqlite3";
import { freePort, startProcess } from "../reply/started-process.ts";
import type { StartedProcess } from "../reply/started-process.ts";
import { openFaultProxy } from "./fault-proxy.ts";
import type { FaultKind } from "./fault-proxy.ts";
import type { DeliverySide } from "./side.ts";
import { createTallyKeeper, sumTallies } from "./tally.ts";
import type { Tally } from "./tally.ts";

/** How much is delivered, and how badly it is treated. */
export interface DeliveryPlan {
  readonly clients: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly saysPerClient: number;
  readonly faultMs: number;
  readonly killMs: number;
  readonly seed: number;
}

/** What one side delivered. */
export interface Delivered {
  readonly name: string;
  readonly down: Tally;
  readonly up: Tally;
  /** Repeats that the server knew as such. */
  readonly absorbed: number;
  readonly kills: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly seconds: number;
}

const gatherMs = 1500;

// What has not come this long after the last sign of progress, with everything well, does not come any more.
const patienceMs = 12_000;

/** Delivers both ways through the proxy while the server is killed again and again; counts when all is quiet. */
export async function runSide(side: DeliverySide, plan: DeliveryPlan): Promise<Delivered> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-delivery-"));
  const path = join(folder, "delivery.db");
  const random = createSeededRandom(plan.seed);
  const startedMs = performance.now();
  const port = await freePort();
  // The first time everybody may come first: what nobody could hear yet counts for no side.
  const start = (publishAfterMs = 0): Promise<StartedProcess> =>
    startProcess(join(import.meta.dirname, "servers", side.serverFile), {
      cwd: folder,
      logPath: join(folder, "server.log"),
      parameters: [
        JSON.stringify({ port, path, events: plan.events, eventsPerSecond: plan.eventsPerSecond, publishAfterMs }),
      ],
    });
  let server = await start(gatherMs);
  const proxy = await openFaultProxy({ random }, { target: port, faultMs: plan.faultMs });
  const down = Array.from({ length: plan.clients }, createTallyKeeper);
  let arrived = 0;
  const clients = await Promise.all(
    down.map(async (keeper, number) =>
      side.open(proxy.port, number, (n) => {
        arrived += 1;
        keeper.add(n);
      }),
    ),
  );
  const said = clients.map(() => 0);
  const talk = (): void => {
    for (const [number, client] of clients.entries()) {
      for (let more = 64; more > 0 && (said[number] ?? 0) < plan.saysPerClient && client.room(); more -= 1) {
        said[number] = (said[number] ?? 0) + 1;
        client.say(said[number] ?? 0);
      }
    }
  };
  const talking = setInterval(talk, 2);
  const settled = (): number => said.reduce((sum, n, at) => sum + n - (clients[at]?.unsettled() ?? 0), 0);
  const isSaid = (): boolean => settled() === plan.clients * plan.saysPerClient;
  const isHeard = (): boolean => down.every((keeper) => keeper.whole() === plan.events);

  let kills = 0;
  const publishMs = gatherMs + (plan.events / plan.eventsPerSecond) * 1000;
  let progress = "";
  let progressMs = performance.now();
  for (let nextKillMs = plan.killMs; ; await sleep(20)) {
    const now = `${arrived} ${settled()}`;
    if (now !== progress) {
      progress = now;
      progressMs = performance.now();
    }
    if ((isSaid() && isHeard()) || performance.now() - progressMs > patienceMs) break;
    const ranMs = performance.now() - startedMs;
    const isOut = ranMs > publishMs && isSaid();
    if (isOut) proxy.calm();
    else if (plan.killMs > 0 && ranMs > nextKillMs) {
      kills += 1;
      server.signal("SIGKILL");
      await server.stop();
      server = await start();
      nextKillMs = performance.now() - startedMs + plan.killMs;
    }
  }
  clearInterval(talking);
  proxy.calm();
  for (const client of clients) client.close();
  await proxy.close();
  await server.stop();
  const seconds = (performance.now() - startedMs) / 1000;
  const { up, absorbed } = readHeard(path, plan);
  rmSync(folder, { recursive: true, force: true });
  return {
    name: side.name,
    down: sumTallies(down.map((keeper) => keeper.end(plan.events))),
    up,
    absorbed,
    kills,
    faults: proxy.counts,
    seconds,
  };
}

function readHeard(path: string, plan: DeliveryPlan): { readonly up: Tally; readonly absorbed: number } {
  const file = new SqliteFile(path, { readonly: true });
  const keepers = Array.from({ length: plan.clients }, createTallyKeeper);
  const rows = file.prepare("SELECT * FROM heard ORDER BY place").iterate() as Iterable<{
    readonly client: number;
    readonly n: number;
    readonly times?: number;
  }>;
  let absorbed = 0;
  for (const { client, n, times = 1 } of rows) {
    keepers[client]?.add(n);
    absorbed += times - 1;
  }
  file.close();
  return { up: sumTallies(keepers.map((keeper) => keeper.end(plan.saysPerClient))), absorbed };
}
