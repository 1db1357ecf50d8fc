import { formatEvent } from "@kingly/codec";
import { describe, expect, test } from "vitest";
import { JournalError } from "../src/journal/journal.ts";
import { createSnapshots } from "../src/snapshots.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import { until } from "./house.ts";
import { openSide } from "./workspace-house.ts";
import type { Side } from "./workspace-house.ts";

const task = (id: string, title: string): string => formatEvent({ op: "task_described", task_id: id, title });
const titles = (side: Side): string[] =>
  side.workspace
    .board()
    .tasks.values()
    .map(({ title }) => title);
const head = (side: Side): string => {
  const { epoch, head } = side.workspace.eventLog.position();
  return `${epoch}:${head}`;
};
const linesOf = async (side: Side): Promise<string[]> =>
  (await side.workspace.eventLog.read(0, 1000)).map((event) => event.body.line);
const isSettled = (side: Side): boolean => side.workspace.waitingForBack() === 0;

describe("and back again", () => {
  test("[G8][G13] rows come to the mirror, the board and the turn", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    const settled = await side.say("a", "Create page a");
    const cid = settled.ok ? (settled.answer.commands[0]?.cid ?? "") : "";
    const states: string[] = [];
    side.workspace.turns.watch("a", (state) => states.push(state));
    fake.tell(`ta#${cid}:task_${cid}|Page a`, `su#${cid}:task_${cid}|queued|0`, `su#${cid}:task_${cid}|completed|1`);
    await side.until(() => head(side) === "e1:3");
    expect([titles(side), states]).toEqual([["Page a"], ["accepted", "done"]]);
    expect(await linesOf(side)).toHaveLength(3);
  });

  test("[G13] an utterance that was only passed on is as far as its own reading", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    await side.say("a", "Why is the sea salty after all these years");
    expect(side.workspace.turns.stateOf("a")).toBe("recorded");
    await side.until(() => fake.arrived.length === 1);
    const [cid] = fake.arrived;
    fake.tell(`su#${cid}:a|queued|0`);
    await side.until(() => side.workspace.turns.stateOf("a") === "accepted");
    fake.tell(`su#${cid}:a|completed|1`);
    await side.until(() => side.workspace.turns.stateOf("a") === "done");
  });

  test("[G8] the mirror takes the name of the log from the first hello, before any row", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    await side.until(() => head(side) === "e1:0");
    let told = 0;
    side.workspace.eventLog.subscribe(() => (told += 1));
    fake.tell(task("t", "One"));
    await side.until(() => head(side) === "e1:1");
    expect([told, titles(side)]).toEqual([1, ["One"]]);
  });

  test("[G8] an event without a line keeps its place, so that no seq is missing", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    fake.tell(task("t", "One"));
    fake.tellRow({ note: "no line" } as never);
    fake.tellRow({ line: 7, at: "x" } as never);
    fake.tell(task("u", "Two"));
    await side.until(() => head(side) === "e1:4");
    expect(await linesOf(side)).toEqual([task("t", "One"), "", "", task("u", "Two")]);
    expect(titles(side)).toEqual(["One", "Two"]);
  });

  test("[G8] a disk that is full for a while loses no row and shows none that is not kept", async () => {
    const fake = await startFakeOrchestrator();
    let isFull = false;
    const side = await openSide(fake, {
      spoil: (journal) => ({
        ...journal,
        append: async (workspace, rows) => {
          if (isFull) throw new JournalError("FULL", "no room");
          return journal.append(workspace, rows);
        },
      }),
    });
    fake.tell(task("t", "One"));
    await side.until(() => head(side) === "e1:1");
    isFull = true;
    fake.tell(task("u", "Two"));
    await side.until(
      () => side.log.entries.filter((entry) => entry.message.includes("a handler of events failed")).length > 2,
    );
    expect([head(side), titles(side)]).toEqual(["e1:1", ["One"]]);
    isFull = false;
    await side.until(() => head(side) === "e1:2");
    expect(titles(side)).toEqual(["One", "Two"]);
  });

  test("[G9] after a restart the board, the turns and the snapshot are the same as before", async () => {
    const fake = await startFakeOrchestrator();
    const first = await openSide(fake);
    const settled = await first.say("a", "Create page a");
    const cid = settled.ok ? (settled.answer.commands[0]?.cid ?? "") : "";
    fake.tell(
      `ut#x:a|Create page a|5`,
      `rp#x:a|I will|reflex|recorded|5`,
      `ta#${cid}:task_${cid}|Page a`,
      `su#${cid}:task_${cid}|queued|0`,
      "me:tea|I like tea|semantic|7",
      "er:oops|It broke",
    );
    await first.until(() => head(first) === "e1:6" && isSettled(first));
    const before = JSON.stringify(createSnapshots().of(first.workspace));
    expect(before).toContain('"state":"accepted"');
    await first.close();
    await fake.stop();
    const second = await openSide(fake, { path: first.path });
    expect(JSON.stringify(createSnapshots().of(second.workspace))).toBe(before);
    const again = await second.say("a", "Create page a");
    expect(again).toEqual({ ...settled, repeat: true });
    // It goes on where it was: nothing is told twice, nothing is missed.
    await fake.start();
    fake.tell(task("u", "Two"));
    await second.until(() => head(second) === "e1:7");
    expect(titles(second)).toEqual(["Page a", "Two"]);
  });

  test.each([
    ["with rows", "e2", ["One again", "Three"], 1],
    ["that holds nothing", "e2", [], 1],
    ["that begins late", "e2", ["Late"], 41],
    ["of the same name but with a head behind ours", "e1", ["One"], 1],
  ])("[G17] another log %s: mirror and board begin again from the back's own rows", async (_what, epoch, told, low) => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    fake.tell(task("t", "One"), task("u", "Two"), "me:tea|yes", "er:oops|It broke");
    await side.until(() => head(side) === "e1:4");
    await fake.stop();
    const lines = told.map((title, n) => task(`n${n}`, title));
    fake.replaceLog(epoch, lines, low);
    await fake.start();
    const end = `${epoch}:${low + told.length - 1}`;
    await side.until(() => head(side) === end && titles(side).length === told.length);
    expect(titles(side)).toEqual(told);
    expect(side.workspace.board().memories.size).toBe(0);
    expect(side.workspace.eventLog.position().low).toBe(low);
    expect((await side.workspace.eventLog.read(low - 1, 100)).map((event) => event.body.line)).toEqual(lines);
    fake.tell(task("z", "Newest"));
    await side.until(() => titles(side).includes("Newest"));
    await side.close();
    await fake.stop();
    const second = await openSide(fake, { path: side.path });
    expect(titles(second)).toEqual([...told, "Newest"]);
  });

  test("[G17] another log under the same name and seqs is told by its chain, also to a gateway that was away", async () => {
    const fake = await startFakeOrchestrator();
    fake.chain = (seq) => `a${seq}`;
    const side = await openSide(fake);
    fake.tell("su#old1:task_old1|running|0.5", "su#old2:task_old2|running|0.5");
    await side.until(() => side.workspace.eventLog.position().head === 2);
    await side.close();
    // While it is away the log loses its end and grows beyond what was seen.
    fake.replaceLog("e1", [
      "su#new1:task_new1|running|0.5",
      "su#new2:task_new2|running|0.5",
      "su#new3:task_new3|running|0.5",
    ]);
    fake.chain = (seq) => `b${seq}`;

    const again = await openSide(fake, { path: side.path });
    await again.until(() => again.workspace.eventLog.position().head === 3);
    const rows = await again.workspace.eventLog.read(0, 10);
    expect(rows.map(({ body }) => body.line.slice(0, 8))).toEqual(["su#new1:", "su#new2:", "su#new3:"]);
    // What is kept now is the chain of the new log.
    await again.until(async () => (await again.journal.contents()).mirrors[0]?.chain === "b3");
    expect(again.log.entries.filter(({ message }) => message === "the back's log began again")).toHaveLength(1);
  });

  test("[G17] a long log is fetched in pages, and one that is cut off half way is fetched again", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    fake.tell(task("t", "One"));
    await side.until(() => head(side) === "e1:1");
    const answer = fake.onAsk.bind(fake);
    let pages = 0;
    fake.onAsk = (question, params) => {
      if (question === "rows") pages += 1;
      // The third page never comes: the link is cut instead.
      if (question === "rows" && pages === 3) return void fake.cut();
      return answer(question, params);
    };
    await fake.stop();
    fake.replaceLog(
      "e2",
      Array.from({ length: 900 }, (_, n) => task(`n${n}`, `Task ${n}`)),
    );
    await fake.start();
    await side.until(() => head(side) === "e2:900");
    expect(pages).toBeGreaterThan(5);
    expect(titles(side)).toHaveLength(900);
    expect(await linesOf(side)).toHaveLength(900);
  });

  test("[G17] a row that no frame can carry is told as an error in its place, and is not asked for for ever", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    fake.tell(task("t", "One"));
    await side.until(() => head(side) === "e1:1");
    const answer = fake.onAsk.bind(fake);
    fake.onAsk = (question, params) => {
      const { after } = params as { after: number };
      // As the orchestrator does it: a page that is too large comes in smaller ones, down to one row.
      return question === "rows" && after === 0 ? answer(question, { after, limit: 1 }) : answer(question, params);
    };
    fake.tell(`er:big|${"x".repeat(65_480)}`, task("u", "Two"));
    await side.until(() => head(side) === "e1:3");
    expect(titles(side)).toEqual(["One", "Two"]);
    expect(side.workspace.board().notices.values()).toMatchObject([{ kind: "error", title: "event_too_large" }]);
    const asked = fake.asked.length;
    fake.tell(task("v", "Three"));
    await side.until(() => head(side) === "e1:4");
    expect([fake.asked.length, titles(side)]).toEqual([asked, ["One", "Two", "Three"]]);
  });
});

