import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processIsAlive } from "@kingly/home";
import { afterEach, describe, expect, test } from "vitest";
import { freePort, root, until } from "./house.ts";

interface Start {
  readonly home: string;
  readonly url: string;
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  exit(): Promise<number | null>;
  pidOf(app: "gateway" | "orchestrator" | "start"): number;
}

interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly why?: string }[];
}

const starts: Start[] = [];
const homes: string[] = [];

/** A home whose path has what trips up careless programs: a space and letters beyond ASCII. */
function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), "kingly start é-"));
  homes.push(home);
  return home;
}

async function start(
  options: {
    readonly home?: string;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Start> {
  const home = options.home ?? makeHome();
  const [gatewayPort, orchestratorPort] = await Promise.all([freePort(), freePort()]);
  const { npm_lifecycle_event: _, KINGLY_TOKEN: __, KINGLY_DATABASE: ___, ...inherited } = process.env;
  const env = {
    ...inherited,
    KINGLY_HOME: home,
    KINGLY_GATEWAY_PORT: String(gatewayPort),
    KINGLY_ORCHESTRATOR_PORT: String(orchestratorPort),
    ...options.env,
  };
  const child = spawn(process.execPath, [join(root, "tools/start/main.ts"), ...(options.args ?? [])], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const exit = once(child, "close").then(([code]) => code as number | null);
  const started: Start = {
    home,
    url: `http://127.0.0.1:${env.KINGLY_GATEWAY_PORT}`,
    child,
    out: () => out,
    err: () => err,
    exit: () => exit,
    pidOf: (app) => readPid(home, app),
  };
  starts.push(started);
  return started;
}

const urlLines = (text: string): string[] => text.split("\n").filter((line) => line.includes("#token="));

async function startReady(options: Parameters<typeof start>[0] = {}): Promise<Start> {
  const started = await start(options);
  await until("the URL", () => {
    if (started.child.exitCode !== null) throw new Error(`start ended: ${started.out()}${started.err()}`);
    return urlLines(started.out())[0];
  });
  return started;
}

const answers = async (url: string): Promise<number | undefined> =>
  (await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined))?.status;
const isGone = (pid: number): true | undefined => (processIsAlive(pid) ? undefined : true);
/** Reads a pid file; 0, which no process has, when there is none. */
const readPid = (home: string, name: string): number => {
  try {
    return Number(readFileSync(join(home, `run/${name}.pid`), "utf8"));
  } catch {
    return 0;
  }
};
const pidFiles = (home: string): string[] => readdirSync(join(home, "run")).filter((name) => /pid|claim/.test(name));

afterEach(async () => {
  const ended = starts.splice(0);
  for (const { child } of ended) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "close");
  }
  // The apps leave by themselves; the home must not be taken from under them.
  for (const { home } of ended) {
    for (const app of ["gateway", "orchestrator"]) await until(`${app} to leave`, () => isGone(readPid(home, app)));
  }
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

describe("start", () => {
  test("prints one URL when both apps answer, and stops both with exit code 0", async () => {
    const kingly = await startReady();
    const token = readFileSync(join(kingly.home, "token"), "utf8").trim();
    expect(urlLines(kingly.out())).toEqual([expect.stringContaining(`${kingly.url}/#token=${token}`)]);
    // Not a terminal: nothing but words.
    expect(kingly.out()).not.toContain("\u001B");
    expect(kingly.out()).toContain(kingly.home);
    expect(kingly.out()).toContain("rules, no model needed");
    expect(await answers(`${kingly.url}/healthz`)).toBe(200);
    expect(await answers(`${kingly.url}/`)).toBe(200);
    const pids = [kingly.pidOf("gateway"), kingly.pidOf("orchestrator")];
    kingly.child.kill("SIGTERM");
    expect(await kingly.exit()).toBe(0);
    expect(pids.map(isGone)).toEqual([true, true]);
    expect(pidFiles(kingly.home)).toEqual([]);
    expect(readFileSync(join(kingly.home, "run/gateway.log"), "utf8")).toContain('"msg":"listening"');
    expect(readFileSync(join(kingly.home, "run/orchestrator.log"), "utf8")).toContain('"msg":"listening"');
    expect(kingly.err()).toBe("");
  });

  test.each(["SIGINT", "SIGHUP"] as const)("%s stops it with exit code 0", async (signal) => {
    const kingly = await startReady({ args: ["--no-page"] });
    kingly.child.kill(signal);
    expect(await kingly.exit()).toBe(0);
    expect(pidFiles(kingly.home)).toEqual([]);
  });

  test("a second Ctrl-C does not wait for an app that is frozen", async () => {
    const kingly = await startReady({ args: ["--no-page"] });
    const pid = kingly.pidOf("orchestrator");
    process.kill(pid, "SIGSTOP");
    kingly.child.kill("SIGINT");
    await until("the first one to be heard", () => kingly.out().includes("Stopping") || undefined);
    kingly.child.kill("SIGINT");
    expect(await kingly.exit()).toBe(130);
    await until("the frozen app to be gone", () => isGone(pid));
  });

  test("an app that was killed is started again, and said so in one line", async () => {
    const kingly = await startReady();
    const before = { gateway: kingly.pidOf("gateway"), orchestrator: kingly.pidOf("orchestrator") };
    process.kill(before.gateway, "SIGKILL");
    await until("the word of it", () => kingly.err().includes("The gateway ended (killed by SIGKILL)") || undefined);
    await until("the page again", async () => (await answers(`${kingly.url}/`)) === 200 || undefined);
    expect(kingly.pidOf("gateway")).not.toBe(before.gateway);
    process.kill(before.orchestrator, "SIGKILL");
    const readyAgain = async (): Promise<true | undefined> =>
      (kingly.err().includes("The orchestrator ended (killed by SIGKILL)") &&
        (await answers(`${kingly.url}/readyz`)) === 200) ||
      undefined;
    await until("both apps joined again", readyAgain);
    expect(kingly.err().trim().split("\n")).toHaveLength(2);
    expect(urlLines(kingly.out())).toHaveLength(1);
  });

  test("when start itself is killed both apps leave", async () => {
    const kingly = await startReady({ args: ["--no-page"] });
    const pids = [kingly.pidOf("gateway"), kingly.pidOf("orchestrator")];
    kingly.child.kill("SIGKILL");
    await until("both apps to be gone", () => pids.every(isGone) || undefined);
  });

  test("waits for an app of a killed start that is slow to leave", async () => {
    const kingly = await startReady({ args: ["--no-page"] });
    const pid = kingly.pidOf("orchestrator");
    process.kill(pid, "SIGSTOP");
    kingly.child.kill("SIGKILL");
    await kingly.exit();
    const next = await start({ home: kingly.home, args: ["--no-page"] });
    await until("the word of it", () => next.out().includes("Waiting") || undefined);
    expect(urlLines(next.out())).toEqual([]);
    process.kill(pid, "SIGCONT");
    await until("the URL", () => urlLines(next.out())[0]);
    expect(next.err()).toBe("");
  });

  // Each stands for a program that does not hand signals on: npx above, pnpm below.
  test.each(["pnpm", "npx above it"])("everything stops when the package manager dies: %s", async (victim) => {
    const home = makeHome();
    const [gatewayPort, orchestratorPort] = await Promise.all([freePort(), freePort()]);
    const holder = (title: string, args: readonly string[]): string =>
      `process.title = ${JSON.stringify(title)};
       const child = require("node:child_process").spawn(process.execPath, ${JSON.stringify(args)}, { stdio: "inherit" });
       console.log("holds " + child.pid);
       setInterval(() => {}, 1e6);`;
    const inner = ["-e", holder("pnpm start", [join(root, "tools/start/main.ts"), "--no-page"])];
    const outer = spawn(process.execPath, ["-e", holder("npm exec pnpm start", inner)], {
      cwd: root,
      env: {
        ...process.env,
        npm_lifecycle_event: "start",
        KINGLY_HOME: home,
        KINGLY_GATEWAY_PORT: String(gatewayPort),
        KINGLY_ORCHESTRATOR_PORT: String(orchestratorPort),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    outer.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    await until("the URL", () => urlLines(out)[0]);
    const innerPid = Number(/holds (\d+)/.exec(out)?.[1]);
    try {
      process.kill(victim === "pnpm" ? innerPid : (outer.pid ?? 0), "SIGKILL");
      await until("all to leave", () => pidFiles(home).length === 0 || undefined);
    } finally {
      for (const pid of [innerPid, outer.pid ?? 0, readPid(home, "start")]) {
        if (pid > 0 && processIsAlive(pid)) process.kill(pid, "SIGKILL");
      }
    }
  });

  test("a changed source starts its app again, and only that one", async () => {
    const kingly = await startReady({ args: ["--watch", "--no-page"] });
    const before = { gateway: kingly.pidOf("gateway"), orchestrator: kingly.pidOf("orchestrator") };
    const now = new Date();
    utimesSync(join(root, "apps/gateway/src/main.ts"), now, now);
    await until("a new gateway", () => {
      const pid = kingly.pidOf("gateway");
      return (pid !== 0 && pid !== before.gateway) || undefined;
    });
    await until("its answer", async () => (await answers(`${kingly.url}/healthz`)) === 200 || undefined);
    expect(kingly.pidOf("orchestrator")).toBe(before.orchestrator);
    expect(kingly.err()).toBe("");
  });
});

describe("start ends with exit code 1 and one sentence", () => {
  const refused = async (
    options: Parameters<typeof start>[0],
    ...words: readonly (string | RegExp)[]
  ): Promise<Start> => {
    const kingly = await start(options);
    expect(await kingly.exit()).toBe(1);
    const said = kingly.err().trim().split("\n");
    expect(said).toHaveLength(1);
    for (const word of words) expect(said[0]).toMatch(word);
    expect(kingly.out()).not.toContain("#token=");
    return kingly;
  };

  test.each([
    ["gateway", "KINGLY_GATEWAY_PORT"],
    ["orchestrator", "KINGLY_ORCHESTRATOR_PORT"],
  ])("when the port of the %s is busy", async (_, setting) => {
    const server = createServer();
    const port = await freePort();
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    try {
      const kingly = await refused({ env: { [setting]: String(port) } }, String(port), setting);
      expect(pidFiles(kingly.home)).toEqual([]);
    } finally {
      server.close();
    }
  });

  test("when a setting cannot be used", async () => {
    await refused({ env: { KINGLY_GATEWAY_PORT: "many" } }, "KINGLY_GATEWAY_PORT", "many");
  });

  test("when the token is too short", async () => {
    await refused({ env: { KINGLY_TOKEN: "short" } }, "KINGLY_TOKEN", "16");
  });

  test("when a file stands where the home should be", async () => {
    const home = join(makeHome(), "file");
    writeFileSync(home, "");
    await refused({ home }, home, "KINGLY_HOME");
  });

  // Folders where nobody may make one, not even root.
  test.runIf(existsSync("/proc/self")).each(["/proc/kingly", "/sys/kingly/deeper"])(
    "when the home %s cannot be made",
    async (home) => {
      await refused({ home }, home.slice(0, 9), "KINGLY_HOME");
    },
  );

  test("when kingly.config.json of the home is broken", async () => {
    const home = makeHome();
    const path = join(home, "kingly.config.json");
    writeFileSync(path, '{ "mcpServers": ');
    await refused({ home }, path, "mend it");
  });

  test("when it runs already in this home", async () => {
    const first = await startReady({ args: ["--no-page"] });
    await refused({ home: first.home }, "already runs", first.url, String(first.pidOf("start")));
    expect(await answers(`${first.url}/healthz`)).toBe(200);
  });

  test("when a flag is unknown", async () => {
    await refused({ args: ["--fast"] }, "--fast", "--help");
  });
});

describe("start goes on", () => {
  const checkOf = async (url: string, named: RegExp): Promise<Readiness["checks"][number]> =>
    until(`a check ${named}`, async () => {
      const readiness = (await (await fetch(`${url}/readyz`)).json()) as Readiness;
      return readiness.checks.find((check) => named.test(check.name) && !check.ok);
    });

  test("with a broken workflow file, which is named with its line", async () => {
    const home = makeHome();
    mkdirSync(join(home, "workflows"));
    writeFileSync(join(home, "workflows/broken.yaml"), "id: broken\nname: Broken\nsteps:\n  - id: [\n");
    const kingly = await startReady({ home, args: ["--no-page"] });
    expect((await checkOf(kingly.url, /workflow/)).why).toMatch(/broken\.yaml:\d+:\d+/);
    expect(await answers(`${kingly.url}/readyz`)).toBe(200);
    await until("the word of it", () => /broken\.yaml:\d+:\d+/.test(kingly.err()) || undefined);
  });

  test("with an MCP server that does not exist, which is named with what to do", async () => {
    const home = makeHome();
    const config = { mcpServers: { ghost: { command: "kingly-no-such-command" } } };
    writeFileSync(join(home, "kingly.config.json"), JSON.stringify(config));
    const kingly = await startReady({ home, args: ["--no-page"] });
    const { why } = await checkOf(kingly.url, /ghost/);
    expect(why).toContain("kingly-no-such-command");
    expect(why).toMatch(/install|check|set|path/i);
    expect(await answers(`${kingly.url}/readyz`)).toBe(200);
  });

  test("with help, which names every setting and starts nothing", async () => {
    const home = join(makeHome(), "none");
    const kingly = await start({ home, args: ["--help"] });
    expect(await kingly.exit()).toBe(0);
    for (const word of ["Usage", "KINGLY_HOME", "KINGLY_GATEWAY_PORT", "KINGLY_ORCHESTRATOR_PORT", "KINGLY_TOKEN"]) {
      expect(kingly.out()).toContain(word);
    }
    for (const word of ["KINGLY_DATABASE", "KINGLY_LOG", "--watch", "--no-page", "Examples"]) {
      expect(kingly.out()).toContain(word);
    }
    expect(existsSync(home)).toBe(false);
  });
});
