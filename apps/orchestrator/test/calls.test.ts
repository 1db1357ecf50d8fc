import { afterEach, beforeEach, expect, test } from "vitest";
import { endHouse, makeHome, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";
import { callWorkflow, slowServer, writeWorkflow } from "./slow-house.ts";
import type { SlowServer } from "./slow-house.ts";

let house: House;
let slow: SlowServer;
const open = async (home: string): Promise<void> => {
  slow = slowServer(home);
  house = await openHouse({
    home,
    mcpServers: { slow: slow.entry, missing: { command: "/no/such/program", startTimeoutMs: 2000 } },
  });
};
beforeEach(async () => {
  const home = makeHome();
  writeWorkflow(home, "once.yaml", callWorkflow("once", false));
  writeWorkflow(home, "again.yaml", callWorkflow("again", true));
  await open(home);
});
afterEach(() => endHouse(house));

/** Resolves once the slow server has had so many calls. */
const called = (count: number): Promise<unknown> =>
  expect.poll(() => slow.calls().filter((line) => line.startsWith("wait")).length, { timeout: 60_000 }).toBe(count);

test("[O10] cancel in the middle of a slow call: it is aborted, recorded, and nothing more starts", async () => {
  await house.say("wf#W1:again");
  await called(1);
  await house.say("ca#C1:run_W1|no longer wanted");
  await house.idle();
  await expect.poll(() => slow.calls().includes("cancelled")).toBe(true);
  expect(house.linesOf("C1")).toEqual([
    "su#C1:run_W1:cancel|queued|0",
    "su#C1:run_W1.second|skipped|1",
    "su#C1:run_W1.first|failed|1",
    "su#C1:run_W1|cancelled|1",
    "su#C1:run_W1:cancel|completed|1",
  ]);
  slow.release();
  expect(slow.calls().some((line) => line.startsWith("quick"))).toBe(false);
  expect(house.back.store.runs.get("default", "run_W1")).toMatchObject({
    status: "cancelled",
    state: { steps: { first: { status: "failed", error: { code: "cancelled" } }, second: { status: "skipped" } } },
  });
  expect(house.back.queue.counts()).toMatchObject({ pending: 0, running: 0, cancelled: 1 });
});

test("[O10][O12] a call that may not be repeated and was running when its run was cancelled ends as unknown", async () => {
  await house.say("wf#W1:once");
  await called(1);
  await house.say("ca#C1:run_W1");
  await house.idle();
  expect(house.back.store.runs.get("default", "run_W1")?.state).toMatchObject({
    steps: { first: { status: "failed", error: { code: "unknown" } } },
  });
});

test("[O10] cancel in the middle of a wait step: its job leaves the queue at once", async () => {
  writeWorkflow(
    house.home,
    "year.yaml",
    `
id: year
name: A year
steps:
  - { id: rest, kind: wait, durationMs: 31536000000 }
  - { id: then, kind: task, needs: [rest], with: { tasks: [Wake up] } }
`,
  );
  await house.say("wf#W1:year");
  await house.until("the wait", (told) => told.some(({ line }) => line.startsWith("su#W1:run_W1.rest|waiting")));
  expect(house.back.queue.counts().pending).toBe(1);
  await house.say("ca#C1:run_W1");
  expect(house.back.queue.counts()).toMatchObject({ pending: 0, running: 0 });
  expect(house.back.store.runs.get("default", "run_W1")).toMatchObject({ status: "cancelled", progress: 1 });
  expect((await house.back.store.tasks.list("default")).items).toEqual([]);
  await house.say("ca#C2:run_W1");
  expect(house.linesOf("C2")).toEqual([expect.stringMatching(/^er#C2:already_over\|run_W1 is cancelled/)]);
});

test("[O10] a run cancelled before it began never begins", async () => {
  await house.close();
  house = await openHouse({ home: house.home, works: false });
  await house.say("wf#W1:once");
  await house.say("ca#C1:run_W1");
  house.work();
  await house.idle();
  expect(house.back.store.runs.get("default", "run_W1")).toMatchObject({ status: "cancelled" });
  expect(house.told().filter(({ line }) => line.includes("run_W1."))).toEqual([]);
});

test("[O11] told to stop in the middle of a call that may be repeated, it goes on after the restart", async () => {
  await house.say("wf#W1:again");
  await called(1);
  await house.close();
  await open(house.home);
  await called(2);
  slow.release();
  await house.until("the end", (told) => told.some(({ line }) => line.startsWith("tc#W1:run_W1|success")));
  expect(house.told().filter(({ line }) => line === "su#W1:run_W1.first|completed|1")).toHaveLength(1);
});

test("[O12] told to stop in the middle of a call that may not be repeated, it says unknown and never calls again", async () => {
  await house.say("wf#W1:once");
  await called(1);
  await house.close();
  await open(house.home);
  await house.idle();
  const end = house.linesOf("W1").at(-1);
  expect(end).toMatch(/^er#W1:workflow_failed\|once failed at first: .*nobody knows whether it took effect/);
  expect(house.back.store.runs.get("default", "run_W1")?.state).toMatchObject({
    steps: { first: { error: { code: "unknown" } } },
  });
  expect(slow.calls().filter((line) => line.startsWith("wait"))).toHaveLength(1);
});

test("[O17] a missing server fails its step with what to do, is told by readiness, and others go on", async () => {
  writeWorkflow(
    house.home,
    "lost.yaml",
    "id: lost\nname: Lost\nsteps:\n  - { id: call, kind: mcp, server: missing, tool: any }\n",
  );
  await house.say("wf#W1:lost");
  await house.say("tc#A1:Fix the typo");
  await house.idle();
  expect(house.linesOf("W1").at(-1)).toMatch(
    /^er#W1:workflow_failed\|Lost failed at call: .*\/no\/such\/program was not found\. Install it, or correct command/,
  );
  expect(house.linesOf("A1").at(-1)).toMatch(/^tr#A1:/);
  expect(await house.ask("readiness")).toContainEqual({
    name: "mcp missing",
    ok: false,
    optional: true,
    why: expect.stringMatching(/not found.*Install it/),
  });
});

test("[O11] an output that no row may hold ends its step, told once, and not the job", async () => {
  writeWorkflow(
    house.home,
    "deep.yaml",
    `
id: deep
name: Deep
steps:
  - { id: call, kind: mcp, server: slow, tool: deep }
  - { id: aside, kind: mcp, server: slow, tool: quick }
`,
  );
  await house.say("wf#W1:deep");
  await house.idle();
  expect(house.back.store.runs.get("default", "run_W1")).toMatchObject({
    status: "failed",
    state: { steps: { call: { error: { code: "unkeepable" } } } },
  });
  // The other step was in flight when the run failed: its end is recorded, the run's is not told again.
  expect(house.linesOf("W1").filter((line) => line.startsWith("er#"))).toHaveLength(1);
  expect(slow.calls().filter((line) => line.startsWith("deep"))).toHaveLength(1);
});

test("[O15] a run whose outputs fill no line is told without them; the list has them, cut", async () => {
  writeWorkflow(
    house.home,
    "large.yaml",
    `
id: large
name: Large
steps:
  - { id: call, kind: mcp, server: slow, tool: large, with: { characters: 49000 } }
  - { id: more, kind: mcp, server: slow, tool: large, with: { characters: 49000 } }
outputs: { all: "\${steps.call.output.text}", more: "\${steps.more.output.text}" }
`,
  );
  await house.say("wf#W1:large");
  await house.idle();
  expect(house.linesOf("W1").at(-1)).toBe("tc#W1:run_W1|success");
  const listed = await house.ask("workflows");
  expect(listed).toMatchObject({ items: [{ id: "run_W1", status: "completed" }] });
  expect(Buffer.byteLength(JSON.stringify(listed))).toBeLessThan(62_000);
});
