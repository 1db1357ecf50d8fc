import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createLinkClient } from "@kingly/link";
import type { LinkClient } from "@kingly/link";
import { connectWebSocket } from "@kingly/link/node";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { byText, makeHome } from "./harness.ts";

const token = "a-token-for-the-tests-of-main";
let home: string;
let port: number;
const children = new Set<ChildProcess>();
const clients = new Set<LinkClient>();

beforeEach(async () => {
  home = makeHome();
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  ({ port } = probe.address() as AddressInfo);
  probe.close();
  await once(probe, "close");
});
afterEach(async () => {
  for (const client of clients) client.close();
  clients.clear();
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }
  children.clear();
  rmSync(home, { recursive: true, force: true });
});

function launch(): {
  readonly child: ChildProcess;
  readonly ready: () => Promise<void>;
  readonly ended: () => Promise<{ code: number | null; said: string }>;
} {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../src/main.ts")], {
    cwd: home,
    env: {
      ...process.env,
      KINGLY_HOME: home,
      KINGLY_ORCHESTRATOR_PORT: String(port),
      KINGLY_TOKEN: token,
      KINGLY_LOG: "error",
    },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  children.add(child);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const exit = once(child, "exit");
  return {
    child,
    async ready() {
      const first = await Promise.race([once(child, "message"), exit.then(() => undefined)]);
      if (first === undefined) throw new Error(`It ended instead: ${said}`);
    },
    async ended() {
      const [code] = (await exit) as [number | null];
      return { code, said };
    },
  };
}

interface Client {
  readonly client: LinkClient;
  readonly lines: string[];
  readonly refused: Map<string, string>;
}

function connect(workspace = "default"): Client {
  const lines: string[] = [];
  const refused = new Map<string, string>();
  const url = `ws://127.0.0.1:${port}/v1/link?workspace=${workspace}`;
  const client = createLinkClient(
    {
      clock: createSystemClock(),
      random: createSystemRandom(),
      log: createSilentLog(),
      connect: (signal) => connectWebSocket(url, { signal, headers: { authorization: `Bearer ${token}` } }),
    },
    {
      startFrom: "start",
      onEvent: (events) => void lines.push(...events.map((event) => (event.body as { line: string }).line)),
      onResync: () => {},
      onRefused: (id, error) => void refused.set(id, error.code),
    },
  );
  clients.add(client);
  return { client, lines, refused };
}

test("[O1][O15] over the link: commands are said, events come up, malformed ones are refused for good", async () => {
  const { ready } = launch();
  await ready();
  const { client, lines, refused } = connect();
  void client.say("A1", { line: "tc#A1:Build auth", origin: "user", turn: "utt-1" });
  void client.say("A2", { line: "tc:a\0b\ud800", origin: "user", turn: "x".repeat(5000) });
  void client.say("A3", { line: "tc:x", origin: "god" });
  void client.say("A4_x", { line: "tc:x", origin: "user" });
  void client.say("A5", { line: 5, origin: "user" });
  await expect.poll(() => lines.some((line) => line.startsWith("tr#A1:task_A1")), { timeout: 60_000 }).toBe(true);
  await expect
    .poll(() => [...refused.entries()].toSorted(byText))
    .toEqual([
      ["A3", "invalid_command"],
      ["A4_x", "invalid_command"],
      ["A5", "invalid_command"],
    ]);
  await expect.poll(() => lines.some((line) => line.startsWith("er#A2:")), { timeout: 60_000 }).toBe(true);
});

test("[O16][O20] hostile memories and workspaces do not break the link", async () => {
  const { ready } = launch();
  await ready();
  const { client, lines } = connect();
  void client.say("M1", { line: "ms#M1:a|{constructor:{x:1}}", origin: "user" });
  void client.say("M2", { line: `ms#M2:b|a${'"'.repeat(29_000)}`, origin: "user" });
  await expect.poll(() => lines.filter((line) => line.startsWith("me#")).length, { timeout: 60_000 }).toBe(2);
  const answer = await client.ask("memory", { limit: 1 });
  expect(answer).toMatchObject({ ok: true });
  // The first search of a process may take longer than an answer may where others have the cores: it is asked again.
  await expect.poll(() => client.ask("memory", { q: "a" }), { timeout: 60_000 }).toMatchObject({ ok: true });
  expect(await client.ask("memory", { asOf: "20 26" })).toMatchObject({ ok: false, error: { code: "invalid_query" } });
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect(response.status).toBe(200);

  const refused = connectWebSocket(`ws://127.0.0.1:${port}/v1/link?workspace=_x`, {
    signal: AbortSignal.timeout(5000),
    headers: { authorization: `Bearer ${token}` },
  });
  await expect(refused).rejects.toThrow(/400/);
});

test("[O19][O1] after kill -9 it starts on the same home, and what was said again has no second effect", async () => {
  const first = launch();
  await first.ready();
  const { client, lines } = connect();
  void client.say("A1", { line: "tc#A1:Build auth", origin: "user" });
  await expect.poll(() => lines.length, { timeout: 60_000 }).toBe(5);
  first.child.kill("SIGKILL");
  await first.ended();
  await launch().ready();
  const again = connect();
  void again.client.say("A1", { line: "tc#A1:Build auth", origin: "user" });
  void again.client.say("A2", { line: "tc#A2:Buy milk", origin: "user" });
  await expect.poll(() => again.lines.at(-1), { timeout: 60_000 }).toMatch(/^tr#A2/);
  expect(again.lines.slice(0, 5)).toEqual(lines.slice(0, 5));
  expect(again.lines).toHaveLength(10);
});

test("[O18] a broken settings file ends the start with 78 and one sentence with its path", async () => {
  writeFileSync(join(home, "kingly.config.json"), "{");
  const { code, said } = await launch().ended();
  expect(code).toBe(78);
  expect(said.trimEnd().split("\n")).toEqual([expect.stringContaining(join(home, "kingly.config.json"))]);
});

test("[O18] a port that is taken, and a home that is worked in, end the start with 78 and what to do", async () => {
  await launch().ready();
  const second = await launch().ended();
  expect(second).toMatchObject({ code: 78, said: expect.stringContaining("already runs here") });
  const other = home;
  home = makeHome();
  const third = await launch().ended();
  expect(third).toMatchObject({ code: 78, said: expect.stringContaining("set KINGLY_ORCHESTRATOR_PORT") });
  rmSync(home, { recursive: true, force: true });
  home = other;
});

test("[O17] readiness and metrics answer while it works", async () => {
  const { child, ready, ended } = launch();
  await ready();
  const readiness = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as {
    ready: boolean;
    checks: { name: string }[];
  };
  expect(readiness.ready).toBe(true);
  expect(readiness.checks.map((check) => check.name)).toEqual([
    "orchestrator database",
    "planner rules",
    "mcp memory",
    "mcp files",
  ]);
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect(await metrics.text()).toContain('kingly_jobs{status="pending"} 0');
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(401);
  child.kill("SIGTERM");
  expect(await ended()).toMatchObject({ code: 0, said: "" });
});
