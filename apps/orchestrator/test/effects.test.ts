import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openHouse } from "./harness.ts";
import type { House } from "./harness.ts";
import { slowServer, writeWorkflow } from "./slow-house.ts";
import type { SlowServer } from "./slow-house.ts";

const base = mkdtempSync(join(tmpdir(), "kingly-effects-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const fixture = join(import.meta.dirname, "fixtures/run-until.ts");

const readBack = "readBack: { tool: ledger, contains: 'effect \"money\"' }";

/** Writes a workflow of one call, begins it in a process of its own, and kills that when the call has arrived. */
async function killInCall(name: string, tool: string, more: string): Promise<{ home: string; slow: SlowServer }> {
  const home = join(base, name);
  const slow = slowServer(home);
  const step = `{ id: pay, kind: mcp, server: slow, tool: ${tool}, with: { tag: money }${more === "" ? "" : `, ${more}`} }`;
  writeWorkflow(
    home,
    "pay.yaml",
    `id: pay\nname: Pay\nsteps:\n  - ${step}\noutputs: { got: "\${steps.pay.output}" }\n`,
  );
  const child = spawn(process.execPath, [fixture, home, "wf#W1:pay"], { stdio: ["ignore", "ignore", "inherit"] });
  const exit = once(child, "exit");
  await expect.poll(() => slow.calls().includes(`${tool} "money"`), { timeout: 60_000 }).toBe(true);
  child.kill("SIGKILL");
  await exit;
  return { home, slow };
}

/** Lives on after the kill, until nothing is left to do. */
async function goOn({
  home,
  slow,
}: {
  home: string;
  slow: SlowServer;
}): Promise<{ house: House; calls: readonly string[] }> {
  slow.release();
  const house = await openHouse({ home, mcpServers: { slow: slow.entry } });
  await house.idle();
  await house.close();
  return { house, calls: slow.calls() };
}

describe(
  "kill -9 between the effect of a call and its commit, with a real server that counts",
  { timeout: 120_000 },
  () => {
    test("[O12][O36] without a way to read it back it ends as unknown, told with what to do, and is made once", async () => {
      const { house, calls } = await goOn(await killInCall("unknown", "charge", ""));
      expect(calls.filter((call) => call === 'effect "money"')).toHaveLength(1);
      expect(calls.filter((call) => call.startsWith("charge"))).toHaveLength(1);
      const reopened = await openHouse({ home: house.home, works: false });
      expect(reopened.linesOf("W1").at(-1)).toMatch(
        /^er#W1:workflow_failed\|Pay failed at pay: .*nobody knows whether it took effect.*\|Mend the cause, then say: retry run_W1$/,
      );
      expect(reopened.linesOf("W1")).toContain("su#W1:run_W1.pay|unknown|1");
      expect(reopened.back.store.runs.get("default", "run_W1")?.state).toMatchObject({
        steps: { pay: { status: "failed", error: { code: "unknown" } } },
      });
      await reopened.close();
    });

    test("[O36] read back and found, the step completes with what was read, and the effect is there once", async () => {
      const { house, calls } = await goOn(await killInCall("found", "charge", readBack));
      expect(calls.filter((call) => call === 'effect "money"')).toHaveLength(1);
      const reopened = await openHouse({ home: house.home, works: false });
      expect(reopened.back.store.runs.get("default", "run_W1")).toMatchObject({
        status: "completed",
        state: { outputs: { got: { readBack: true, text: expect.stringContaining('effect "money"') } } },
      });
      await reopened.close();
    });

    test("[O36] read back and missing, the call is made, and the effect is there once", async () => {
      const { calls } = await goOn(await killInCall("missing", "promise", readBack));
      expect(calls.filter((call) => call === 'promise "money"')).toHaveLength(2);
      expect(calls.filter((call) => call === 'effect "money"')).toHaveLength(1);
    });

    test("[O36] what cannot be read back stays unknown, and says why", async () => {
      const { house, calls } = await goOn(
        await killInCall("unread", "charge", "readBack: { server: nowhere, tool: ledger, contains: x }"),
      );
      expect(calls.filter((call) => call === 'effect "money"')).toHaveLength(1);
      const reopened = await openHouse({ home: house.home, works: false });
      expect(reopened.linesOf("W1").at(-1)).toMatch(/nobody knows.*Reading it back by nowhere\.ledger failed:/);
      await reopened.close();
    });

    test("[O36] a tool whose server says that it may be repeated is called again", async () => {
      const { house, calls } = await goOn(await killInCall("hinted", "keep", ""));
      expect(calls.filter((call) => call === 'keep "money"')).toHaveLength(2);
      const reopened = await openHouse({ home: house.home, works: false });
      expect(reopened.back.store.runs.get("default", "run_W1")?.status).toBe("completed");
      await reopened.close();
    });
  },
);

test("[O22][O36] a call whose time is over is read back too", async () => {
  const home = join(base, "late");
  const slow = slowServer(home);
  const house = await openHouse({ home, mcpServers: { slow: slow.entry } });
  const step = `{ id: pay, kind: mcp, server: slow, tool: charge, timeoutMs: 500, with: { tag: money }, ${readBack} }`;
  writeWorkflow(home, "pay.yaml", `id: pay\nname: Pay\nsteps:\n  - ${step}\n`);
  await house.servers.start();
  await house.say("wf#W1:pay");
  await house.idle();
  expect(house.back.store.runs.get("default", "run_W1")?.status).toBe("completed");
  expect(slow.calls().filter((call) => call === 'effect "money"')).toHaveLength(1);
  await house.close();
});
