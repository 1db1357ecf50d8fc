import { createManualClock } from "@kingly/runtime/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { byText, endHouse, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => endHouse(house));

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
}
const page = async (question: string, params: object): Promise<Page> => (await house.ask(question, params)) as Page;

/** Follows `next` to the end; no page may be larger than a frame. */
async function all(question: string, params: object): Promise<Page["items"]> {
  const items: Readonly<Record<string, unknown>>[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const one = await page(question, { ...params, ...(cursor === undefined ? {} : { cursor }) });
    expect(Buffer.byteLength(JSON.stringify(one))).toBeLessThanOrEqual(62_000);
    items.push(...one.items);
    cursor = one.next;
  }
  return items;
}

describe("pages", () => {
  test("[O16] 10,000 tasks are listed page by page, each once", { timeout: 60_000 }, async () => {
    const { back } = house;
    for (let from = 0; from < 10_000; from += 1000) {
      await back.database.write((unit) => {
        for (let index = from; index < from + 1000; index += 1) {
          back.store.tasks.create(
            unit,
            { id: `t${index}`, workspaceId: "default", title: `Task ${index} ${"long ".repeat(index % 200)}` },
            { origin: "system" },
          );
        }
      });
    }
    const ids = (await all("tasks", { limit: 200 })).map((task) => task["id"]);
    expect(ids).toHaveLength(10_000);
    expect(new Set(ids).size).toBe(10_000);
  });

  test("[O16] a page that would be larger than a frame comes in smaller ones", async () => {
    for (let index = 0; index < 10; index += 1) await house.say(`ms#M${index}:key${index}|${"wide ".repeat(4000)}.`);
    await house.idle();
    expect((await page("memory", { limit: 200 })).items.length).toBeLessThan(5);
    expect((await all("memory", { limit: 200 })).map((item) => item["key"]).toSorted(byText)).toEqual(
      Array.from({ length: 10 }, (_, index) => `key${index}`),
    );
  });

  test("[O16] an item larger than a frame is given with its texts cut", async () => {
    await house.say(`ms#M1:key|a${'"'.repeat(29_000)}`);
    await house.say(`tc#A1:Task`);
    await house.say(`am#A2:task_A1|description|${"d".repeat(64_000)}`);
    await house.idle();
    const [memory] = await all("memory", {});
    expect(memory?.["value"]).toMatch(/^a"{1000,}…?$/);
    expect(await house.ask("task", { id: "task_A1" })).toMatchObject({
      description: expect.stringMatching(/^d{1000,}…$/),
    });
    expect(await all("jobs", {})).toHaveLength(2);
  });

  test("[O16] jobs are listed with the workspace they are done for, and how far they are", async () => {
    await house.say("wf#W1:project_planning|{name:'A'}");
    await house.idle();
    const jobs = await all("jobs", {});
    expect(jobs.every((job) => job["group"] === "default")).toBe(true);
    expect(jobs.find((job) => job["progress"] !== null)).toMatchObject({
      type: "workflow_step",
      progress: 0.1,
      progressMessage: expect.stringMatching(/^(model|mcp) \w+$/),
    });
  });

  test("[O16] what no frame of the link may hold is given as JSON text", async () => {
    await house.say("ms#M1:a|{constructor:1,x:{}}");
    await house.say("ms#M2:b|{plain:[{__proto__:{deep:true}}]}");
    await house.idle();
    const values = Object.fromEntries((await all("memory", {})).map((item) => [item["key"], item["value"]]));
    expect(values).toEqual({ a: '{"constructor":1,"x":{}}', b: { plain: ['{"__proto__":{"deep":true}}'] } });
    expect(JSON.stringify(await house.ask("jobs"))).not.toMatch(/"(constructor|__proto__)":/);
  });

  test("[O16] runs are listed with their state, without what their steps handed on", async () => {
    await house.say("wf#W1:project_planning|{name:'A'}");
    await house.idle();
    expect(await page("workflows", {})).toMatchObject({
      items: [{ id: "run_W1", status: "failed", state: { outline: { status: "completed", attempt: 1 } } }],
      definitions: [{ id: "project_planning" }, { id: "weekly_review" }],
      broken: [],
    });
    expect(JSON.stringify(await house.ask("workflows"))).not.toContain("Open questions");
  });

  test("[O16] the log is asked for row by row as lines", async () => {
    await house.say("tc#A1:Build auth");
    await house.idle();
    const rows = (await house.ask("rows", { after: 2, limit: 2 })) as readonly { seq: number; line: string }[];
    expect(rows.map(({ seq, line }) => [seq, line])).toEqual(
      house
        .told()
        .slice(2, 4)
        .map(({ seq, line }) => [seq, line]),
    );
  });

  test("[O15][O16] the longest line that can be told is a row that is not cut", async () => {
    const frame = "me#M1:key||semantic|1700000000000".length + 2;
    await house.say(`ms#M1:key|${"x".repeat(60_000 - frame)}`);
    await house.idle();
    const line = house.linesOf("M1")[1] ?? "";
    expect(Buffer.byteLength(JSON.stringify(line))).toBe(60_000);
    expect(await house.ask("rows", { after: 1, limit: 1 })).toMatchObject([{ seq: 2, line }]);
    await house.say(`ms#M2:key|${"x".repeat(60_001 - frame)}`);
    expect(house.linesOf("M2")).toEqual([expect.stringMatching(/^er#M2:too_large/)]);
  });

  test("[O16] every other list has its form", async () => {
    await house.say("ut#U1:u1|Hello there|Hi|reflex|done|1700000000000|front");
    expect(await page("conversation", {})).toMatchObject({
      items: [{ utteranceId: "u1", text: "Hello there", replies: [{ text: "Hi", by: "reflex", state: "done" }] }],
    });
    expect(await page("projects", {})).toEqual({ items: [], next: null });
    expect(await page("workspaces", {})).toMatchObject({ items: [{ id: "default" }], next: null });
    expect(await house.ask("task", { id: "none" })).toMatchObject({ code: "not_found" });
  });
});

describe("the past", () => {
  const asked = async (question: string, params: object): Promise<readonly unknown[]> =>
    (await page(question, params)).items;

  test("[O26] lists, searches and one task are answered as of a moment, on one axis or both", async () => {
    const clock = createManualClock();
    await endHouse(house);
    house = await openHouse({ clock });
    const { store, database } = house.back;
    const startMs = clock.nowMs();
    const cause = { origin: "user" } as const;
    await database.write((unit) => {
      store.tasks.create(unit, { workspaceId: "default", id: "t", title: "Old title" }, cause);
      store.memory.remember(unit, { workspaceId: "default", key: "city", value: "Rome" }, cause);
      store.projects.create(unit, { workspaceId: "default", id: "p", name: "P" }, cause);
      const run = { workspaceId: "default", id: "r", workflowId: "w", title: "R", definition: {} };
      store.runs.create(unit, { ...run, state: { steps: {}, outputs: {} } }, cause);
    });
    clock.advance(1000);
    await database.write((unit) => {
      store.tasks.update(unit, "default", "t", { title: "New title" }, cause);
      store.memory.remember(unit, { workspaceId: "default", key: "city", value: "Oslo", validFromMs: startMs }, cause);
      store.projects.retract(unit, "default", "p", {}, cause);
    });
    const then = startMs + 500;
    const iso = new Date(then).toISOString();
    expect(await asked("tasks", { asOf: then })).toMatchObject([{ title: "Old title" }]);
    expect(await asked("tasks", { asOf: iso, q: "old" })).toMatchObject([{ title: "Old title" }]);
    expect(await asked("tasks", { q: "old" })).toEqual([]);
    expect(await house.ask("task", { id: "t", asOf: String(then) })).toMatchObject({ title: "Old title" });
    expect(await house.ask("task", { id: "t", asOf: startMs - 1 })).toMatchObject({ code: "not_found" });
    expect(await asked("memory", { asOf: then })).toMatchObject([{ value: "Rome" }]);
    expect(await asked("memory", { validAt: then })).toMatchObject([{ value: "Oslo" }]);
    expect(await asked("memory", { believedAt: then, q: "rome" })).toMatchObject([{ value: "Rome" }]);
    expect([await asked("projects", {}), await asked("projects", { validAt: iso })]).toMatchObject([[], [{ id: "p" }]]);
    expect(await asked("workflows", { asOf: then })).toMatchObject([{ id: "r" }]);
    expect(await asked("workspaces", { asOf: 5 })).toEqual([]);
  });

  test.each([
    ["tasks", { asOf: "yesterday" }, "invalid_query", "asOf"],
    ["tasks", { validAt: "2026-02-31" }, "invalid_query", "validAt"],
    ["memory", { believedAt: "2026-01-01T10:00:00" }, "invalid_query", "believedAt"],
    ["memory", { asOf: -1 }, "invalid_query", "asOf"],
    ["memory", { asOf: 1.5 }, "invalid_query", "asOf"],
    ["memory", { asOf: "" }, "invalid_query", "asOf"],
    ["memory", { asOf: { ms: 5 } }, "invalid_query", "asOf"],
    ["tasks", { asOf: 5, validAt: 5 }, "invalid_query", "asOf"],
    ["jobs", { asOf: 5 }, "not_supported", "asOf"],
    ["conversation", { validAt: 5 }, "not_supported", "validAt"],
  ])("[O26] %# %s: a wrong time is refused by name, with what is expected", async (question, params, code, name) => {
    expect(await house.ask(question, params)).toMatchObject({ code, message: expect.stringContaining(name) });
  });
});

describe("what is asked wrongly", () => {
  test.each([
    ["nothing", {}, "unknown_question"],
    ["constructor", {}, "unknown_question"],
    ["tasks", { limit: 0 }, "invalid_query"],
    ["tasks", { limit: "ten" }, "invalid_query"],
    ["tasks", { limit: 1.5 }, "invalid_query"],
    ["rows", { after: -1 }, "invalid_query"],
    ["tasks", { q: ["x"] }, "invalid_query"],
    ["tasks", { cursor: "nonsense" }, "invalid_query"],
    ["memory", { cursor: "" }, "invalid_query"],
    ["jobs", { cursor: "nonsense" }, "invalid_query"],
    ["workflows", { cursor: "💥" }, "invalid_query"],
    ["tasks", { id: "x".repeat(5000) }, "invalid_query"],
    ["tasks", { lmit: 5 }, "invalid_query"],
  ])("[O16] %# %s: a wrong parameter is refused by name", async (question, params, code) => {
    expect(await house.ask(question, params)).toMatchObject({ code, message: expect.stringMatching(/\S/) });
  });

  test.each([
    "'; DROP TABLE tasks; --",
    '"',
    "a NEAR b",
    "title:x OR *",
    "(((",
    "\0",
    "\ud800",
    "x".repeat(4096),
    "💥",
    "-",
    "^a",
  ])("[O16] hostile search %# finds nothing and breaks nothing", async (q) => {
    await house.say("tc#A1:Build auth");
    expect(await house.ask("tasks", { q })).toEqual({ items: [], next: null });
    expect(await house.ask("memory", { q })).toEqual({ items: [], next: null });
    expect(await house.ask("tasks", { q: "auth" })).toMatchObject({ items: [{ id: "task_A1" }] });
  });

  test("[O16] an empty search is the list", async () => {
    await house.say("tc#A1:Build auth");
    expect(await house.ask("tasks", { q: " " })).toMatchObject({ items: [{ id: "task_A1" }] });
  });

  test("[O16] questions change nothing", async () => {
    await house.say("tc#A1:Build auth");
    await house.idle();
    const before = house.told().length;
    for (const question of ["tasks", "memory", "workflows", "jobs", "conversation", "rows", "readiness"]) {
      await house.ask(question);
    }
    expect(house.told()).toHaveLength(before);
  });
});