describe("what is known", () => {
  test("[G11] the reflex sees the board as it is, and the back's workflows as last heard", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    fake.tell(task("t", "Login page"));
    await side.until(() => head(side) === "e1:1");
    const status = await side.say("a", "list my tasks");
    expect(status.ok && status.answer.reply.text).toContain("Login page");
    // The first question for workflows was asked behind an answer; it is heard some turns later.
    await until(() => fake.asked.includes("definitions"));
    await side.until(async () => {
      const started = await side.say(`w${fake.arrived.length}`, "Start the workflow planning");
      return started.ok && started.answer.commands.some(({ line }) => line.includes("planning"));
    });
  });

  test("[G11] no workflow is called unknown before the back has told its list; then its words start it", async () => {
    const fake = await startFakeOrchestrator();
    const triggers = { manual: ["Off we go"] };
    const list = [
      { id: "go", name: "Going", triggers, missing: [] },
      { id: "needy", name: "Needy", triggers: { manual: ["come along"] }, missing: ["name"] },
    ];
    let isTold = false;
    fake.onAsk = () => (isTold ? { ok: true, value: list } : undefined);
    const side = await openSide(fake);
    const early = await side.say("a", "run the payroll workflow");
    expect(early.ok && early.answer.reply).toMatchObject({ state: "recorded" });
    isTold = true;
    let tries = 0;
    await side.until(async () => {
      tries += 1;
      const late = await side.say(`p${tries}`, "run the payroll workflow");
      return late.ok && late.answer.reply.text.startsWith("I know of no workflow by that name.");
    });
    const started = await side.say("b", "off we go!");
    expect(started.ok && started.answer.commands.map(({ line }) => line)).toEqual([
      expect.stringMatching(/^wf#\w+:go\b/),
    ]);
    const needy = await side.say("c", "come along");
    expect(needy.ok && needy.answer.commands).toEqual([]);
  });

  test("[G11] an orchestrator that answers nonsense about its workflows spoils no answer", async () => {
    const fake = await startFakeOrchestrator();
    fake.onAsk = () => ({ ok: true, value: [null, 7, { id: 3 }, { id: "x" }, { id: "y", name: "Why" }] });
    const side = await openSide(fake);
    await side.until(() => side.workspace.backConnected());
    for (let n = 0; n < 5; n += 1) {
      expect((await side.say(`a${n}`, "Start the workflow why")).ok).toBe(true);
      await until(() => fake.asked.length > 0);
    }
  });
});
