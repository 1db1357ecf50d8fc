import { afterEach, beforeEach, expect, test } from "vitest";
import { endHouse, openHouse } from "./harness.ts";
import type { House, Told } from "./harness.ts";
import { slowServer, writeWorkflow } from "./slow-house.ts";
import type { SlowServer } from "./slow-house.ts";

let house: House;
let slow: SlowServer;
beforeEach(async () => {
  house = await openHouse();
  slow = slowServer(house.home);
  await house.close();
  house = await openHouse({ home: house.home, mcpServers: { slow: slow.entry } });
});
afterEach(() => endHouse(house));

const flow = (id: string, steps: string, more = ""): void =>
  writeWorkflow(house.home, `${id}.yaml`, `id: ${id}\nname: ${id}\n${more}steps:\n${steps}`);
const until = (begin: string): Promise<readonly Told[]> =>
  house.until(begin, (told) => told.some(({ line }) => line.startsWith(begin)));
const row = (id = "run_W1") => house.back.store.runs.get("default", id);
const tasks = async (): Promise<readonly string[]> =>
  (await house.back.store.tasks.list("default")).items.map(({ title }) => title).toSorted();

test("[O22] a step runs another workflow; its outputs are the output, and the list shows both", async () => {
  flow(
    "child",
    "  - { id: make, kind: task, with: { tasks: ['${inputs.title}'] } }\n",
    "inputs: { title: { type: string, required: true } }\noutputs: { ids: '${steps.make.output.ids}' }\n",
  );
  flow(
    "parent",
    "  - { id: run, kind: workflow, workflow: child, foreach: { in: '${inputs.names}', maxItems: 5, concurrency: 2 }, with: { title: '${item}' } }\n",
    "inputs: { names: { type: array } }\noutputs: { all: '${steps.run.output}' }\n",
  );
  await house.say("wf#W1:parent|{names:['A','B','C']}");
  await until("tc#W1:run_W1|success");
  expect(await tasks()).toEqual(["A", "B", "C"]);
  expect(row("run_W1.run.i1.1")).toMatchObject({
    status: "completed",
    state: { depth: 1, parent: { runId: "run_W1", item: 1 } },
  });
  const all = [0, 1, 2].map((item) => ({ ids: [`task_W1.run.i${item}.1_make_1`] }));
  expect(row()).toMatchObject({ state: { outputs: { all } } });
  // The end of a child is for its parent, not for who started the run.
  expect(house.linesOf("W1").filter((line) => line.startsWith("tc#"))).toHaveLength(1);
});

test("[O22] a workflow that is not there keeps its file from loading; inputs that do not fit fail the step", async () => {
  flow("parent", "  - { id: run, kind: workflow, workflow: nowhere }\n");
  await house.say("wf#W1:parent");
  expect(house.linesOf("W1").join()).toContain("There is no workflow parent.");
  expect(await house.ask("workflows")).toMatchObject({
    broken: ['parent.yaml:4:32: There is no workflow "nowhere". Load it, or name another.'],
  });
  flow("nowhere", "  - { id: a, kind: task }\n", "inputs: { n: { type: number } }\n");
  flow(
    "parent",
    "  - { id: run, kind: workflow, workflow: nowhere, with: { n: '${inputs.n}' } }\n",
    "inputs: { n: { type: string } }\n",
  );
  await house.say("wf#W2:parent|{n:'x'}");
  await until("er#W2:workflow_failed");
  expect(row("run_W2")?.state).toMatchObject({ error: { code: "bad_params", stepId: "run" } });
});

test("[O10][O22] cancel goes down: the runs that a run has started end too", async () => {
  flow(
    "child",
    "  - { id: call, kind: mcp, server: slow, tool: wait, idempotent: true, with: { tag: x } }\n  - { id: then, kind: task, needs: [call] }\n",
  );
  flow("middle", "  - { id: run, kind: workflow, workflow: child }\n");
  flow("parent", "  - { id: run, kind: workflow, workflow: middle }\n  - { id: rest, kind: wait, signal: never }\n");
  await house.say("wf#W1:parent");
  await expect.poll(() => slow.calls().length, { timeout: 60_000 }).toBe(1);
  await house.say("ca#C1:run_W1");
  await house.idle();
  expect(["run_W1", "run_W1.run.1", "run_W1.run.1.run.1"].map((id) => row(id)?.status)).toEqual([
    "cancelled",
    "cancelled",
    "cancelled",
  ]);
  await expect.poll(() => slow.calls().includes("cancelled"), { timeout: 60_000 }).toBe(true);
  expect(row()).toMatchObject({ progress: 1 });
  slow.release();
});

