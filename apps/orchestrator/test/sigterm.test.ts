import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeHome, openHouse } from "./harness.ts";
import { slowServer, writeWorkflow } from "./slow-house.ts";

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function startMain(home: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../src/main.ts")], {
    env: {
      ...process.env,
      KINGLY_HOME: home,
      KINGLY_ORCHESTRATOR_PORT: String(await freePort()),
      KINGLY_TOKEN: "a-token-for-a-test",
      KINGLY_LOG: "silent",
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  return child;
}

test(
  "[O11][O12] SIGTERM while a workflow runs: its state is kept, the attempt is not used, and the next process goes on",
  { timeout: 180_000 },
  async () => {
    const home = makeHome();
    const slow = slowServer(home);
    writeFileSync(join(home, "kingly.config.json"), JSON.stringify({ mcpServers: { slow: slow.entry } }));
    writeWorkflow(
      home,
      "calls.yaml",
      `id: calls
name: Calls
steps:
  - { id: first, kind: mcp, server: slow, tool: wait, idempotent: true, with: { tag: first } }
  - { id: rest, kind: wait, signal: never, timeoutMs: 86400000 }
  - { id: second, kind: mcp, server: slow, tool: quick, needs: [first], with: { tag: second } }
`,
    );
    let house = await openHouse({ home, works: false });
    await house.say("wf#W1:calls");
    await house.close();

    const first = await startMain(home);
    await expect.poll(() => slow.calls().includes('wait "first"'), { timeout: 60_000 }).toBe(true);
    const exit = once(first, "exit");
    first.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);

    house = await openHouse({ home, works: false });
    const step = house.back.queue
      .list({ workspaceId: "default", type: "workflow_step" })
      .items.find(({ payload }) => JSON.stringify(payload).includes('"first"'));
    expect(step).toMatchObject({ status: "pending", attempt: 0 });
    expect(house.back.queue.attempts(step?.id ?? 0)).toMatchObject([{ outcome: "released" }]);
    expect(house.back.store.runs.get("default", "run_W1")).toMatchObject({
      status: "running",
      state: {
        steps: { first: { status: "running", attempt: 1 }, rest: { status: "waiting" }, second: { status: "pending" } },
      },
    });
    await house.close();

    slow.release();
    const second = await startMain(home);
    await expect.poll(() => slow.calls().includes('quick "second"'), { timeout: 60_000 }).toBe(true);
    const end = once(second, "exit");
    second.kill("SIGTERM");
    expect(await end).toEqual([0, null]);
    house = await openHouse({ home, works: false });
    expect(house.told().filter(({ line }) => line === "su#W1:run_W1.first|completed|1")).toHaveLength(1);
    await house.close();
    rmSync(home, { recursive: true, force: true });
  },
);
