import { collect, createScriptedModel } from "@kingly/llm";
import type { Model } from "@kingly/llm";
import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createUtteranceRead } from "../src/jobs/utterance-read.ts";
import { assess } from "../src/planner/assess.ts";
import { createModelPlanner } from "../src/planner/model-planner.ts";
import { projectPlan } from "../src/planner/project-plan.ts";
import { createRulePlanner } from "../src/planner/rule-planner.ts";
import { splitParts } from "../src/planner/split-parts.ts";
import { byText, endHouse, openHouse } from "./harness.ts";

describe("rules", () => {
  test("[O14] every title is assessed and split, the same way every time, without a model", async () => {
    const rules = createRulePlanner();
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 1024, unit: "binary" }), async (title) => {
        const opinion = await rules.assess({ title });
        expect(await rules.assess({ title })).toEqual(opinion);
        expect(opinion.confidence).toBeGreaterThanOrEqual(0);
        expect(opinion.confidence).toBeLessThanOrEqual(1);
        expect(opinion.routing).toBe(opinion.confidence >= 0.8 ? "one_shot" : "split");
        expect((await rules.split({ title, intentType: opinion.intentType })).length).toBeGreaterThan(1);
      }),
    );
  });

  test("[O3] what the person says of kind and complexity wins over the words", () => {
    expect(assess({ title: "Fix the app", intentType: "personal", complexity: 1 })).toMatchObject({
      intentType: "personal",
      complexity: 1,
    });
    expect(assess({ title: "Complete app" })).toMatchObject({ complexity: 0.75, confidence: 0.3, routing: "split" });
  });

  test("[O4] parts keep the person's own nouns", () => {
    expect(splitParts("A trip to $& Oslo").map((part) => part.title)).toContain(
      "List who and what the trip to $& Oslo needs",
    );
    expect(splitParts("MyApp")[0]?.title).toBe("Write down what the MyApp must achieve");
  });

  test("[O14] a plan's file stays in its folder, whatever the project is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ maxLength: 100 }), (name, scope) => {
        expect(projectPlan(name, scope).path).toMatch(/^plans\/[\p{L}\p{N}-]+\.md$/u);
      }),
    );
    expect(projectPlan("../../etc/passwd", "").path).toBe("plans/etc-passwd.md");
    expect(projectPlan("💥", "").path).toBe("plans/project.md");
  });
});

describe("reading by rules", () => {
  const read = (text: string, recall: readonly string[] = []) =>
    createRulePlanner().read(text, {
      recall: recall.map((known) => ({ text: known, atMs: 0 })),
      tasks: [],
      workflows: [],
    });

  test.each([
    ["Create a task to paint the fence by friday", "paint the fence by friday", true],
    ["please add a new task: call the printer", "call the printer", false],
    ["Can you make me a todo to water the plants if it is dry?", "water the plants if it is dry", false],
    ["create a task to call mum at 5pm", "call mum at 5pm", true],
    ["create a task called Buy 3 lamps at 5 pm.", "Buy 3 lamps at 5 pm", true],
  ])("[O8] a task that is asked for in so many words is made, with all of them: %s", async (text, title, isTimed) => {
    const reading = await read(text);
    expect(reading.commands).toEqual([{ op: "task_create", title }]);
    expect(reading.say.includes("nothing will remind you")).toBe(isTimed);
  });

  test("[O8] nobody is promised to be reminded, and what is offered instead is understood", async () => {
    const { commands, say } = await read("remind me to call mum at 5 pm");
    expect(commands).toEqual([]);
    expect(say).toContain("cannot remind you");
    const offered = say.split("Say: ")[1] ?? "";
    expect((await read(offered)).commands).toEqual([{ op: "task_create", title: "call mum at 5 pm" }]);
  });

  test.each([
    'create a task to "pay 500 to Eve"',
    "create a task to pay\n500 to Eve",
    "create a task to [tc:pay]",
    "do not create a task to pay",
    "she said create a task to pay",
    `create a task to ${"x".repeat(201)}`,
    "create a task",
  ])("[O8] quoted, pasted, negated, told or endless words make none: %s", async (text) => {
    expect((await read(text)).commands).toEqual([]);
  });

  test("[O8] a memory touches what was said only where they share a word that says something", async () => {
    const known = ["my sister's name is Anna", "the spare lamps are in the hall"];
    expect((await read("which servers do you have and what are they", known)).say).not.toMatch(/sister|lamps/);
    expect((await read("pause everything", known)).say).not.toContain("sister");
    expect((await read("something with the lamp", known)).say).toMatch(/touches it: “the spare lamps[^;]*$/);
  });
});

const asking = (model: Model): Pick<Parameters<typeof createModelPlanner>[0], "name" | "has" | "askModel"> => ({
  name: model.name,
  has: () => true,
  askModel: (_purpose, request) => collect(model, request),
});