test("[O23] a person decides about exactly what is shown, by its id; a model may not", async () => {
  flow(
    "ask",
    "  - { id: may, kind: approve, message: 'Make ${inputs.title}?', with: { tasks: ['${inputs.title}'] } }\n  - { id: make, kind: task, needs: [may], with: '${steps.may.output.arguments}' }\n",
    "inputs: { title: { type: string } }\n",
  );
  await house.say("wf#W1:ask|{title:'A'}");
  const asked = (await until("su#W1:run_W1.may.1.")).find(({ line }) => line.endsWith("|waiting_approval|0"));
  const id = /^su#W1:(run_W1\.may\.1\.[0-9a-f]{16})\|/.exec(asked?.line ?? "")?.[1] ?? "";
  expect(await house.ask("workflows")).toMatchObject({
    items: [{ asks: [{ id, message: "Make A?", arguments: { tasks: ["A"] } }] }],
  });
  const other = `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`;
  expect(await house.say(`ap#P1:${other}|yes`)).toEqual({ ok: true, result: "refused" });
  expect(await house.say(`ap#P2:${id}|perhaps`)).toEqual({ ok: true, result: "refused" });
  expect(await house.say(`ap#P3:${id}|yes`, { origin: "model" })).toEqual({ ok: true, result: "refused" });
  expect(house.linesOf("P3")).toEqual([expect.stringMatching(/^er#P3:not_a_person\|/)]);
  expect(row()?.status).toBe("running");
  expect(await house.say(`ap#P4:${id}|yes`)).toEqual({ ok: true, result: "accepted" });
  await until("tc#");
  expect(await tasks()).toEqual(["A"]);
  expect(await house.say(`ap#P5:${id}|no`)).toEqual({ ok: true, result: "refused" });
  await house.say("wf#W2:ask|{title:'B'}");
  const [second] = (await until("su#W2:run_W2.may.1.")).slice(-1);
  const line = house.linesOf("W2").find((each) => each.includes("waiting_approval")) ?? second?.line ?? "";
  await house.say(`ap#P6:${/:(.*?)\|/.exec(line)?.[1] ?? ""}|no`);
  await until("er#P6:workflow_failed|ask failed at may: user rejected it.");
});

test("[O22][O23] time limits: of a call, of a step, of a decision", async () => {
  flow("late", "  - { id: call, kind: mcp, server: slow, tool: wait, timeoutMs: 30, with: { tag: x } }\n");
  await house.say("wf#W1:late");
  await until("er#W1:workflow_failed|late failed at call: The attempt took longer than 30 ms; nobody knows");
  flow("step", "  - { id: all, kind: wait, signal: never, stepTimeoutMs: 20 }\n");
  await house.say("wf#W2:step");
  await until("er#W2:workflow_failed|step failed at all: The step took longer than 20 ms.");
  flow(
    "quiet",
    "  - { id: may, kind: approve, message: '?', timeoutMs: 20, onTimeout: approve }\n",
    "outputs: { by: '${steps.may.output.decision}' }\n",
  );
  await house.say("wf#W3:quiet");
  await until("tc#W3:run_W3|success|{by:'approved'}");
  flow("in_time", "  - { id: may, kind: approve, message: '?', timeoutMs: 9000000, stepTimeoutMs: 9000000 }\n");
  await house.say("wf#W4:in_time");
  await until("su#W4:run_W4.may.1.");
  expect(house.back.queue.counts().pending).toBe(2);
  const line = house.linesOf("W4").find((each) => each.includes("waiting_approval")) ?? "";
  await house.say(`ap#P1:${/:(.*?)\|/.exec(line)?.[1] ?? ""}|yes`);
  await house.idle();
  slow.release();
});

test("[O25] a signal is told by am, now or before it is waited for; pause and resume too", async () => {
  flow(
    "order",
    "  - { id: paid, kind: wait, signal: 'paid_${inputs.id}' }\n  - { id: sent, kind: wait, signal: sent, needs: [paid] }\n  - { id: make, kind: task, needs: [sent], with: { tasks: ['${steps.paid.output.value.by}'] } }\n",
    "inputs: { id: { type: string } }\n",
  );
  await house.say("wf#W1:order|{id:'7'}");
  await until("su#W1:run_W1.paid|waiting");
  await house.say("am#S1:run_W1|signal.sent|true");
  await house.say("am#P1:run_W1|status|paused");
  await house.say("am#S2:run_W1|signal.paid_7|{by:'card'}");
  expect(row()).toMatchObject({
    status: "paused",
    state: { steps: { paid: { status: "completed" }, sent: { status: "pending" } } },
  });
  expect(await house.say("am#P2:run_W1|status|paused")).toEqual({ ok: true, result: "refused" });
  expect(await house.say("am#P3:run_W1|title|x")).toEqual({ ok: true, result: "refused" });
  await house.say("am#P4:run_W1|status|running");
  await until("tc#");
  expect(await tasks()).toEqual(["card"]);
  expect(house.linesOf("P2")).toEqual([expect.stringMatching(/^er#P2:not_now\|run_W1 is paused/)]);
});

test("[O25] a pause goes down to the runs that a run has started, and so does its end", async () => {
  flow(
    "child",
    "  - { id: wait, kind: wait, signal: go }\n  - { id: make, kind: task, needs: [wait], with: { tasks: [Made] } }\n",
  );
  flow("middle", "  - { id: run, kind: workflow, workflow: child }\n");
  flow("parent", "  - { id: run, kind: workflow, workflow: middle }\n");
  await house.say("wf#W1:parent");
  await until("su#W1:run_W1.run.1.run.1.wait|waiting");
  const ids = ["run_W1", "run_W1.run.1", "run_W1.run.1.run.1"];
  await house.say("am#P1:run_W1|status|paused");
  expect(ids.map((id) => row(id)?.status)).toEqual(["paused", "paused", "paused"]);
  await house.say("am#S1:run_W1.run.1.run.1|signal.go|true");
  await house.idle();
  expect(await tasks()).toEqual([]);
  await house.say("am#P2:run_W1|status|running");
  await until("tc#");
  expect(ids.map((id) => row(id)?.status)).toEqual(["completed", "completed", "completed"]);
  expect(await tasks()).toEqual(["Made"]);
});

test("[O25] a run is begun anew from a step with another input of it, or with other inputs of the run", async () => {
  flow(
    "edit",
    "  - { id: one, kind: mcp, server: slow, tool: quick, with: { tag: '${inputs.tag}' } }\n  - { id: two, kind: mcp, server: slow, tool: quick, needs: [one], with: { tag: two } }\n",
    "inputs: { tag: { type: string, default: first } }\n",
  );
  await house.say("wf#W1:edit");
  await until("tc#W1:run_W1|success");
  await house.say("am#E1:run_W1.two|input|{tag:'edited'}");
  await until("tc#E1:run_W1|success");
  await house.say("am#E2:run_W1.one|inputs|{tag:'other'}");
  await until("tc#E2:run_W1|success");
  expect(slow.calls()).toEqual(['quick "first"', 'quick "two"', 'quick "edited"', 'quick "other"', 'quick "edited"']);
  expect(await house.say("am#E3:run_W1.one|inputs|{tag:5}")).toEqual({ ok: true, result: "refused" });
  expect(await house.say("am#E4:run_W1.one|colour|red")).toEqual({ ok: true, result: "refused" });
  expect(await house.say("am#E5:run_W1.tow|input|{}")).toEqual({ ok: true, result: "refused" });
  expect(house.linesOf("E5")).toEqual([expect.stringMatching(/^er#E5:unknown_step\|.*Did you mean "two"/)]);
});

test("[O24] what a failed run has done is undone, the last first, and its end says so", async () => {
  flow(
    "undo",
    `
  - { id: one, kind: mcp, server: slow, tool: quick, with: { tag: one }, compensate: { kind: mcp, server: slow, tool: quick, with: { tag: undo_one } } }
  - { id: two, kind: mcp, server: slow, tool: quick, needs: [one], with: { tag: two }, compensate: { kind: mcp, server: slow, tool: quick, with: { tag: undo_two } } }
  - { id: three, kind: mcp, server: nowhere, tool: x, needs: [two] }
`,
  );
  await house.say("wf#W1:undo");
  const told = await until("er#W1:workflow_failed|undo failed at three");
  expect(told.at(-1)?.line).toContain("What it had done was undone.");
  expect(slow.calls()).toEqual(['quick "one"', 'quick "two"', 'quick "undo_two"', 'quick "undo_one"']);
  expect(row()?.status).toBe("compensated");
  expect(house.linesOf("W1")).toEqual(
    expect.arrayContaining(["su#W1:run_W1.two|compensating|1", "su#W1:run_W1.two|compensated|1"]),
  );
  expect(await house.say("ca#C1:run_W1")).toEqual({ ok: true, result: "refused" });
});

test("[O24] what could not be undone is told by name, also after a cancel", async () => {
  flow(
    "stuck",
    `
  - { id: one, kind: mcp, server: slow, tool: quick, with: { tag: one }, compensate: { kind: mcp, server: nowhere, tool: undo } }
  - { id: rest, kind: wait, signal: never, needs: [one] }
`,
  );
  await house.say("wf#W1:stuck");
  await until("su#W1:run_W1.rest|waiting");
  await house.say("ca#C1:run_W1|enough");
  const told = await until("er#C1:workflow_failed|stuck failed: enough Not undone: one (");
  expect(told.at(-1)?.line).toContain("Undo by hand what was not undone");
  expect(row()).toMatchObject({ status: "compensation_failed" });
});

test("[O25] a run is begun anew from one of its steps; what completed before is kept", async () => {
  flow(
    "again",
    `
  - { id: one, kind: mcp, server: slow, tool: quick, with: { tag: one } }
  - { id: two, kind: mcp, server: nowhere, tool: x, needs: [one], with: { tag: two } }
`,
  );
  await house.say("wf#W1:again");
  await until("er#W1:workflow_failed");
  await house.say("re#R1:run_W1.two");
  await until("er#R1:workflow_failed|again failed at two");
  expect(slow.calls().filter((call) => call === 'quick "one"')).toHaveLength(1);
  expect(row()?.state).toMatchObject({ steps: { one: { attempt: 1 }, two: { attempt: 2 } } });
  expect(await house.say("re#R2:run_W1.tow")).toEqual({ ok: true, result: "refused" });
  expect(house.linesOf("R2")).toEqual([expect.stringMatching(/^er#R2:unknown_step\|.*Did you mean "two"/)]);
});

test("[O11] a run that the former version of this app stored goes on", async () => {
  await house.close();
  house = await openHouse({ home: house.home, works: false, mcpServers: { slow: slow.entry } });
  flow(
    "old",
    "  - { id: one, kind: mcp, server: slow, tool: quick, with: { tag: one } }\n  - { id: two, kind: task, needs: [one], with: { tasks: [Two] } }\n",
  );
  await house.say("wf#W1:old");
  // As it stood in the row before runs had a format, a depth and a hash, and definitions triggers.
  await house.back.database.write((unit) => {
    unit.run("UPDATE workflows SET state = json_remove(state, '$.format', '$.depth', '$.definitionHash')");
    unit.run("UPDATE workflows SET definition = json_remove(definition, '$.triggers')");
  });
  house.work();
  await until("tc#W1:run_W1|success");
  expect(await tasks()).toEqual(["Two"]);
});

test("[O9] a workflow of an older layout can be started, and what it does not hold is told", async () => {
  writeWorkflow(
    house.home,
    "workflow_1.yaml",
    "id: workflow_1\nname: auth\nsteps:\n  - { agent: lead, task: Plan it }\n  - { agent: dev, task: Build it }\ncontext: { complexity: high }\n",
  );
  await house.say("wf#W1:workflow_1");
  await until("tc#W1:run_W1|success");
  expect(house.log.entries.find(({ message }) => message.includes("older layout"))?.fields).toMatchObject({
    leftOut: "/context: A definition has no place for it.",
  });
});
