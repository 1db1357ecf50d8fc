import { afterEach, beforeEach, expect, test } from "vitest";
import { cause, codeOf } from "../open-store.ts";
import { openGraph } from "./open-graph.ts";
import type { OpenGraph } from "./open-graph.ts";

let graph: OpenGraph;
beforeEach(async () => void (graph = await openGraph()));
afterEach(() => graph.end());

const texts = (id: string, asOf: { validMs?: number; systemMs?: number } = {}): readonly string[] | undefined =>
  graph.store.entities.get("w", id, { asOf })?.observations.map(({ text }) => text);

test("[S54] an entity is described, found by its name, and told again only when there is news", async () => {
  const { describe, store } = graph;
  const provenance = { utteranceId: "u-7", speaker: "Tom" };
  const first = await describe("Ann  Lee", {
    observations: ["likes tea", "Likes  tea"],
    summary: "a friend",
    metadata: { b: 1, a: [2] },
    provenance,
  });
  expect(first).toMatchObject({ isNew: true, added: ["likes tea"], maybeSameAs: [] });
  expect(first.entity).toMatchObject({ id: "e1", name: "Ann  Lee", summary: "a friend", version: 1, confidence: 1 });
  expect(first.entity.source).toEqual({ ...provenance, eventSeq: 1 });
  expect(first.entity.observations[0]?.source).toEqual({ ...provenance, eventSeq: 1 });
  const again = await describe("ann lee", {
    entityType: "Person",
    observations: ["LIKES TEA"],
    summary: "a friend",
    metadata: { a: [2], b: 1 },
  });
  expect(again).toMatchObject({ isNew: false, added: [], entity: first.entity });
  graph.clock.advance(10);
  const more = await describe("ANN LEE", { observations: ["has a dog"], significance: 0.9 });
  expect(more.entity).toMatchObject({ id: "e1", name: "Ann  Lee", version: 2, significance: 0.9, summary: "a friend" });
  expect(more.entity.observations.map(({ text }) => text)).toEqual(["likes tea", "has a dog"]);
  expect(store.events.readAfter("w", 0, 10).map(({ eventType, payload }) => [eventType, payload])).toEqual([
    ["entity_described", { entity_id: "e1", entity_type: "person", observations: 1, at: graph.clock.nowMs() - 10 }],
    ["entity_described", { entity_id: "e1", entity_type: "person", observations: 1, at: graph.clock.nowMs() }],
  ]);
  expect(store.entities.open("w", ["nobody", "ann lee", "Ann Lee"])).toEqual([more.entity]);
  expect(store.entities.history("w", "e1").map(({ version }) => version)).toEqual([1, 1, 2]);
});

test("[S54] the same name is another entity under another type, and an id renames and retypes", async () => {
  await graph.describe("Paris");
  const city = await graph.describe("Paris", { entityType: "city" });
  expect(city).toMatchObject({ isNew: true, maybeSameAs: [{ id: "e1", reason: "type" }] });
  expect(graph.store.entities.open("w", ["PARIS"]).map(({ id }) => id)).toEqual(["e1", "e2"]);
  graph.clock.advance(5);
  const renamed = await graph.describe("Lutetia", { id: "e2", entityType: "old town" });
  expect(renamed).toMatchObject({ isNew: false, entity: { id: "e2", name: "Lutetia", entityType: "old town" } });
  const before = { systemMs: graph.clock.nowMs() - 1, validMs: graph.clock.nowMs() - 1 };
  expect(graph.store.entities.open("w", ["paris"], { asOf: before }).map(({ id }) => id)).toEqual(["e1", "e2"]);
  expect(graph.store.entities.open("w", ["paris"]).map(({ id }) => id)).toEqual(["e1"]);
  expect(await codeOf(() => graph.describe("Paris", { id: "e2" }))).toBe("INVALID_VALUE");
  expect((await graph.describe("Rome", { id: "city:rome", entityType: "city" })).entity.id).toBe("city:rome");
});

