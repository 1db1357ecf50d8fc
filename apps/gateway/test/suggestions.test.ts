// What the back suggests: kept for the person whose turn it was, taken by "yes" and "the second", gone with the next word.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMetrics } from "../src/metrics.ts";
import { readSuggest } from "../src/suggestions/read-suggest.ts";
import type { Workspace } from "../src/workspace.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import type { FakeOrchestrator } from "./fake-orchestrator.ts";
import { openSide } from "./workspace-house.ts";
import type { Side } from "./workspace-house.ts";

const item = (say: string) => ({ say, why: "The last 3 times" });

/** A workspace whose back is reached. */
async function open(): Promise<{ readonly fake: FakeOrchestrator; readonly side: Side }> {
  const fake = await startFakeOrchestrator();
  const side = await openSide(fake);
  await side.until(() => side.workspace.backConnected());
  return { fake, side };
}

/** Suggests words after a turn, and waits until they are there. */
async function suggest(fake: FakeOrchestrator, side: Side, turn: string, ...says: readonly string[]): Promise<void> {
  fake.note({ suggest: { turn, items: says.map((say) => item(say)) } });
  await side.until(() => side.workspace.suggestions.of("owner")?.turn === turn);
}
const linesOf = async (side: Side, id: string, text: string): Promise<readonly string[]> => {
  const settled = await side.say(id, text);
  if (!settled.ok) throw new Error(settled.error.message);
  return settled.answer.commands.map(({ line }) => line.replace(/#[^:]+/, ""));
};
/** Lets what was sent arrive: an answer of the back comes behind its notes. */
const arrive = (workspace: Workspace): Promise<unknown> => workspace.ask("tasks", {});

test("[G85] a suggestion stands for the person whose turn it was, until that person says something else", async () => {
  const { fake, side } = await open();
  const { workspace } = side;
  const seen: string[] = [];
  workspace.suggestions.watch("owner", () => seen.push("owner"));
  workspace.suggestions.watch("ann", () => seen.push("ann"));
  await side.say("u1", "create a task to water the garden");
  const heard = workspace.say({ id: "u2", text: "help" }, "ann");
  if ("refused" in heard) throw new Error("refused");
  await heard.settle();
  await suggest(fake, side, "u1", "show my tasks");
  expect(workspace.suggestions.of("owner")).toEqual({ turn: "u1", items: [item("show my tasks")] });
  expect(workspace.suggestions.of("ann")).toBeUndefined();
  expect(seen).toEqual(["owner"]);
  // The same utterance again, from a page that came back, takes nothing away.
  await side.say("u1", "create a task to water the garden");
  expect(workspace.suggestions.of("owner")?.turn).toBe("u1");
  await side.say("u3", "help");
  expect(workspace.suggestions.of("owner")).toBeUndefined();
  // Too late: the person has gone on.
  fake.note({ suggest: { turn: "u1", items: [item("show my tasks")] } });
  await arrive(workspace);
  expect(workspace.suggestions.of("owner")).toBeUndefined();
  expect(workspace.suggestions.counts()).toEqual({ shown: 1, taken: 0 });
});

describe("what answers it", () => {
  test("[G86] yes takes the one suggestion, with exactly its commands", async () => {
    const { fake, side } = await open();
    await side.say("u1", "create a task to water the garden");
    await suggest(fake, side, "u1", "create a task to mow the lawn");
    expect(await linesOf(side, "u2", "yes")).toEqual(["tc:Mow the lawn"].map((line) => expect.stringContaining(line)));
    expect(side.workspace.suggestions.counts().taken).toBe(1);
    // Taken once: it is gone.
    expect(await linesOf(side, "u3", "yes")).toEqual([]);
  });

  test("[G86] of several one is taken by its place; yes asks which, and only then their words name them", async () => {
    const { fake, side } = await open();
    const says = ["create a task to mow the lawn", "show my tasks", "create a task to cut the hedge"];
    await side.say("u1", "create a task to water the garden");
    await suggest(fake, side, "u1", ...says);
    expect(await linesOf(side, "u2", "do the third")).toEqual([expect.stringContaining("Cut the hedge")]);
    await side.say("u3", "create a task to rake the leaves");
    await suggest(fake, side, "u3", ...says);
    const asked = await side.say("u4", "yes");
    expect(asked).toMatchObject({
      ok: true,
      answer: { commands: [], reply: { text: `Which one: 1. “${says[0]}”, 2. “${says[1]}”, 3. “${says[2]}”?` } },
    });
    expect(await linesOf(side, "u5", "the first")).toEqual([expect.stringContaining("Mow the lawn")]);
  });

  test("[G86] what does something else in words alike is what it says, and what no command stands behind is not taken", async () => {
    const { fake, side } = await open();
    await side.say("u1", "create a task to water the garden");
    await suggest(fake, side, "u1", "create a task to mow the lawn", "create a task to cut the hedge");
    expect(await linesOf(side, "u2", "create a task to mow the meadow")).toEqual([
      expect.stringContaining("Mow the meadow"),
    ]);
    await suggest(fake, side, "u2", "create a task to mow the lawn", "create a task to cut the hedge");
    expect(await linesOf(side, "u3", "the lawn")).toEqual([]);
    await side.say("u4", "create a task to rake the leaves");
    await suggest(fake, side, "u4", "show my tasks");
    expect(await linesOf(side, "u5", "yes")).toEqual([]);
    expect(side.workspace.suggestions.counts().taken).toBe(0);
  });

  test("[G86] it does not stand in the way of a question: of the reply, of a reply that came since, nor after 5 minutes", async () => {
    const { fake, side } = await open();
    const next = "create a task to mow the lawn";
    // The reply asks.
    await side.say("u1", "create a task");
    await suggest(fake, side, "u1", next);
    expect(await linesOf(side, "u2", "yes")).toEqual([]);
    // What the back reads it may ask about.
    await side.say("u3", "fnord the grue with a spoon");
    await suggest(fake, side, "u3", next);
    expect(await linesOf(side, "u4", "yes")).toEqual([]);
    // Somebody else has replied.
    await side.say("u5", "create a task to rake the leaves");
    await suggest(fake, side, "u5", next);
    const at = side.clock.nowMs();
    fake.tellRow({ line: `ut:u5|create a task to rake the leaves|${at}`, at });
    fake.tellRow({ line: `rp:u5|Shall I buy a rake?|orchestrator|done|${at}`, at });
    await side.until(() => (side.workspace.board().turns.get("u5")?.replies.length ?? 0) > 0);
    expect(await linesOf(side, "u6", "yes")).toEqual([]);
    // Too long ago.
    side.clock.advance(1000);
    await side.say("u7", "create a task to water the roses");
    await suggest(fake, side, "u7", next);
    side.clock.advance(300_001);
    expect(await linesOf(side, "u8", "yes")).toEqual([]);
    await side.say("u9", "create a task to water the tulips");
    // So much time has ended the link too: it comes back by itself.
    await side.until(() => {
      fake.note({ suggest: { turn: "u9", items: [item(next)] } });
      return side.workspace.suggestions.of("owner")?.turn === "u9";
    });
    side.clock.advance(200_000);
    expect(await linesOf(side, "u10", "yes")).toHaveLength(1);
  });

  test("[G86] the words of a suggestion, said or pressed, count as taken; answers are never suggested", async () => {
    const { fake, side } = await open();
    await side.say("u1", "create a task to water the garden");
    await suggest(fake, side, "u1", "do the second", "show my tasks", "undo that");
    const says = side.workspace.suggestions.of("owner")?.items.map(({ say }) => say);
    expect(says).toContain("show my tasks");
    expect(says).toEqual(["show my tasks"]);
    await side.say("u2", "show my tasks");
    expect(side.workspace.suggestions.counts().taken).toBe(1);
  });
});

test("[G85] a note of any other shape is none", () => {
  const good = { turn: "u1", items: [item("show my tasks")] };
  expect(readSuggest(good)).toEqual(good);
  expect(
    readSuggest({ turn: "u1", items: Array.from({ length: 9 }, (_, at) => item(`say ${at}`)) })?.items,
  ).toHaveLength(3);
  for (const bad of [
    undefined,
    null,
    { turn: 1, items: [item("a")] },
    { turn: "u1", items: [] },
    { turn: "u1", items: [{ say: "x".repeat(201), why: "y" }] },
    { turn: "u1", items: [{ say: "x" }, { say: 1, why: "y" }, null] },
    { turn: "x".repeat(65), items: [item("a")] },
  ]) {
    expect(readSuggest(bad)).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const read = readSuggest(value);
      expect(read === undefined || read.items.length > 0).toBe(true);
    }),
  );
});

test("[G88] metrics tell how often something was suggested on a page, and taken", async () => {
  const { fake, side } = await open();
  side.workspace.suggestions.watch("owner", () => {});
  await side.say("u1", "create a task to water the garden");
  await suggest(fake, side, "u1", "show my tasks");
  await side.say("u2", "show my tasks");
  const metrics = createMetrics({ all: () => [side.workspace] }, () => 0, {
    rates: { refused: () => ({ say: 0, ask: 0, draft: 0, open: 0 }) },
    budget: { refused: () => 0 },
    snapshots: { counts: () => ({ hits: 0, misses: 0 }) },
  });
  const { body } = await metrics.text();
  expect(body).toContain('kingly_suggestions{workspace="default",what="shown"} 1');
  expect(body).toContain('kingly_suggestions{workspace="default",what="taken"} 1');
});
