import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { byText, endHouse, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => endHouse(house));

const acks = (cid: string): readonly string[] =>
  house.linesOf(cid).filter((line) => line.startsWith("su#") && line.endsWith("|queued|0"));
const refusals = (cid: string): readonly string[] => house.linesOf(cid).filter((line) => line.startsWith("er#"));

describe("each kind of command, end to end", () => {
  test("[O2][O3] a task is created queued, assessed, routed, and rests at ready", async () => {
    expect(await house.say("tc#A1:Fix the typo on the login page|maintenance|low")).toEqual({
      ok: true,
      result: "accepted",
    });
    await house.idle();
    expect(house.linesOf("A1")).toEqual([
      "ta#A1:task_A1|Fix the typo on the login page||maintenance|0.25",
      "su#A1:task_A1|queued|0",
      "ta#A1:task_A1|Fix the typo on the login page||maintenance|0.25",
      "su#A1:task_A1|ready|0",
      "tr#A1:task_A1|0.95|one_shot",
    ]);
    expect(house.back.store.tasks.get("default", "task_A1")).toMatchObject({
      status: "ready",
      confidence: 0.95,
      routingDecision: "one_shot",
    });
  });

  test("[O3] confidence of 0.8 and more is one_shot, less is split", async () => {
    await house.say("tc#A1:Build auth|business_growth|medium");
    await house.say("tc#A2:Complete app|business_growth|high");
    await house.idle();
    const routed = house.told().filter(({ event }) => event.op === "task_ready");
    expect(routed.map(({ line }) => line)).toEqual(["tr#A1:task_A1|0.9|one_shot", "tr#A2:task_A2|0.3|split"]);
  });

  test("[O2][O4] a split gives parts with the same parent, assessed in turn; the task ends as split", async () => {
    await house.say("tc#A1:Complete app");
    await house.say("ts#A2:task_A1|0.3|too large");
    await house.idle();
    expect(acks("A2")).toContain("su#A2:task_A1:split|queued|0");
    expect(house.linesOf("A2")).toContain("su#A2:task_A1:split|completed|1");
    expect(house.back.store.tasks.get("default", "task_A1")?.status).toBe("split");
    const { items } = await house.back.store.tasks.list("default", { parentId: "task_A1" });
    expect(items.map((task) => [task.id, task.status]).toSorted(byText)).toEqual(
      [1, 2, 3, 4, 5, 6].map((part) => [`task_A2_${part}`, "ready"]),
    );
  });

  test("[O2][O5] a workflow is started as a run with its parameters and a copy of its definition", async () => {
    const path = join(house.home, "workflows/note.yaml");
    writeFileSync(path, noteWorkflow);
    await house.say("wf#W1:note|{title:'Buy milk'}");
    await house.idle();
    expect(house.linesOf("W1")).toEqual([
      "wr#W1:run_W1|note|Note: Buy milk|[{id:'write',name:'write'},{id:'make',name:'make'}]",
      "su#W1:run_W1|queued|0",
      "su#W1:run_W1.write|running|0",
      "su#W1:run_W1|running|0",
      "su#W1:run_W1.write|completed|1",
      "su#W1:run_W1.make|running|0",
      "su#W1:run_W1|running|0.5",
      "ta#W1:task_W1_make_1|Buy milk|||0.5",
      "su#W1:task_W1_make_1|queued|0",
      "su#W1:run_W1.make|completed|1",
      "su#W1:run_W1|completed|1",
      "tc#W1:run_W1|success|{made:['task_W1_make_1']}",
      "ta#W1:task_W1_make_1|Buy milk||personal|0.5",
      "su#W1:task_W1_make_1|ready|0",
      "tr#W1:task_W1_make_1|0.9|one_shot",
    ]);
    const run = house.back.store.runs.get("default", "run_W1");
    expect(run?.definition).toMatchObject({ id: "note", version: 1 });
    expect(run?.state).toMatchObject({ inputs: { title: "Buy milk" }, status: "completed" });
  });

  test("[O5] unknown workflows and bad parameters are refused and name what is known", async () => {
    expect(await house.say("wf#W1:no_such")).toEqual({ ok: true, result: "refused" });
    await house.say("wf#W2:project_planning|{naem:'x'}");
    await house.say("wf#W3:project_planning|{__proto__:{x:1},name:'x'}");
    await house.say("wf#W4:project_planning|{constructor:1,name:'x'}");
    await house.say("wf#W5:constructor");
    await house.say("wf#W6:project_planning|[1]");
    await house.idle();
    expect(house.linesOf("W1")).toEqual([
      "er#W1:unknown_workflow|There is no workflow no_such.|Known workflows: project_planning, weekly_review.",
    ]);
    expect(house.linesOf("W2").join()).toContain('bad_params|The input "name" is missing.');
    for (const cid of ["W3", "W4", "W6"]) expect(house.linesOf(cid).join()).toMatch(/^er#W\d:bad_params/);
    expect(house.linesOf("W5").join()).toMatch(/^er#W5:unknown_workflow/);
    expect((await house.back.store.runs.list("default")).items).toEqual([]);
  });

  test("[O2][O6] a conversation's context tells what was said that day with the times", async () => {
    await house.say("ut#U1:u1|Build the login|||recorded|1700000000000");
    await house.say("ut#U2:u2|Plan a trip|||recorded|1700003600000");
    await house.say("cl#C1:conversation_2023-11-14");
    await house.idle();
    expect(acks("C1")).toEqual(["su#C1:conversation_2023-11-14|queued|0"]);
    expect(house.linesOf("C1").at(-1)).toBe(
      "cl#C1:conversation_2023-11-14|Around 2023-11-14 we discussed 2 things: 2023-11-14 22:13 UTC you said “Build the login”; 2023-11-14 23:13 UTC you said “Plan a trip”.",
    );
  });

  test("[O6] anything else is what is remembered about its words; an unresolved placeholder is refused", async () => {
    await house.say("ms#M1:deploy_day|Fridays are frozen");
    await house.idle();
    await house.say("cl#C1:deploy_day");
    await house.say("cl#C2:memory_frozen_things");
    await house.say("cl#C3:conversation_${date}");
    await house.say("cl#C4:conversation_2023-02-31");
    await house.say("cl#C5:conversation_2001-01-01");
    await house.idle();
    expect(house.linesOf("C1").at(-1)).toMatch(
      /^cl#C1:deploy_day\|What I remember about deploy day: “Fridays are frozen”/,
    );
    expect(house.linesOf("C2").at(-1)).toMatch(/“Fridays are frozen” \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)/);
    expect(house.linesOf("C3")).toEqual([expect.stringMatching(/^er#C3:unresolved\|/)]);
    expect(house.linesOf("C4").at(-1)).toMatch(/^cl#C4:/);
    expect(house.linesOf("C5").at(-1)).toBe("cl#C5:conversation_2001-01-01|Nothing was said around 2001-01-01.");
  });

  test("[O2][O7] a memory is stored with the utterance it came from; me tells value and time", async () => {
    await house.say("ms#M1:coffee|{milk:true,'__proto__':{a:1}}|procedural", { turnId: "utt-1" });
    await house.idle();
    expect(acks("M1")).toEqual(["su#M1:coffee|queued|0"]);
    expect(house.linesOf("M1")[1]).toMatch(/^me#M1:coffee\|\{__proto__:\{a:1\},milk:true\}\|procedural\|\d{13}$/);
    expect(house.back.store.memory.recall("default", "coffee")).toMatchObject({
      memoryType: "procedural",
      provenance: { utteranceId: "utt-1" },
    });
  });

  test("[O7] what was said last about a key is what is remembered", async () => {
    await Promise.all(Array.from({ length: 60 }, (_, index) => house.say(`ms#M${index}:key|${index}`)));
    await house.idle();
    expect(house.back.store.memory.recall("default", "key")).toMatchObject({ value: 59, version: 60 });
  });

  test("[O2][O8] an utterance and its reply are recorded; answered in front, its own row acknowledges it", async () => {
    await house.say("ut#U1:u1|What is open?|Nothing.|reflex|done|1700000000000|front");
    expect(house.linesOf("U1")).toEqual([
      "ut#U1:u1|What is open?|1700000000000",
      "rp#U1:u1|Nothing.|reflex|done|1700000000000",
    ]);
    expect(house.back.queue.counts().pending).toBe(0);
  });

  test("[O8] an utterance with an empty reply has no reply in the log", async () => {
    await house.say("ut#U1:u1|Hello|''|''|''|1700000000000|front");
    expect(house.linesOf("U1")).toEqual(["ut#U1:u1|Hello|1700000000000"]);
  });

  test("[O2][O8] with route back the planner answers: from memory, or with one question back", async () => {
    await house.say("ms#M1:vera|Vera likes tulips");
    await house.idle();
    await house.say("ut#U1:u1|something with vera|I pass it on.|reflex|recorded|1700000000000|back");
    await house.say("ut#U2:u2|order flowers for the office|I pass it on.|reflex|recorded|1700000000000|back");
    await house.idle();
    expect(acks("U1")).toEqual(["su#U1:u1|queued|0"]);
    expect(house.linesOf("U1").at(-2)).toMatch(/^rp#U1:u1\|.*“Vera likes tulips” .*\|orchestrator\|done\|\d{13}$/);
    expect(house.linesOf("U1").at(-1)).toBe("su#U1:u1|completed|1");
    expect(house.linesOf("U2").at(-2)).toContain("Say: create a task to order flowers for the office");
  });

  test("[O2][O10] amend changes title, description and business goal, clears them, and nothing else", async () => {
    await house.say("tc#A1:First");
    for (const [cid, line] of [
      ["B1", "am#B1:task_A1|title|2026"],
      ["B2", "am#B2:task_A1|description|what it is for"],
      ["B3", "am#B3:task_A1|business_goal|more users"],
      ["B4", "am#B4:task_A1|description"],
    ] as const) {
      expect(await house.say(line)).toEqual({ ok: true, result: "accepted" });
      expect(acks(cid)).toEqual([`su#${cid}:task_A1:amend|queued|0`]);
    }
    for (const [cid, line] of [
      ["B5", "am#B5:task_A1|title"],
      ["B6", "am#B6:task_A1|status|completed"],
      ["B7", "am#B7:task_A1|__proto__|x"],
      ["B8", "am#B8:task_NONE|title|x"],
      ["B9", "am#B9:task_A1|title|'  '"],
    ] as const) {
      expect(await house.say(line)).toEqual({ ok: true, result: "refused" });
      expect(house.linesOf(cid)).toHaveLength(1);
      expect(refusals(cid)).toHaveLength(1);
    }
    expect(house.back.store.tasks.get("default", "task_A1")).toMatchObject({
      title: "2026",
      description: null,
      businessGoal: "more users",
    });
  });

  test("[O2][O10] cancel ends a task that is not over; what is over is refused with the reason", async () => {
    await house.say("tc#A1:First");
    await house.idle();
    await house.say("ca#B1:task_A1|changed my mind");
    expect(acks("B1")).toEqual(["su#B1:task_A1:cancel|queued|0"]);
    expect(house.linesOf("B1")).toContain("su#B1:task_A1|cancelled|0");
    await house.say("ca#B2:task_A1");
    await house.say("ca#B3:nothing_here");
    expect(house.linesOf("B2")).toEqual(["er#B2:already_over|task_A1 is cancelled.|There is nothing to stop."]);
    expect(refusals("B3")).toHaveLength(1);
  });

  test("[O10] retry takes up a failed task and a failed run, and refuses everything else", async () => {
    await house.say("tc#A1:First");
    await house.idle();
    await house.say("re#B1:task_A1");
    expect(house.linesOf("B1")).toEqual([expect.stringMatching(/^er#B1:not_failed\|task_A1 is ready/)]);
    const cause = { origin: "system" } as const;
    await house.back.database.write((unit) => {
      house.back.store.tasks.transition(unit, "default", "task_A1", "failed", {}, cause);
    });
    expect(await house.say("re#B2:task_A1")).toEqual({ ok: true, result: "accepted" });
    await house.idle();
    expect(acks("B2")).toContain("su#B2:task_A1:retry|queued|0");
    expect(house.linesOf("B2").at(-1)).toMatch(/^tr#B2:task_A1/);

    writeFileSync(join(house.home, "workflows/gone.yaml"), goneWorkflow);
    await house.say("wf#W1:gone");
    await house.idle();
    expect(house.linesOf("W1").at(-1)).toMatch(/^er#W1:workflow_failed\|Gone failed at call/);
    expect(await house.say("re#R1:run_W1")).toEqual({ ok: true, result: "accepted" });
    await house.idle();
    expect(acks("R1")).toContain("su#R1:run_R1|queued|0");
    expect(house.linesOf("R1").at(-1)).toMatch(/^er#R1:workflow_failed/);
    await house.say("re#R2:nothing");
    expect(refusals("R2")).toHaveLength(1);
  });

  test("[O10] approve is refused while nothing waits for a decision", async () => {
    expect(await house.say("ap#P1:run_1|yes")).toEqual({ ok: true, result: "refused" });
    expect(house.linesOf("P1")).toEqual([expect.stringMatching(/^er#P1:nothing_to_approve\|/)]);
  });
});

describe("what is refused", () => {
  test.each([
    ["", "empty_line"],
    ["xx:what", "unknown_code"],
    ["tc:", "missing_field"],
    ["tc#OTHER:Title", "other_cid"],
    ["tc:a\0b", "NUL"],
    ["tc:a\ud800b", "half a character"],
    ["tc:a\\u0000b", "an escaped NUL"],
    [`tc:${"x".repeat(1025)}`, "a title of 1,025 characters"],
    [`tc:${"x".repeat(70_000)}`, "a line beyond every frame"],
    [`cl:${"x".repeat(257)}`, "a long context"],
    [`ms:${"k".repeat(257)}|1`, "a long key"],
    ["ms:k\\u0000|1", "a NUL in a key"],
    ["ms:k|{toJSON:1}", "a value that no payload may hold"],
    ["ms:k|1|weird", "a memory type that does not exist"],
    ["ts:task_none|0.5", "an unknown task"],
    [`ca:${"y".repeat(60_000)}`, "a target of 60,000 characters"],
    ["ut:u1|hello|||recorded|-5", "a time before 1970"],
    [`ut:${"u".repeat(129)}|hello`, "a long utterance id"],
    ["ms:k|", "no value"],
  ])("[O1][O2] line %# is refused: one er with what to do, once, and nothing else", async (line) => {
    expect(await house.say(line, { cid: "X1" })).toEqual({ ok: true, result: "refused" });
    expect(await house.say(line, { cid: "X1" })).toEqual({ ok: true, result: "repeat" });
    await house.idle();
    expect(house.told()).toHaveLength(1);
    const [row] = house.told();
    expect(row?.cid).toBe("X1");
    expect(row?.event).toMatchObject({ op: "error", recovery: expect.stringMatching(/\S/) });
  });

  test("[O1] a line that no row may hold is still known by its cid", async () => {
    await house.say("tc:a\0b", { cid: "X1" });
    expect(await house.say("tc:a\0c", { cid: "X1" })).toMatchObject({ ok: false, error: { code: "cid_reused" } });
  });

  test("[O3] a title of 1,024 characters is taken, and can be split", async () => {
    await house.say(`tc#A1:Complete app ${"😀".repeat(505)}`);
    await house.say("ts#A2:task_A1");
    await house.idle();
    expect(house.linesOf("A2")).toContain("su#A2:task_A1:split|completed|1");
    expect((await house.back.store.tasks.list("default", { parentId: "task_A1" })).items).toHaveLength(6);
  });
});

const noteWorkflow = `
id: note
name: Note
inputs:
  title: { type: string, required: true }
steps:
  - id: write
    kind: model
    prompt: "Note \${inputs.title}"
  - id: make
    kind: task
    needs: [write]
    with: { tasks: [{ title: "\${inputs.title}" }] }
outputs:
  made: "\${steps.make.output.ids}"
`;

const goneWorkflow = `
id: gone
name: Gone
steps:
  - id: call
    kind: mcp
    server: nowhere
    tool: anything
`;
