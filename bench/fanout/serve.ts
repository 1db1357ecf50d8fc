import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHouse, until } from "../../e2e/house.ts";
import { freePort, startProcess } from "../reply/started-process.ts";
import type { FollowedKind } from "./open-follower.ts";
import { publishInHouse } from "./publish-in-house.ts";

/** A side that is being served: where it is, and how it is made to publish and to fail. */
export interface Served {
  readonly host: string;
  readonly token: string;
  readonly workspace: string;
  pid(): number;
  /** Publishes about so many events at the rate, 0 for all at once; resolves when all are out. */
  publish(events: number, perSecond: number): Promise<void>;
  /** Lets hours pass on the server's clock: its wall time jumps, and what it does every so often is done. */
  passHours(): Promise<void>;
  /** Ends the server by SIGKILL and starts it again; resolves when it is ready. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const hoursClock = join(import.meta.dirname, "hours-clock.ts");

/** Starts the server of a side in a process of its own; the gateway's is the whole house. */
export async function serve(kind: FollowedKind, recovers = false): Promise<Served> {
  return kind === "gateway" ? serveHouse() : serveAlone(kind, recovers);
}

async function serveAlone(kind: FollowedKind, recovers: boolean): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-fanout-"));
  const port = await freePort();
  const start = (): ReturnType<typeof startProcess> =>
    startProcess(join(import.meta.dirname, "servers", `${kind.replace(".", "-")}.ts`), {
      cwd: folder,
      logPath: join(folder, "server.log"),
      nodeOptions: ["--import", hoursClock],
      parameters: [String(port), ...(recovers ? ["recover"] : [])],
    });
  let server = await start();
  return {
    host: `127.0.0.1:${port}`,
    token: "",
    workspace: "",
    pid: () => server.pid,
    publish: (events, perSecond) => server.ask({ events, perSecond }),
    async passHours() {
      server.signal("SIGUSR2");
      await settle();
    },
    async restart() {
      server.signal("SIGKILL");
      await server.stop();
      server = await start();
    },
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function serveHouse(): Promise<Served> {
  const before = process.env["NODE_OPTIONS"];
  process.env["NODE_OPTIONS"] = `--import ${hoursClock}`;
  const house = await openHouse();
  if (before === undefined) delete process.env["NODE_OPTIONS"];
  else process.env["NODE_OPTIONS"] = before;
  await Promise.all([house.start("orchestrator"), house.start("gateway")]);
  const where = { host: new URL(house.url).host, token: house.token, workspace: "default" };
  return {
    ...where,
    pid: () => house.pidOf("gateway") ?? 0,
    publish: (events, perSecond) => publishInHouse(where, events, perSecond),
    async passHours() {
      for (const app of ["gateway", "orchestrator"] as const) process.kill(house.pidOf(app) ?? 0, "SIGUSR2");
      await settle();
    },
    async restart() {
      await house.kill("gateway");
      await house.start("gateway");
      // It listens before its file is open: who comes that early waits for the start, not for the events.
      await until("readiness", async () => (await house.fetch("/readyz")).status === 200 || undefined);
    },
    close: () => house.close(),
  };
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
}
