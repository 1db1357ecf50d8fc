// A context that is kept is never untrue: compared with one that is read anew, after whatever has happened.
import { createManualClock } from "@kingly/runtime/testing";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { createContexts } from "../src/context/contexts.ts";
import type { Depth } from "../src/context/depths.ts";
import { gatherContext } from "../src/context/gather-context.ts";
import { createKnownRelationships } from "../src/context/known-relationships.ts";
import { loadContext } from "../src/context/load-context.ts";
import { metricsText } from "../src/metrics.ts";
import { openForesight } from "../src/predictions/open-foresight.ts";
import { endHouse, openHouse } from "./harness.ts";
import type { House, HouseOptions } from "./harness.ts";

let house: House;
const cause = { origin: "user" } as const;
const open = async (options: HouseOptions = {}): Promise<void> =>
  void (house = await openHouse({ works: false, ...options }));
const load = (contextId: string, depth: Depth = "full") => loadContext(house.back, "default", contextId, depth);
const write = (change: Parameters<House["back"]["database"]["write"]>[0]) => house.back.database.write(change);
const counts = () => house.back.contexts.counts().contexts;

afterEach(() => endHouse(house));

/** Reads a context past every cache. */
async function readAnew(contextId: string, depth: Depth): Promise<string> {
  const { back } = house;
  const deps = { ...back, relationships: createKnownRelationships(back) };
  return (await gatherContext(deps, { workspaceId: "default", contextId, depth })).loaded.text;
}

const things = ["a", "b", "c"] as const;
const thing = fc.constantFrom(...things);

test("[O62] after any changes, what is given is what would be read anew", async () => {
  await open();
  const { store } = house.back;
  let made = 0;
  const tasks = new Set<string>();
  const change = fc.oneof(
    fc.record({ kind: fc.constant("task" as const), of: thing, under: fc.option(thing, { nil: undefined }) }),
    fc.record({ kind: fc.constant("memory" as const), of: thing }),
    fc.record({ kind: fc.constant("forget" as const), of: thing }),
    fc.record({ kind: fc.constant("status" as const), of: thing }),
    fc.record({ kind: fc.constant("relate" as const), of: thing, to: thing }),
    fc.record({ kind: fc.constant("fact" as const), of: thing, to: thing }),
    fc.record({ kind: fc.constant("say" as const), of: thing }),
    fc.record({ kind: fc.constant("project" as const), of: thing }),
    fc.record({ kind: fc.constant("load" as const), of: thing }),
  );
  type Change = typeof change extends fc.Arbitrary<infer Made> ? Made : never;
  const apply = async (one: Change): Promise<void> => {
    made += 1;
    const at = 1_700_000_000_000 + made;
    if (one.kind === "say") return void (await house.say(`ut#U${made}:u${made}|about ${one.of}||||${at}`));
    await write((unit) => {
      const id = `task_${one.of}`;
      switch (one.kind) {
        case "task": {
          const parentId = `task_${one.under ?? ""}`;
          const parent = one.under !== undefined && one.under < one.of && tasks.has(parentId) ? { parentId } : {};
          store.tasks.create(unit, { id, workspaceId: "default", title: `thing ${one.of}`, ...parent }, cause);
          return tasks.add(id);
        }
        case "memory":
          return store.memory.remember(unit, { workspaceId: "default", key: one.of, value: `thing ${made}` }, cause);
        case "forget":
          return store.memory.forget(unit, "default", one.of, cause);
        case "status":
          return store.tasks.transition(unit, "default", id, made % 2 === 0 ? "ready" : "running", {}, cause);
        case "relate":
          if (one.of >= one.to || !tasks.has(id) || !tasks.has(`task_${one.to}`)) return undefined;
          return made % 2 === 0
            ? store.relationships.relate(unit, "default", { from: id, kind: "blocks", to: `task_${one.to}` }, cause)
            : store.relationships.unrelate(unit, "default", { from: id, kind: "blocks", to: `task_${one.to}` }, cause);
        case "fact": {
          const [from, to] = [one.of, one.to].map((name) => ({ name: `Thing ${name}`, entityType: "thing" }));
          if (from === undefined || to === undefined || one.of === one.to) return undefined;
          return store.relations.state(unit, { workspaceId: "default", from, to, relationType: "touches" }, cause);
        }
        case "project":
          return store.projects.create(unit, { id: `p_${one.of}`, workspaceId: "default", name: `p ${one.of}` }, cause);
        default:
          return undefined;
      }
    });
  };
  const ids = ["task_a", "task_b", "a", "thing", "p_a", "thing_b", "conversation_2023-11-14"];
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
      for (const one of changes) {
        await apply(one);
        for (const id of ids) {
          const depth = id === "task_b" ? "deep" : "full";
          const given = await load(id, depth);
          expect(given.text, `${id} after ${one.kind}`).toBe(await readAnew(id, depth));
        }
      }
    }),
    { numRuns: 12 },
  );
  // The test would say nothing if nothing was ever kept.
  expect(counts().hits).toBeGreaterThan(50);
  expect(counts().dropped).toBeGreaterThan(50);
}, 60_000);

