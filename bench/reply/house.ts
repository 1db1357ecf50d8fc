import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OrchestratorFate } from "./options.ts";
import type { SideKind } from "./plan.ts";
import { cpuBetween, readProcessCpu } from "./process-cpu.ts";
import { freePort, startProcess } from "./started-process.ts";
import type { StartedProcess } from "./started-process.ts";

/** The servers of one bench: Kingly's two apps in a home of their own, and the echoes. */
export interface House {
  readonly gateway: StartedProcess;
  readonly orchestrator: StartedProcess;
  readonly echoes: ReadonlyMap<SideKind, StartedProcess>;
  /** Where each side listens: `127.0.0.1:7700`. */
  hostOf(kind: SideKind): string;
  readonly token: string;
  /** Waits until the apps have done what the last round left them: the next side must not pay for it. */
  calm(): Promise<void>;
  /** Does to the orchestrator what the bench was asked for. */
  meet(fate: OrchestratorFate): void;
  /** Lets a frozen orchestrator go on. Resolves with the milliseconds until nothing waits for it any more. */
  recover(): Promise<number>;
  /** Reads the gateway's p99 and longest delay of its event loop since the last reading, in milliseconds. */
  loopDelay(): Promise<{ readonly p99Ms: number; readonly maxMs: number }>;
  /** The last lines that the servers wrote, for when something went wrong. */
  lastWords(): string;
  /** Stops all three and removes their folder. */
  close(): Promise<void>;
}

/** How a house is opened. */
export interface HouseOptions {
  readonly rivals: readonly SideKind[];
  readonly profile: string | undefined;
  /** With a front model whose answers take so long. Milliseconds; undefined: without one. */
  readonly modelDelayMs?: number | undefined;
}

/** Starts the real apps, and the echo servers beside them. */
export async function openHouse(options: HouseOptions): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-bench-reply-"));
  const started: StartedProcess[] = [];
  const close = async (): Promise<void> => {
    // The gateway first: it would only complain about an orchestrator that is gone.
    for (const server of started.toReversed()) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (name: string, file: string, more: Partial<Parameters<typeof startProcess>[1]> = {}) => {
    const server = await startProcess(resolve(import.meta.dirname, file), {
      cwd: folder,
      logPath: join(folder, `${name}.log`),
      ...more,
    });
    started.push(server);
    return server;
  };
  try {
    const [gatewayPort, orchestratorPort] = [await freePort(), await freePort()];
    const env = {
      KINGLY_HOME: join(folder, "home"),
      KINGLY_GATEWAY_PORT: String(gatewayPort),
      KINGLY_ORCHESTRATOR_PORT: String(orchestratorPort),
    };
    const nodeOptions =
      options.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${resolve(options.profile)}`];
    const hosts = new Map<SideKind, string>([["kingly", `127.0.0.1:${gatewayPort}`]]);
    const echoes = new Map<SideKind, StartedProcess>();
    for (const rival of options.rivals) {
      const port = await freePort();
      hosts.set(rival, `127.0.0.1:${port}`);
      const name = `echo-${rival.replace(".", "-")}`;
      echoes.set(rival, await start(name, `${name}.ts`, { parameters: [String(port)] }));
    }
    if (options.modelDelayMs !== undefined) {
      mkdirSync(env.KINGLY_HOME, { recursive: true });
      const script = [{ reply: "I have read that and passed it on.", delayMs: options.modelDelayMs }];
      writeFileSync(join(env.KINGLY_HOME, "kingly.config.json"), JSON.stringify({ frontModel: { script } }));
    }
    const orchestrator = await start("orchestrator", "../../apps/orchestrator/src/main.ts", { env, nodeOptions });
    const gateway = await start("gateway", "../../apps/gateway/src/main.ts", { env, nodeOptions });
    const token = readFileSync(join(env.KINGLY_HOME, "token"), "utf8").trim();
    const gatewayHttp = `http://127.0.0.1:${gatewayPort}`;
    return {
      gateway,
      orchestrator,
      echoes,
      hostOf: (kind) => hosts.get(kind) ?? "",
      token,
      calm: () => waitForCalm([gateway.pid, orchestrator.pid]),
      meet(fate) {
        if (fate === "frozen") orchestrator.signal("SIGSTOP");
        if (fate === "killed") orchestrator.signal("SIGKILL");
      },
      async recover() {
        const from = performance.now();
        orchestrator.signal("SIGCONT");
        for (; performance.now() - from < 120_000; await sleep(100)) {
          if ((await waitingCommands(gatewayHttp, token)) === 0) return performance.now() - from;
        }
        throw new Error("Commands still wait for the orchestrator 2 minutes after it went on.");
      },
      async loopDelay() {
        const text = await readMetrics(gatewayHttp, token);
        const of = (name: string): number => Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]) * 1000;
        return { p99Ms: of("kingly_event_loop_delay_p99_seconds"), maxMs: of("kingly_event_loop_delay_max_seconds") };
      },
      lastWords: () =>
        globSync("*.log", { cwd: folder })
          .map((name) => `-- ${name}\n${readFileSync(join(folder, name), "utf8").slice(-1500)}`)
          .join("\n"),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Resolves when the processes together use less than a tenth of a core, at the latest after 30 s. */
async function waitForCalm(pids: readonly number[]): Promise<void> {
  const windowMs = 300;
  for (let look = 0; look < 100; look += 1) {
    const before = pids.map(readProcessCpu);
    await sleep(windowMs);
    const usedUs = pids.reduce((sum, pid, at) => {
      const used = cpuBetween(before[at], readProcessCpu(pid));
      return sum + (used === undefined ? 0 : used.mainUs + used.othersUs);
    }, 0);
    if (usedUs < windowMs * 100) return;
  }
}

async function readMetrics(gateway: string, token: string): Promise<string> {
  const response = await fetch(`${gateway}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  return response.text();
}

async function waitingCommands(gateway: string, token: string): Promise<number> {
  const text = await readMetrics(gateway, token);
  let waiting = 0;
  for (const [, value] of text.matchAll(/^kingly_waiting_commands\{.*\} (\d+)$/gm)) waiting += Number(value);
  return waiting;
}
