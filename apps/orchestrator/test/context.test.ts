// What a context holds: by id, by depth, under a budget, with where each piece came from.
import { estimateTokens } from "@kingly/codec";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ContextAsked } from "../src/context/contexts.ts";
import { depths, readDepth } from "../src/context/depths.ts";
import type { Depth } from "../src/context/depths.ts";
import { gather } from "../src/context/gather.ts";
import { loadContext } from "../src/context/load-context.ts";
import { DatabaseError } from "@kingly/sqlite";
import { endHouse, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

let house: House;
const cause = { origin: "user" } as const;
const load = (contextId: string, depth: Depth = "full", budget?: number) =>
  loadContext(house.back, "default", contextId, depth, budget);
const ask = (contextId: string, depth: Depth = "full"): ContextAsked => ({ workspaceId: "default", contextId, depth });
const write = (change: Parameters<House["back"]["database"]["write"]>[0]) => house.back.database.write(change);

beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => endHouse(house));

async function tellAFamily(): Promise<void> {
  const { store } = house.back;
  await write((unit) => {
    const task = (id: string, title: string, parentId?: string) =>
      store.tasks.create(
        unit,
        { id, workspaceId: "default", title, ...(parentId === undefined ? {} : { parentId }) },
        cause,
      );
    task("t_house", "Build the house");
    task("t_roof", "Lay the roof", "t_house");
    task("t_wall", "Raise the walls", "t_house");
    task("t_tiles", "Buy the tiles", "t_roof");
    task("t_paint", "Paint the fence");
    store.relationships.relate(unit, "default", { from: "t_wall", kind: "blocks", to: "t_roof" }, cause);
    store.tasks.transition(unit, "default", "t_roof", "running", { progress: 0.5 }, cause);
    store.memory.remember(unit, { workspaceId: "default", key: "roof", value: "the roof is of red tiles" }, cause);
    const stated = store.relations.state(
      unit,
      {
        workspaceId: "default",
        from: { name: "Ann", entityType: "person" },
        relationType: "lays",
        to: { name: "Roof", entityType: "thing" },
        fact: "Ann lays the roof",
      },
      cause,
    );
    expect(stated).toBeDefined();
    store.relations.state(
      unit,
      {
        workspaceId: "default",
        from: { name: "Ann", entityType: "person" },
        relationType: "knows",
        to: { name: "Bob", entityType: "person" },
        fact: "Ann knows Bob",
      },
      cause,
    );
    store.projects.create(unit, { id: "p1", workspaceId: "default", name: "Garden", description: "the green" }, cause);
    store.tasks.create(unit, { id: "t_hedge", workspaceId: "default", title: "Cut the hedge", projectId: "p1" }, cause);
  });
}

