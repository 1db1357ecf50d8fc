import { rmSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openWorkspace } from "../src/open-workspace.ts";
import { byText, endHouse, makeHome, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

describe("repeats", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => endHouse(house));

  test("[O1] twenty parallel repeats of one cid have one effect", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => house.say("tc#A1:Build auth")));
    expect(answers.filter((answer) => answer.ok && answer.result === "accepted")).toHaveLength(1);
    expect(answers.filter((answer) => answer.ok && answer.result === "repeat")).toHaveLength(19);
    await house.idle();
    expect(house.linesOf("A1")).toHaveLength(5);
    expect((await house.back.store.tasks.list("default")).items).toHaveLength(1);
  });

  test("[O1] the same cid with another line is cid_reused, whoever comes first", async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => house.say("tc#A1:First")),
      ...Array.from({ length: 10 }, () => house.say("tc#A1:Second")),
    ]);
    expect(answers.filter((answer) => !answer.ok && answer.error.code === "cid_reused")).toHaveLength(10);
    await house.idle();
    expect((await house.back.store.tasks.list("default")).items.map((task) => task.title)).toEqual(["First"]);
    expect(house.linesOf("A1").filter((line) => line.startsWith("er"))).toEqual([]);
  });

  test("[O1] it is answered only after the commit that holds it", async () => {
    await house.say("tc#A1:Build auth");
    expect(house.back.store.commands.get("default", "A1")).toBeDefined();
    expect(house.back.store.tasks.get("default", "task_A1")).toBeDefined();
  });

  test("[O1][O20] the same cid in two workspaces is two commands, each with its own work", async () => {
    await openWorkspace(house.back, "second");
    await Promise.all([
      house.say("tc#A1:Build auth"),
      house.say("tc#A1:Build auth", { workspaceId: "second" }),
      house.say("wf#W1:project_planning|{name:'A'}"),
      house.say("wf#W1:project_planning|{name:'A'}", { workspaceId: "second" }),
    ]);
    await house.idle();
    for (const workspaceId of ["default", "second"]) {
      expect(house.back.store.tasks.get(workspaceId, "task_A1")?.status).toBe("ready");
      // Without servers a run fails; with a job of its own it does so in both.
      expect(house.back.store.runs.get(workspaceId, "run_W1")?.status).toBe("failed");
    }
  });
});

