import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The root of the repository. */
export const root: string = join(import.meta.dirname, "..");

/** One of the two apps. */
export type AppName = "gateway" | "orchestrator";

/** A Kingly of its own: temporary home, free ports, both apps as real processes. */
export interface House {
  readonly home: string;
  readonly url: string;
  readonly token: string;
  readonly orchestratorPort: number;
  start(app: AppName): Promise<void>;
  /** Ends an app as a power cut would: SIGKILL. */
  kill(app: AppName): Promise<void>;
  pidOf(app: AppName): number | undefined;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  json<T>(path: string): Promise<T>;
  close(): Promise<void>;
}

/** Opens a house; nothing runs in it yet.
 *
 * `between` may put a proxy before the orchestrator: it is given its port and returns the one the gateway shall use. */
export async function openHouse(
  options: {
    readonly between?: (orchestratorPort: number) => Promise<number>;
    /** Environment of both apps; wins over the house's own. */
    readonly settings?: Readonly<Record<string, string>>;
  } = {},
): Promise<House> {
  const home = mkdtempSync(join(tmpdir(), "kingly-e2e-"));
  const [gatewayPort, orchestratorPort] = await Promise.all([freePort(), freePort()]);
  const url = `http://127.0.0.1:${gatewayPort}`;
  const token = "a-token-for-end-to-end-tests";
  const running = new Map<AppName, ChildProcess>();
  const env = {
    ...process.env,
    KINGLY_HOME: home,
    KINGLY_GATEWAY_PORT: String(gatewayPort),
    KINGLY_ORCHESTRATOR_PORT: String(orchestratorPort),
    KINGLY_TOKEN: token,
    KINGLY_LOG: "warn",
    // Neither a key of this environment nor a model of this machine takes part.
    KINGLY_MODELS: "off",
    ...options.settings,
  };
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      ...init,
      headers: new Headers([...new Headers(init.headers), ["authorization", `Bearer ${token}`]]),
    });

  const farPort = (await options.between?.(orchestratorPort)) ?? orchestratorPort;
  const envOf = (app: AppName): NodeJS.ProcessEnv =>
    app === "gateway" ? { ...env, KINGLY_ORCHESTRATOR_PORT: String(farPort) } : env;

  const house: House = {
    home,
    url,
    token,
    orchestratorPort,
    async start(app) {
      const child = spawn(process.execPath, [join(root, `apps/${app}/src/main.ts`)], {
        env: envOf(app),
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      running.set(app, child);
      const [message] = (await Promise.race([
        once(child, "message"),
        once(child, "exit").then(() => Promise.reject(new Error(`${app} ended before it was ready`))),
      ])) as [{ ready?: boolean }];
      if (message.ready !== true) throw new Error(`${app} said something else than ready`);
    },
    async kill(app) {
      const child = running.get(app);
      running.delete(app);
      if (child === undefined || child.exitCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
    pidOf: (app) => running.get(app)?.pid,
    fetch: request,
    json: async <T>(path: string) => (await (await request(path)).json()) as T,
    async close() {
      await Promise.all([house.kill("gateway"), house.kill("orchestrator")]);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return house;
}

/** Waits until `look` gives something, looking again every 25 ms; fails with `what` after `withinMs`. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false && seen !== null) return seen;
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms for: ${what}`);
    // What is waited for happens in other processes: there is no clock to move.
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
}

/** Reads the lines of the house's whole log. */
export async function readLog(
  house: House,
): Promise<readonly { readonly seq: number; readonly line: string; readonly cid?: string }[]> {
  const rows: { seq: number; line: string; cid?: string }[] = [];
  const response = await house.fetch("/v1/events?after=0");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return rows;
  let text = "";
  let head = Number.POSITIVE_INFINITY;
  while (rows.length < head) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "null") as {
        head?: number;
        line: string;
        cid?: string;
      } | null;
      const seq = /^id: .*:(\d+)$/m.exec(block)?.[1];
      if (/^event: hello$/m.test(block)) head = data?.head ?? 0;
      else if (seq !== undefined && data !== null) rows.push({ ...data, seq: Number(seq) });
    }
  }
  await reader.cancel();
  return rows;
}

/** Reads a file of the house. */
export const readHome = (house: House, path: string): string => readFileSync(join(house.home, path), "utf8");

/** Asks the machine for a port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
