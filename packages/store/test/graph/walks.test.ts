import { createSeededRandom } from "@kingly/runtime/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SqlValue } from "@kingly/sqlite";
import { createStore } from "../../src/index.ts";
import { codeOf } from "../open-store.ts";
import { openGraph } from "./open-graph.ts";
import type { OpenGraph } from "./open-graph.ts";

let graph: OpenGraph;
beforeEach(async () => void (graph = await openGraph()));
afterEach(() => graph.end());

const near = (id: string, options: Parameters<OpenGraph["store"]["graph"]["neighbours"]>[2] = {}): readonly string[] =>
  graph.store.graph.neighbours("w", id, options).items.map((one) => `${one.id}@${one.depth}`);

/** Ann -> Bob -> Cid -> Ann, Cid -> Dora, Eve -> Ann: ids e1, e2, e4, e7, e9. */
async function circle(): Promise<void> {
  await graph.state("Ann", "knows", "Bob", { confidence: 0.9 });
  await graph.state("Bob", "knows", "Cid", { confidence: 0.5 });
  await graph.state("Cid", "likes", "Ann");
  await graph.state("Cid", "knows", "Dora");
  await graph.state("Eve", "knows", "Ann", { confidence: 0.2 });
}

test("[S62] a walk goes outward level by level, once to each entity, the most certain first; circles end", async () => {
  await circle();
  expect(graph.store.entities.list("w").items.map(({ id, name }) => `${id} ${name}`)).toEqual([
    "e9 Eve",
    "e7 Dora",
    "e4 Cid",
    "e2 Bob",
    "e1 Ann",
  ]);
  expect(near("e1")).toEqual(["e4@1", "e2@1", "e9@1"]);
  expect(near("e1", { depth: 6 })).toEqual(["e4@1", "e2@1", "e9@1", "e7@2"]);
  expect(near("e1", { direction: "out", depth: 6 })).toEqual(["e2@1", "e4@2", "e7@3"]);
  expect(near("e1", { direction: "in", depth: 2 })).toEqual(["e4@1", "e9@1", "e2@2"]);
  expect(near("e1", { relationTypes: ["KNOWS"] })).toEqual(["e2@1", "e9@1"]);
  expect(near("e1", { minConfidence: 0.6 })).toEqual(["e4@1", "e2@1"]);
  expect(near("e1", { depth: 6, limit: 2 })).toEqual(["e4@1", "e2@1"]);
  expect(near("none")).toEqual([]);
  expect(graph.store.graph.neighbours("w", "e1").items[1]?.edge).toMatchObject({
    fromId: "e1",
    toId: "e2",
    relationType: "knows",
    confidence: 0.9,
  });
});

test("[S62] a walk has bounds and says when they cut it", async () => {
  await circle();
  const complete = (options: Parameters<typeof near>[1]): boolean =>
    graph.store.graph.neighbours("w", "e1", options).complete;
  expect([{}, { limit: 3 }, { limit: 2 }, { maxVisited: 3 }, { maxVisited: 2 }].map((one) => complete(one))).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
  for (const wrong of [{ depth: 0 }, { depth: 7 }, { depth: 1.5 }, { maxVisited: 0 }, { minConfidence: 2 }]) {
    expect(await codeOf(() => graph.store.graph.neighbours("w", "e1", wrong))).toBe("INVALID_VALUE");
  }
  const direction = "up" as "out";
  expect(await codeOf(() => graph.store.graph.neighbours("w", "e1", { direction }))).toBe("INVALID_VALUE");
});

test("[S63] the shortest way, the part around some entities, and the whole in pages", async () => {
  await circle();
  const { store } = graph;
  const way = (from: string, to: string, options = {}): readonly string[] | undefined =>
    store.graph.path("w", from, to, options)?.map((edge) => `${edge.fromId}>${edge.toId}`);
  expect(way("e1", "e7")).toEqual(["e4>e1", "e4>e7"]);
  expect(way("e1", "e7", { direction: "out" })).toEqual(["e1>e2", "e2>e4", "e4>e7"]);
  expect(way("e7", "e1", { direction: "in" })).toEqual(["e4>e7", "e2>e4", "e1>e2"]);
  expect(way("e1", "e7", { direction: "out", depth: 2 })).toBeUndefined();
  expect([way("e1", "e1"), way("e1", "none"), way("e7", "e9", { direction: "out" })]).toEqual([
    [],
    undefined,
    undefined,
  ]);
  const part = store.graph.subgraph("w", ["e7"]);
  expect(part.entities.map(({ name }) => name)).toEqual(["Dora", "Cid"]);
  expect(part).toMatchObject({ complete: true, relations: [{ fromId: "e4", toId: "e7" }] });
  expect(store.graph.subgraph("w", ["e7"], { depth: 2 }).relations).toHaveLength(4);
  expect(store.graph.subgraph("w", ["e7"], { depth: 3, limit: 3 })).toMatchObject({ complete: false });
  expect(store.graph.around("w", ["e7", "e9"]).relations.map(({ relationType }) => relationType)).toEqual([
    "knows",
    "knows",
  ]);
  const seen: string[] = [];
  let relations = 0;
  let cursor: string | null = null;
  do {
    const page = store.graph.read("w", { limit: 2, ...(cursor === null ? {} : { cursor }) });
    expect(page.complete).toBe(true);
    seen.push(...page.entities.map(({ name }) => name));
    relations += page.relations.length;
    cursor = page.next;
  } while (cursor !== null);
  expect([seen, relations]).toEqual([["Eve", "Dora", "Cid", "Bob", "Ann"], 5]);
});