describe("what it holds", () => {
  test("[O60][O61] of a task: itself, its parent, what came of what it waited for, parts, relations, siblings, memories, events and the graph, with ids and times", async () => {
    await tellAFamily();
    await write((unit) => {
      const value = "Raise the walls: the roof may come";
      const result = { workspaceId: "default", key: "result:t_wall", value, speaker: "model:brain" };
      house.back.store.memory.remember(unit, result, cause);
    });
    const context = await load("t_roof", "full", 4000);
    expect(context.asked).toEqual([
      "task",
      "parent",
      "before",
      "parts",
      "relations",
      "siblings",
      "memory",
      "events",
      "graph",
    ]);
    // What it waited for stands near, and once; who said it stands with it.
    expect(context.pieces.filter(({ id }) => id === "result:t_wall")).toEqual([
      expect.objectContaining({ source: "before", kind: "memory", by: "model:brain" }),
    ]);
    expect(context.pieces.map(({ source }) => source).slice(0, 3)).toEqual(["task", "parent", "before"]);
    const texts = context.pieces.map(({ kind, id, text }) => `${kind} ${id}: ${text}`);
    expect(texts).toContain("task t_roof: “Lay the roof”, running, 50 %");
    expect(texts).toContain("task t_house: “Build the house”, queued");
    expect(texts).toContain("task t_tiles: “Buy the tiles”, queued");
    expect(texts).toContain("task t_wall: blocked by “Raise the walls”, queued");
    expect(texts).toContain("memory roof: “the roof is of red tiles”");
    expect(texts.some((text) => /^event \d+: t_roof became running$/.test(text))).toBe(true);
    expect(texts.some((text) => /^graph .+: Ann lays the roof$/.test(text))).toBe(true);
    expect(texts.join("\n")).not.toContain("fence");
    const now = house.back.clock.nowMs();
    for (const { id, atMs } of context.pieces) {
      expect(id).not.toBe("");
      expect(atMs).toBeGreaterThan(now - 60_000);
    }
    expect(context.text).toMatch(/^The task: “Lay the roof”, running, 50 % \(\d{4}-/);
    expect(context.complete).toBe(true);
  });

  test("[O60] deeper asks more sources and reaches farther: the second hop of the graph and the ids only at the greatest depth", async () => {
    await tellAFamily();
    const asked: Record<string, readonly string[]> = {};
    for (const depth of ["brief", "search", "full", "deep"] as const)
      asked[depth] = (await load("t_roof", depth)).asked;
    expect(asked["brief"]).toEqual(["task", "parent", "memory"]);
    expect(asked["search"]).toEqual(["task", "parent", "memory"]);
    expect(asked["full"]).toEqual(asked["deep"]);
    const [full, deep] = [await load("t_roof", "full", 4000), await load("t_roof", "deep", 4000)];
    expect(full.text).not.toContain("Ann knows Bob");
    expect(deep.text).toContain("Ann knows Bob");
    expect(deep.text).toMatch(/\(t_roof, \d{4}-/);
    expect(full.text).not.toContain("(t_roof,");
    expect(["brief", "deep", "quick", undefined].map((word) => readDepth(word))).toEqual([
      "brief",
      "deep",
      "full",
      "full",
    ]);
  });

  test("[O61] a run, a workflow, a project by id and name, an entity by name, a memory by its key, and free words", async () => {
    await tellAFamily();
    await house.say("wf#W1:project_planning|{name:'Boat'}");
    await house.idle();
    expect((await load("run_W1", "full", 4000)).text).toMatch(/^The run: “.*Boat”/);
    const workflow = await load("project_planning", "full", 4000);
    expect(workflow.pieces.map(({ kind }) => kind).slice(0, 2)).toEqual(["workflow", "run"]);
    expect(workflow.pieces[1]?.id).toBe("run_W1");
    for (const id of ["p1", "garden"]) {
      expect((await load(id)).pieces.slice(0, 2).map((piece) => piece.id)).toEqual(["p1", "t_hedge"]);
    }
    expect((await load("ann")).text).toMatch(/^What is known: Ann \(person\)/);
    expect((await load("roof")).text).toMatch(/^What I remember about roof: “the roof is of red tiles”/);
    const words = await load("memory_red_tiles", "search");
    expect(words.pieces.map(({ id }) => id)).toEqual(["roof"]);
    expect((await load("xyzzy", "search")).text).toBe("I remember nothing about xyzzy.");
  });

  test("[O61] a conversation tells its latest turns in the order in which they were said, and how many there were", async () => {
    for (let turn = 0; turn < 12; turn += 1) {
      await house.say(
        `ut#U${turn}:u${turn}|I said number ${turn}|Fine.|reflex|recorded|${1_700_000_000_000 + turn * 1000}`,
      );
    }
    const full = await load("conversation_2023-11-14");
    expect(full.text).toMatch(/^Around 2023-11-14 we discussed 12 things: .*number 0”; .*number 11”\.$/);
    expect((await load("conversation_2023-11-14", "brief")).text).toMatch(
      /discussed 5 things: .*number 7”.*number 11”\.$/,
    );
    expect((await load("conversation_2023-11-14", "deep")).text).toContain("“I said number 3”, answered “Fine.” (u3)");
    const tight = await load("conversation_2023-11-14", "full", 120);
    expect(tight.text).toMatch(/discussed 12 things, the latest \d: /);
    expect(tight.complete).toBe(false);
  });
});

describe("the budget", () => {
  test("[O60] no text has more tokens than its budget, whatever is known", async () => {
    const { store } = house.back;
    const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }).filter((text) => !text.includes("\0"));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), fc.integer({ min: 50, max: 400 }), async (texts, budget) => {
        await write((unit) => {
          for (const [at, value] of texts.entries()) {
            const input = { workspaceId: "default", key: `k${at}`, value: `thing ${value.toWellFormed()}` };
            store.memory.remember(unit, input, cause);
          }
        });
        for (const depth of ["search", "deep"] as const) {
          const context = await load("thing", depth, budget);
          expect(estimateTokens(context.text)).toBeLessThanOrEqual(budget);
          expect(context.tokens).toBeLessThanOrEqual(budget);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("[O60] a deeper source is asked only while budget is left; what does not fit is cut and is the last", async () => {
    let reads = 0;
    const source = (name: string, text: string) => ({
      name,
      heading: name,
      read() {
        reads += 1;
        return [{ kind: "memory", id: name, atMs: 0, text } as const];
      },
    });
    const long = "word ".repeat(400);
    const found = await gather([source("near", "short"), source("long", long), source("far", "never")], 120, false);
    expect(reads).toBe(2);
    expect(found).toMatchObject({ complete: false, asked: ["near", "long"] });
    expect(found.sections.map(({ pieces }) => pieces.length)).toEqual([1, 1]);
    expect(found.sections[1]?.pieces[0]?.text.endsWith("…")).toBe(true);
    expect(depths.brief.budget).toBeLessThan(depths.deep.budget);
  });

  test("[O60] a source that is too busy is left out and named; what is broken is not hidden", async () => {
    const fails = (code: "OVERLOADED" | "CLOSED") => ({
      name: "busy",
      heading: "busy",
      read: (): never => {
        throw new DatabaseError(code, "no");
      },
    });
    const well = {
      name: "well",
      heading: "well",
      read: () => [{ kind: "memory", id: "a", atMs: 0, text: "b" } as const],
    };
    const found = await gather([fails("OVERLOADED"), well], 200, false);
    expect(found).toMatchObject({ missing: ["busy"], complete: false, asked: ["busy", "well"] });
    expect(found.sections).toHaveLength(1);
    await expect(gather([fails("CLOSED"), well], 200, false)).rejects.toThrow("no");
  });

  test("[O60] the same data gives the same text", async () => {
    await tellAFamily();
    for (const id of ["t_roof", "garden", "ann", "roof"]) {
      const [first, second] = [
        await house.back.contexts.warm(ask(id, "deep")),
        await house.back.contexts.warm(ask(id, "deep")),
      ];
      expect(second.text).toBe(first.text);
    }
  });
});