test("[S55] an entity and what was observed of it are read as of both axes", async () => {
  const t0 = graph.clock.nowMs();
  await graph.describe("Ann", { summary: "one", observations: ["early"], validFromMs: t0 - 100 });
  graph.clock.advance(10);
  await graph.describe("Ann", { summary: "two", observations: ["late"] });
  graph.clock.advance(10);
  await graph.describe("Ann", { summary: "half", validFromMs: t0 - 50, validToMs: t0 });
  const summary = (validMs: number, systemMs: number): string | null | undefined =>
    graph.store.entities.get("w", "e1", { asOf: { validMs, systemMs } })?.summary;
  expect([t0 - 101, t0 - 100, t0 - 20, t0 + 10].map((valid) => summary(valid, t0))).toEqual([
    undefined,
    "one",
    "one",
    "one",
  ]);
  expect([t0 - 60, t0 - 20, t0, t0 + 10].map((valid) => summary(valid, t0 + 20))).toEqual([
    "one",
    "half",
    "one",
    "two",
  ]);
  expect(summary(t0 + 10, t0 + 9)).toBe("one");
  expect(summary(t0, t0 - 1)).toBeUndefined();
  expect(texts("e1", { validMs: t0, systemMs: t0 + 10 })).toEqual(["early"]);
  expect(texts("e1")).toEqual(["early", "late"]);
});

test("[S61] observations and entities end at a time, with the relations; what was believed before stays readable", async () => {
  const { store, clock } = graph;
  await graph.describe("Ann", { observations: ["likes tea", "has a dog"] });
  await graph.state("Ann", "knows", "Bob");
  await graph.state("Bob", "knows", "Cid");
  const t1 = clock.nowMs();
  clock.advance(10);
  const one = { workspaceId: "w", id: "e1" };
  const remove = (text: string): Promise<number> =>
    graph.write((unit) => store.entities.removeObservations(unit, { ...one, texts: [text] }, cause));
  expect([await remove("LIKES tea"), await remove("likes tea"), await remove("none")]).toEqual([1, 0, 0]);
  expect([texts("e1"), texts("e1", { validMs: t1 })]).toEqual([["has a dog"], ["likes tea", "has a dog"]]);
  const retract = (): Promise<boolean> => graph.write((unit) => store.entities.retract(unit, one, cause));
  expect([await retract(), await retract()]).toEqual([true, false]);
  expect(store.entities.get("w", "e1")).toBeUndefined();
  expect(store.entities.list("w").items.map(({ name }) => name)).toEqual(["Cid", "Bob"]);
  expect([graph.facts(), graph.facts({ validMs: t1 })]).toEqual([
    ["Bob knows Cid"],
    ["Ann knows Bob", "Bob knows Cid"],
  ]);
  expect(store.events.readAfter("w", 0, 100).at(-1)).toMatchObject({
    eventType: "entity_retracted",
    payload: { entity_id: "e1", observations: 1, relations: 1, from: clock.nowMs() },
  });
  clock.advance(10);
  const back = await graph.describe("Ann", { observations: ["is back"] });
  expect(back).toMatchObject({ isNew: false, entity: { id: "e1" } });
  expect(texts("e1")).toEqual(["is back"]);
});

test("[S53] a merge shows two entities as one, changes no row of them, and can be taken back", async () => {
  const { store, clock } = graph;
  await graph.describe("Robert Smith", { observations: ["plays chess"] });
  await graph.describe("Bob", { observations: ["likes tea", "plays CHESS"] });
  await graph.state("Bob", "knows", "Cid");
  await graph.state("Robert Smith", "knows", "Dora");
  const before = clock.nowMs();
  const rows = graph.database.all("SELECT * FROM entities UNION ALL SELECT * FROM entities");
  clock.advance(10);
  const merge = (aliasId: string, intoId: string): Promise<boolean> =>
    graph.write((unit) => store.entities.merge(unit, { workspaceId: "w", aliasId, intoId }, cause));
  expect([await merge("e2", "e1"), await merge("e2", "e1"), await merge("e1", "e2")]).toEqual([true, false, false]);
  expect(graph.database.all("SELECT * FROM entities UNION ALL SELECT * FROM entities")).toEqual(rows);
  for (const id of ["e1", "e2"]) {
    expect(store.entities.get("w", id)).toMatchObject({ id: "e1", name: "Robert Smith" });
    expect([...(texts(id) ?? [])].toSorted()).toEqual(["likes tea", "plays chess"]);
    expect(store.graph.neighbours("w", id).items.map(({ id: near }) => near)).toEqual(["e3", "e5"]);
  }
  expect(store.entities.open("w", ["Bob"]).map(({ id }) => id)).toEqual(["e1"]);
  expect(store.entities.search("w", "bob").map(({ id }) => id)).toEqual(["e1"]);
  expect(store.entities.list("w").items.map(({ id }) => id)).not.toContain("e2");
  // What was one then is asked of the past as it was believed then.
  expect(store.entities.get("w", "e2", { asOf: { systemMs: before } })?.name).toBe("Bob");
  // New facts of the alias are facts of the one.
  expect((await graph.state("Bob", "knows", "Cid")).isNew).toBe(false);
  expect(await graph.describe("BOB", { observations: ["sings"] })).toMatchObject({
    isNew: false,
    entity: { id: "e1" },
  });
  clock.advance(10);
  const separate = (): Promise<boolean> => graph.write((unit) => store.entities.separate(unit, "w", "e2", cause));
  expect([await separate(), await separate()]).toEqual([true, false]);
  expect(texts("e2")).toEqual(["likes tea", "plays CHESS"]);
  expect(texts("e1")).toEqual(["plays chess", "sings"]);
  expect(texts("e2", { systemMs: clock.nowMs() - 1 })?.toSorted()).toEqual(["likes tea", "plays chess", "sings"]);
  expect(await codeOf(() => merge("e1", "none"))).toBe("UNKNOWN_REFERENCE");
  expect(await codeOf(() => merge("e1", "e1"))).toBe("INVALID_VALUE");
  await expect(graph.write((unit) => unit.run("UPDATE entity_aliases SET entity_id = 'e9'"))).rejects.toThrow(
    "append-only",
  );
});