test("[O62] it is given again for 5 minutes and not longer; a memory that ends by its time ends it sooner", async () => {
  const clock = createManualClock();
  await open({ clock });
  const { store } = house.back;
  const begin = clock.nowMs();
  await write((unit) => store.memory.remember(unit, { workspaceId: "default", key: "tea", value: "green" }, cause));
  await load("tea");
  clock.advance(299_000);
  await load("tea");
  expect(counts()).toMatchObject({ hits: 1, misses: 1 });
  clock.advance(1000);
  await load("tea");
  expect(counts()).toMatchObject({ hits: 1, misses: 2, dropped: 1 });
  await write((unit) =>
    store.memory.remember(
      unit,
      { workspaceId: "default", key: "pan", value: "hot", validToMs: begin + 301_000 },
      cause,
    ),
  );
  expect((await load("pan")).text).toContain("hot");
  clock.advance(1001);
  expect((await load("pan")).text).not.toContain("hot");
});

test("[O62] more than 256 events, and another epoch of the log, are not looked through: it is read anew", async () => {
  await open();
  const { store } = house.back;
  const event = {
    eventType: "status_update",
    entityType: "task",
    entityId: "x",
    payload: { entity_id: "x", status: "y", progress: 0 },
  };
  const append = (count: number) =>
    write((unit) => {
      for (let at = 0; at < count; at += 1) store.events.append(unit, "default", event, cause);
    });
  await load("tea", "brief");
  await append(256);
  await load("tea", "brief");
  expect(counts()).toMatchObject({ hits: 1, misses: 1 });
  await append(257);
  await load("tea", "brief");
  expect(counts()).toMatchObject({ hits: 1, misses: 2 });
  await write((unit) => store.events.newEpoch(unit, "default"));
  await load("tea", "brief");
  expect(counts()).toMatchObject({ hits: 1, misses: 3 });
});

test("[O62] who asks for the same at once is given one reading; after a commit meanwhile, a new one", async () => {
  await open();
  const [one, other] = [load("tea"), load("tea")];
  expect(await one).toBe(await other);
  // A reading that is held up while something happens: who asks then is not given it.
  let begin = (): void => {};
  const gate = new Promise<void>((resolve) => (begin = resolve));
  const contexts = createContexts(house.back, { write: ({ text }) => gate.then(() => `In short: ${text}`) });
  const ask = () => contexts.load({ workspaceId: "default", contextId: "jam", depth: "search" });
  const early = ask();
  await expect.poll(() => house.back.store.memory.recall("default", "jam")).toBeUndefined();
  await write((unit) =>
    house.back.store.memory.remember(unit, { workspaceId: "default", key: "jam", value: "sweet" }, cause),
  );
  const late = ask();
  begin();
  const texts = [(await early).text, (await late).text, (await ask()).text];
  expect(texts.slice(1)).toEqual(
    Array.from({ length: 2 }, () => expect.stringMatching(/^In short: .*sweet/) as string),
  );
  expect(await early).not.toBe(await late);
});

test("[O62] relationships are kept until a task of theirs is related; metrics tell hits, misses and drops", async () => {
  await open();
  const { store, contexts } = house.back;
  await write((unit) => {
    for (const id of ["x", "y", "z"]) store.tasks.create(unit, { id, workspaceId: "default", title: id }, cause);
  });
  const of = () => contexts.relationships.of("default", "x").map(({ taskId }) => taskId);
  const relate = (from: string, to: string) =>
    write((unit) => store.relationships.relate(unit, "default", { from, kind: "relates_to", to }, cause));
  expect([of(), of()]).toEqual([[], []]);
  await relate("y", "z");
  expect(of()).toEqual([]);
  expect(contexts.relationships.counts()).toEqual({ hits: 2, misses: 1, dropped: 0 });
  await relate("y", "x");
  expect(of()).toEqual(["y"]);
  expect(contexts.relationships.counts()).toEqual({ hits: 2, misses: 2, dropped: 1 });
  const answer = await metricsText({ ...house, foresight: openForesight(house.back, house.servers, false) }, () => 0);
  const text = typeof answer === "object" && "text" in answer ? answer.text : "";
  expect(text).toContain('kingly_cache_hit_count{cache="task_relationships"} 2');
  expect(text).toContain('kingly_cache_dropped_count{cache="task_relationships"} 1');
  expect(text).toContain('kingly_cache_miss_count{cache="contexts"} 0');
});