test("[S62][S63] walks of any depth, ways and directions are those of a plain search over all facts, then as of before", async () => {
  const random = createSeededRandom(11);
  const below = (limit: number): number => Math.floor(random.fraction() * limit);
  const size = 40;
  const moments: { readonly systemMs: number; readonly facts: readonly (readonly [string, string])[] }[] = [];
  const ids = Array.from({ length: size }, (_, n) => `n${n}`);
  for (const id of ids) await graph.describe(`Node ${id}`, { id });
  const facts = new Map<string, readonly [string, string]>();
  for (let round = 0; round < 5; round += 1) {
    await graph.write((unit) => {
      for (let n = 0; n < 20; n += 1) {
        const [from, to] = [ids[below(size)] as string, ids[below(size)] as string];
        const input = { workspaceId: "w", from, relationType: "knows", to };
        const { id } = graph.store.relations.state(unit, input, { origin: "user" });
        facts.set(id, [from, to]);
      }
      for (const id of [...facts.keys()].filter(() => below(6) === 0)) {
        graph.store.relations.end(unit, { workspaceId: "w", id }, { origin: "user" });
        facts.delete(id);
      }
    });
    moments.push({ systemMs: graph.clock.nowMs(), facts: [...facts.values()] });
    graph.clock.advance(10);
  }
  let compared = 0;
  for (const { systemMs, facts: then } of moments) {
    const asOf = { systemMs, validMs: systemMs };
    for (const direction of ["out", "in", "both"] as const) {
      const step = (from: ReadonlySet<string>): ReadonlySet<string> =>
        new Set([
          ...from,
          ...then.flatMap(([left, right]) => [
            ...(direction !== "in" && from.has(left) ? [right] : []),
            ...(direction !== "out" && from.has(right) ? [left] : []),
          ]),
        ]);
      for (const start of ids) {
        const depths = new Map<string, number>([[start, 0]]);
        let reached: ReadonlySet<string> = new Set([start]);
        for (let depth = 1; depth <= 4; depth += 1) {
          reached = step(reached);
          for (const id of reached) if (!depths.has(id)) depths.set(id, depth);
          const { items } = graph.store.graph.neighbours("w", start, { asOf, direction, depth, limit: 1000 });
          expect(new Map([[start, 0], ...items.map((one) => [one.id, one.depth] as const)])).toEqual(depths);
          compared += 1;
        }
        const goal = ids[below(size)] as string;
        const way = graph.store.graph.path("w", start, goal, { asOf, direction, depth: 4 });
        expect(way?.length).toBe(depths.get(goal));
        compared += 1;
      }
    }
  }
  expect(compared).toBe(5 * 3 * size * 5);
});

test("[S62][S63] no walk, list of an entity or look-up by name walks a workspace: each enters an index by its ids", async () => {
  await circle();
  const asked = new Map<string, readonly unknown[]>();
  const { database, clock } = graph;
  const note = <T>(sql: string, values: readonly unknown[], result: T): T => {
    asked.set(sql, values);
    return result;
  };
  const listening = {
    ...database,
    get: <R>(sql: string, ...values: readonly SqlValue[]) => note(sql, values, database.get<R>(sql, ...values)),
    all: <R>(sql: string, ...values: readonly SqlValue[]) => note(sql, values, database.all<R>(sql, ...values)),
  };
  const store = createStore({ database: listening, clock, random: createSeededRandom(1) });
  for (const asOf of [{}, { validMs: 5, systemMs: 5 }]) {
    store.graph.neighbours("w", "e1", { depth: 2, asOf });
    store.graph.path("w", "e1", "e7", { asOf });
    store.graph.subgraph("w", ["e1"], { asOf });
    store.graph.around("w", ["e1"], { asOf });
    store.relations.list("w", { entityId: "e1", asOf });
    store.entities.open("w", ["Ann"], { asOf });
  }
  for (const [sql, values] of asked) {
    const plan = database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...(values as readonly SqlValue[]));
    const steps = plan.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH)/.test(detail));
    const wide = steps.filter((step) =>
      /^SCAN (?!f |json_each |one|found|\(subquery|CONSTANT)|_newest|\(workspace_id=\?\)$/.test(step),
    );
    // The one that asks whether there are merges at all takes the first row.
    expect([sql, wide]).toEqual([sql, sql.includes("entity_aliases WHERE workspace_id = ? LIMIT 1") ? wide : []]);
  }
  expect(asked.size).toBeGreaterThan(6);
});