describe("“Build complete app”: a task and its split in one turn", () => {
  const pair = async (first: "task_create" | "task_split", title: string): Promise<unknown> => {
    const house = await openHouse({ works: false });
    try {
      await house.say(`tc#A1:${title}`);
      await house.say("ts#A2:auto|0.3", { autoCid: "A1" });
      // The one that must wait is put behind the other.
      const later = first === "task_create" ? "task_split" : "task_create";
      await house.back.database.write(
        (unit) => void unit.run("UPDATE job_queue SET priority = -5, run_at = run_at + 300 WHERE job_type = ?", later),
      );
      house.work();
      await house.idle();
      expect(house.linesOf("A2").filter((line) => line.endsWith("|queued|0"))).toContain(
        "su#A2:task_A1:split|queued|0",
      );
      const { items } = await house.back.store.tasks.list("default");
      return items
        .map(({ id, title, parentId, status, confidence, complexity, intentType, routingDecision }) => ({
          id,
          title,
          parentId,
          status,
          confidence,
          complexity,
          intentType,
          routingDecision,
        }))
        .toSorted((a, b) => a.id.localeCompare(b.id));
    } finally {
      await endHouse(house);
    }
  };

  test.each(["Complete app", "Buy the whole shop", "Ganz neue Sache"])(
    "[O4] gives the same tasks whichever job comes first (%s)",
    async (title) => {
      const assessedFirst = await pair("task_create", title);
      expect(await pair("task_split", title)).toEqual(assessedFirst);
      expect(assessedFirst).toContainEqual(expect.objectContaining({ id: "task_A1", status: "split" }));
      expect(assessedFirst).toContainEqual(expect.objectContaining({ parentId: "task_A1", status: "ready" }));
    },
  );

  test("[O4] auto without a task of the turn is a new one, named by the reason", async () => {
    const house = await openHouse();
    await house.say("ts#B1:auto|0.4|Plan the summer party");
    await house.say("ts#B2:auto");
    await house.say("ts#B3:auto|0.4|Sort the books", { autoCid: "NEVER" });
    await house.idle();
    const tasks = (await house.back.store.tasks.list("default", { parentId: null })).items;
    expect(tasks.map(({ id, title, status }) => [id, title, status]).toSorted(byText)).toEqual([
      ["task_B1", "Plan the summer party", "split"],
      ["task_B2", "Untitled task", "split"],
      ["task_B3", "Sort the books", "split"],
    ]);
    await endHouse(house);
  });

  test("[O4] a second split of a task is refused, at work or over, and creates nothing", async () => {
    const house = await openHouse({ works: false });
    await house.say("tc#A1:Complete app");
    await house.say("ts#B1:task_A1");
    expect(await house.say("ts#B2:task_A1")).toEqual({ ok: true, result: "refused" });
    house.work();
    await house.idle();
    expect(await house.say("ts#B3:task_A1")).toEqual({ ok: true, result: "refused" });
    expect(house.linesOf("B2")).toEqual([expect.stringMatching(/^er#B2:already_splitting/)]);
    expect(house.linesOf("B3")).toEqual([expect.stringMatching(/^er#B3:not_splittable\|task_A1 is split/)]);
    expect((await house.back.store.tasks.list("default")).items).toHaveLength(7);
    await endHouse(house);
  });
});

describe("any sequence", () => {
  // Targets that exist, and some that do not.
  const target = fc.constantFrom("task_c0", "task_c1", "task_c2", "task_c3", "task_none");
  const command = fc.oneof(
    fc.constantFrom("tc:Build auth", "tc:Complete app||high", "tc:Buy milk|personal|low", "tc:"),
    target.map((id) => `ts:${id}|0.3`),
    fc.constant("ts:auto|0.4|Write the report"),
    target.map((id) => `ca:${id}|enough`),
    target.map((id) => `am:${id}|title|Another name`),
    target.map((id) => `re:${id}`),
    fc.constantFrom("ms:colour|blue", "ms:colour|red", "ms:size|{w:1}", "ms:size|1|nonsense"),
    fc.constantFrom("cl:colour", "cl:conversation_2023-11-14", "ap:x|yes", "ut:u1|hello||||1700000000000|back"),
  );
  const step = fc.record({
    line: command,
    /** How often it is said again, at once or after a restart. */
    repeats: fc.integer({ min: 0, max: 2 }),
    restart: fc.boolean(),
  });

  /** Plays the sequence; every command is worked out before the next is said. */
  const play = async (
    steps: readonly { readonly line: string; readonly repeats: number; readonly restart: boolean }[],
    repeating: boolean,
  ): Promise<unknown> => {
    const home = makeHome();
    let house = await openHouse({ home });
    for (const [index, { line, repeats, restart }] of steps.entries()) {
      const cid = `c${index}`;
      const say = (): Promise<unknown> => house.say(line, { cid });
      await Promise.all([say(), ...(repeating ? Array.from({ length: repeats }, say) : [])]);
      if (repeating && restart) {
        await house.close();
        house = await openHouse({ home });
        await say();
      }
      await house.idle();
    }
    const { items } = await house.back.store.tasks.list("default", { limit: 200 });
    const memory = await house.back.store.memory.list("default");
    const end = {
      tasks: items
        .map(({ createdAtMs: _created, updatedAtMs: _updated, ...task }) => task)
        .toSorted((a, b) => a.id.localeCompare(b.id)),
      memory: memory.items.map(({ key, value, version }) => [key, value, version]).toSorted(byText),
      lines: house.told().map((row) => row.line.replaceAll(/\d{13}|\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "time")),
      dead: house.back.queue.counts().dead,
    };
    await house.close();
    rmSync(home, { recursive: true, force: true });
    return end;
  };

  test(
    "[O1][O2] with repeats and restarts leaves the same tables and log as without",
    { timeout: 300_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
          const plain = await play(steps, false);
          expect(await play(steps, true)).toEqual(plain);
          expect(plain).toMatchObject({ dead: 0 });
        }),
        { numRuns: 15, endOnFailure: true },
      );
    },
  );

  test(
    "[O2] every command has one acknowledgement, or one refusal and nothing else",
    { timeout: 300_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), async (lines) => {
          const house = await openHouse();
          const answers = await Promise.all(lines.map((line, index) => house.say(line, { cid: `c${index}` })));
          await house.idle();
          for (const [index, answer] of answers.entries()) {
            const told = house.linesOf(`c${index}`);
            const refused = answer.ok && answer.result === "refused";
            const [command = ""] = lines[index]?.split(":") ?? [];
            // A task's parts are queued too; the command's own acknowledgement is of what it names or makes.
            const own = told.filter((line) => line.endsWith("|queued|0") && !/_c\d+_\d+\|queued/.test(line));
            if (refused) expect(told).toEqual([expect.stringMatching(/^er#/)]);
            else expect(own.length).toBe(command === "re" || lines[index]?.startsWith("ts:auto") ? 2 : 1);
          }
          await endHouse(house);
        }),
        { numRuns: 25, endOnFailure: true },
      );
    },
  );
});