test("[S51][S52] a new name that is like another one is told as a question and merged by nobody", async () => {
  const long = "Department of Agriculture and Rural Development of the Northern Territory";
  for (const name of ["Acme", "José Niño", long, "v1", "Anna", "room 12"]) await graph.describe(name);
  const like = async (name: string): Promise<readonly (readonly [string, string])[]> =>
    (await graph.describe(name)).maybeSameAs.map((one) => [one.name, one.reason] as const);
  expect(await like("ACME, Inc.")).toEqual([["Acme", "spelling"]]);
  expect(await like("Jose Nino")).toEqual([["José Niño", "spelling"]]);
  expect(await like(`${long}s`)).toEqual([[long, "similar"]]);
  for (const name of ["v2", "Ana", "room 13"]) expect(await like(name)).toEqual([]);
  expect(graph.store.entities.list("w").items).toHaveLength(12);
  // Asked once: when the name is new. An entity that is gone is nobody's double.
  expect(await like("ACME, Inc.")).toEqual([]);
  graph.clock.advance(1);
  await graph.write((unit) =>
    graph.store.entities.retract(unit, { workspaceId: "w", id: "e1", validFromMs: 0 }, cause),
  );
  expect(await like("The Acme")).toEqual([["ACME, Inc.", "spelling"]]);
});

test("[S52] names are compared within their bands: at most 64 of them, never the whole workspace", async () => {
  const base = "Department of Agriculture and Rural Development of the Northern Territory and its Islands";
  await graph.write((unit) => {
    for (let n = 0; n < 300; n += 1) {
      const name = `${base} ${String.fromCodePoint(97 + (n % 26), 97 + Math.floor(n / 26))}`;
      graph.store.entities.describe(unit, { workspaceId: "w", name, entityType: "person" }, cause);
    }
  });
  const asked: string[] = [];
  await graph.write((unit) => {
    const listening = {
      ...unit,
      all: <R>(sql: string, ...values: Parameters<typeof unit.all>[1][]): R[] => {
        const rows = unit.all<R>(sql, ...values);
        if (sql.includes("entity_bands")) asked.push(`${rows.length} ${sql}`);
        return rows;
      },
    };
    const name = `The ${base} zz`;
    const { maybeSameAs } = graph.store.entities.describe(
      listening,
      { workspaceId: "w", name, entityType: "person" },
      cause,
    );
    expect(maybeSameAs).toHaveLength(5);
  });
  expect(asked).toHaveLength(1);
  const [rows, ...sql] = (asked[0] as string).split(" ");
  expect(Number(rows)).toBeLessThanOrEqual(64);
  const plan = graph.database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql.join(" ")}`, "{}", "w", 64, "w");
  const details = plan.map(({ detail }) => detail).join("; ");
  expect(details).toMatch(/SEARCH b USING PRIMARY KEY/);
  expect(details).not.toMatch(/SCAN (b|e)\b/);
});