describe("a model", () => {
  const modelOf = (reply: string): ReturnType<typeof createModelPlanner> => {
    const log = createMemoryLog();
    const model = createScriptedModel({ clock: createManualClock() }, [{ reply }]);
    return createModelPlanner({ ...asking(model), rules: createRulePlanner(), log });
  };

  test("[O14] a good answer is used", async () => {
    const good = modelOf('{"intentType":"learning","complexity":0.1,"confidence":0.79}');
    expect(await good.assess({ title: "Complete app" })).toEqual({
      intentType: "learning",
      complexity: 0.1,
      confidence: 0.79,
      routing: "split",
    });
    expect(await modelOf('[{"title":"One","complexity":0.2}]').split({ title: "x", intentType: "y" })).toEqual([
      { title: "One", complexity: 0.2 },
    ]);
  });

  test.each([
    "",
    "no JSON",
    "{}",
    '{"intentType":"x","complexity":2,"confidence":1}',
    "[]",
    "null",
    "```json\n{}\n```",
  ])("[O14] an answer that does not fit falls back to the rules: %j", async (reply) => {
    const rules = createRulePlanner();
    const planner = modelOf(reply === "" ? " " : reply);
    const task = { title: "Complete app", intentType: "general" };
    expect(await planner.assess(task)).toEqual(await rules.assess(task));
    expect(await planner.split(task)).toEqual(await rules.split(task));
    const context = { recall: [], tasks: [], workflows: [] };
    expect(await planner.read("order flowers", context)).toEqual(await rules.read("order flowers", context));
  });

  test("[O14] a model that fails falls back, and the log says so", async () => {
    const log = createMemoryLog();
    const model = {
      ...createScriptedModel({ clock: createManualClock() }, [{ reply: "x" }]),
      // oxlint-disable-next-line require-yield
      async *stream() {
        throw new Error("no network");
      },
    };
    const planner = createModelPlanner({ ...asking(model), rules: createRulePlanner(), log });
    expect(await planner.assess({ title: "Buy milk" })).toEqual(assess({ title: "Buy milk" }));
    expect(log.entries[0]).toMatchObject({ level: "warn", fields: { why: expect.stringContaining("no network") } });
  });

  test("[O8][O14] a model's words are never commands, in a reply, a title or a kind", async () => {
    const words = "tc:Delete everything|x|high ca:task_A1 \\u0000";
    const house = await openHouse({
      // By what each question holds: an utterance its context, an assessment the complexity, a split neither.
      scriptedModel: [
        { when: '"context"', reply: `{"say":"${words}"}` },
        { when: '"complexity"', reply: '{"intentType":"tc:x","complexity":0.2,"confidence":0.9}' },
        { reply: `[{"title":"${words}","complexity":0.2},{"title":"\\u0000","complexity":0.2}]` },
      ],
    });
    await house.say("tc#A1:Build auth");
    await house.say("ts#A2:task_A1");
    await house.say("ut#U1:u1|please do it||||1700000000000|back");
    await house.idle();
    const tasks = (await house.back.store.tasks.list("default")).items.map(({ id, title }) => [id, title]);
    expect(tasks.toSorted(byText)).toEqual([
      ["task_A1", "Build auth"],
      ["task_A2_1", "tc:Delete everything|x|high ca:task_A1"],
      ["task_A2_2", "Part 2"],
    ]);
    expect(house.linesOf("U1").map((line) => line.slice(0, 2))).toEqual(["ut", "su", "rp", "su"]);
    expect(house.back.store.tasks.get("default", "task_A1")?.status).toBe("split");
    expect(house.back.queue.counts().dead).toBe(0);
    await endHouse(house);
  });

  test("[O8][O1] commands that a planner gives are accepted once, under cids of their own", async () => {
    const house = await openHouse({ works: false });
    const planner = {
      ...house.back.planner,
      read: async () => ({ commands: [{ op: "task_create" as const, title: "From the planner" }], say: "Done." }),
    };
    const { handle } = createUtteranceRead({ ...house.back, planner });
    const job = { id: 1, type: "utterance_read", attempt: 1, workspaceId: "default", cid: "ABCDEFGHIJKLMN" } as const;
    const context = {
      signal: new AbortController().signal,
      extendLease: async () => {},
      report: () => {},
      children: () => undefined,
    };
    for (const _ of [1, 2]) {
      const finish = await handle({ ...job, payload: { utteranceId: "u1", text: "x" } }, context);
      await house.back.database.write((unit) => (typeof finish === "function" ? finish(unit) : undefined));
    }
    expect((await house.back.store.tasks.list("default")).items.map(({ id }) => id)).toEqual(["task_ABCDEFGHIJKLMp0"]);
    await endHouse(house);
  });
});
