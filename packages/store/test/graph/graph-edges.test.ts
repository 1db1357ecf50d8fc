import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isStoreError } from "../../src/index.ts";
import { cause, codeOf } from "../open-store.ts";
import { openGraph } from "./open-graph.ts";
import type { OpenGraph } from "./open-graph.ts";

let graph: OpenGraph;
beforeEach(async () => void (graph = await openGraph()));
afterEach(() => graph.end());

const found = (
  text: string,
  options: Parameters<OpenGraph["store"]["entities"]["search"]>[2] = {},
): readonly string[] => graph.store.entities.search("w", text, options).map(({ name }) => name);

test("[S64] entities are found by words of name, summary and observations, by the stem, and through a slip in the name", async () => {
  await graph.describe("Ada Lovelace", { observations: ["wrote programs for engines"], summary: "mathematician" });
  await graph.describe("Charles Babbage", { observations: ["designed the engine", "knew Ada"] });
  await graph.describe("Engine", { entityType: "machine" });
  expect(found("Who wrote a program?")).toEqual(["Ada Lovelace"]);
  expect(found("engine")[0]).toBe("Engine");
  expect(found("engine").toSorted()).toEqual(["Ada Lovelace", "Charles Babbage", "Engine"]);
  expect(found("engine", { entityTypes: ["MACHINE"] })).toEqual(["Engine"]);
  expect(found("engine", { limit: 1 })).toEqual(["Engine"]);
  expect(found("mathematicians")).toEqual(["Ada Lovelace"]);
  for (const slip of ["Lovelase", "Lvelace", "Lovealce", "Lovelacee", "babage", "lovelac", "charls"]) {
    expect([slip, found(slip)]).toEqual([
      slip,
      [slip.toLowerCase().startsWith("l") ? "Ada Lovelace" : "Charles Babbage"],
    ]);
  }
  expect(found("Loveless")).toEqual([]);
  expect(graph.store.entities.search("v", "Ada")).toEqual([]);
});

test("[S64][S55] a text counts at the moment of which the search is, and at no other one", async () => {
  const { store, clock } = graph;
  await graph.describe("Ann", { observations: ["likes tea"], summary: "a baker" });
  await graph.state("Ann", "lives_in", "Rome", { fact: "Ann moved to Rome" });
  const then = { validMs: clock.nowMs(), systemMs: clock.nowMs() };
  clock.advance(10);
  await graph.describe("Anna Maria", { id: "e1", summary: "a pilot" });
  await graph.write((unit) =>
    store.entities.removeObservations(unit, { workspaceId: "w", id: "e1", texts: ["likes tea"] }, cause),
  );
  await graph.state("Anna Maria", "lives_in", "Oslo", { fact: "Ann moved to Oslo" });
  const facts = (text: string, asOf = {}): readonly (string | null)[] =>
    store.relations.search("w", text, { asOf }).map(({ fact }) => fact);
  expect([found("tea"), found("baker"), found("pilot"), found("maria")]).toEqual([
    [],
    [],
    ["Anna Maria"],
    ["Anna Maria"],
  ]);
  expect([found("tea", { asOf: then }), found("baker", { asOf: then }), found("pilot", { asOf: then })]).toEqual([
    ["Ann"],
    ["Ann"],
    [],
  ]);
  expect([facts("moved"), facts("moved", then)]).toEqual([["Ann moved to Oslo"], ["Ann moved to Rome"]]);
});

const hostile = [
  "'; DROP TABLE entities; --",
  'x" OR 1=1 --',
  'NEAR("a" "b", 5)',
  "name:* AND ^foo OR (bar",
  "%_[]{}\\",
  "a\0b",
  "\ud800",
  "\u202Eevil",
  "x".repeat(1_048_576),
  "🦊".repeat(3000),
  "",
  " \u200B ",
  "__proto__",
  "constructor",
];

test("[S65] hostile names, types, facts and questions give a result or a StoreError that names the field", async () => {
  const { store } = graph;
  const outcomes: string[] = [];
  for (const text of hostile) {
    const tries: readonly (() => unknown)[] = [
      () => graph.describe(text),
      () => graph.describe("Ann", { entityType: text }),
      () => graph.describe("Ann", { observations: [text] }),
      () => graph.describe("Ann", { summary: text }),
      () => graph.describe("Ann", { id: text }),
      () => graph.describe("Ann", { provenance: { speaker: text } }),
      () => graph.state(`${text} `, "knows", "Bob"),
      () => graph.state("Ann", text, "Bob"),
      () => graph.state("Ann", "knows", "Bob", { fact: text }),
      () => graph.state(`#${text}`, "knows", "Bob"),
      () => graph.state("Ann", "knows", "Bob", { contradicts: [text] }),
    ];
    for (const one of tries) outcomes.push((await codeOf(one)) ?? "fine");
    // Reads never throw for a text.
    store.entities.search("w", text);
    store.relations.search("w", text);
    store.entities.open("w", [text]);
    store.entities.get("w", text);
    store.relations.get("w", text);
    store.graph.neighbours("w", text);
    store.graph.path("w", text, "e1");
    store.relations.list("w", { entityId: text, relationTypes: [text] });
  }
  expect(new Set(outcomes)).toEqual(new Set(["fine", "INVALID_VALUE", "UNKNOWN_REFERENCE"]));
  expect((await graph.describe("'; DROP TABLE entities; --")).isNew).toBe(false);
  const odd = await codeOf(() => graph.describe("Ann", { observations: Array.from({ length: 1001 }, () => "x") }));
  expect(odd).toBe("INVALID_VALUE");
  expect(await codeOf(() => graph.describe("Ann", { confidence: Number.NaN }))).toBe("INVALID_VALUE");
  expect(await codeOf(() => graph.describe("Ann", { validFromMs: 5, validToMs: 5 }))).toBe("INVALID_VALUE");
});

test("[S65] any text at all is kept as it was given, found again, or refused", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), async (name) => {
      try {
        const { entity } = await graph.describe(name, { observations: [name] });
        expect(graph.store.entities.open("w", [name]).map(({ id }) => id)).toEqual([entity.id]);
        graph.store.entities.search("w", name);
      } catch (thrown) {
        expect(isStoreError(thrown)).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test("[S66] forgetting takes every text of an entity and its facts out of the file, now and in the past", async () => {
  const { store, clock, database } = graph;
  const secret = "zebrafish";
  await graph.describe(`Dr ${secret}`, {
    observations: [`${secret} one`],
    summary: `${secret} two`,
    metadata: { [secret]: 1 },
  });
  await graph.describe("Bob", { observations: ["stays"] });
  const fact = await graph.state(`Dr ${secret}`, "knows", "Bob", {
    fact: `${secret} three`,
    provenance: { speaker: secret },
  });
  const stays = await graph.state("Bob", "knows", "Cid", { fact: "stays too" });
  clock.advance(10);
  await graph.describe(`Prof ${secret}`, { id: "e1", observations: [`${secret} four`], summary: null });
  await graph.state("#e1", "knows", "Bob", { fact: `${secret} five`, provenance: { utteranceId: secret } });
  const alias = (await graph.describe(`${secret} alias`)).entity.id;
  await graph.write((unit) => store.entities.merge(unit, { workspaceId: "w", aliasId: alias, intoId: "e1" }, cause));
  const dump = (): string =>
    database
      .all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '*_fts*'")
      .map(({ name }) => JSON.stringify(database.all(`SELECT * FROM ${name}`)))
      .join("\n");
  expect(dump()).toContain(secret);
  clock.advance(10);
  const forget = (id: string): Promise<boolean> => graph.write((unit) => store.entities.forget(unit, "w", id, cause));
  expect([await forget(alias), await forget("e1"), await forget(alias)]).toEqual([true, false, false]);
  expect(dump()).not.toContain(secret);
  for (const systemMs of [clock.nowMs(), clock.nowMs() - 10, clock.nowMs() - 20]) {
    const asOf = { systemMs, validMs: systemMs };
    expect(store.entities.get("w", "e1", { asOf })).toBeUndefined();
    expect(store.relations.get("w", fact.id, { asOf })).toBeUndefined();
    expect(store.entities.search("w", secret, { asOf })).toEqual([]);
    expect(store.graph.neighbours("w", "e1", { asOf }).items).toEqual([]);
    expect(JSON.stringify(store.graph.read("w", { asOf }))).not.toContain(secret);
    expect(store.relations.get("w", stays.id, { asOf })?.fact).toBe("stays too");
  }
  expect(store.entities.history("w", "e1")).toEqual([]);
  expect(store.relations.history("w", fact.id)).toEqual([]);
  // The ids are never given again.
  const id = (await graph.describe(`Dr ${secret}`)).entity.id;
  expect(["e1", alias]).not.toContain(id);
  expect(await graph.write((unit) => store.relations.forget(unit, "w", stays.id, cause))).toBe(true);
  expect(dump()).not.toContain("stays too");
  for (const table of ["graph_texts_fts", "graph_names_fts"]) {
    await graph.write((unit) => unit.run(`INSERT INTO ${table}(${table}, rank) VALUES('integrity-check', 1)`));
    const words = database.get(`SELECT count(*) AS n FROM ${table} WHERE ${table} MATCH 'stays'`);
    expect(words).toEqual({ n: table === "graph_texts_fts" ? 1 : 0 });
  }
  await expect(graph.write((unit) => unit.run("UPDATE relations_history SET fact = 'x'"))).rejects.toThrow("forgotten");
  await expect(graph.write((unit) => unit.run("DELETE FROM entities_history"))).rejects.toThrow("append-only");
});

test("[S67] equal names, ids and facts of two workspaces never meet, in any read, merge or contradiction", async () => {
  const { store, clock } = graph;
  for (let round = 0; round < 3; round += 1) {
    await graph.write((unit) => {
      for (const workspaceId of ["w", "v"]) {
        const canary = `canary${workspaceId}`;
        for (const name of ["Ann", "Bob", "Rome", "Oslo"]) {
          const observations = [`${canary} ${name} ${round}`];
          store.entities.describe(
            unit,
            { workspaceId, id: name, name, entityType: "t", observations, summary: canary },
            cause,
          );
        }
        const to = round % 2 === 0 ? "Rome" : "Oslo";
        store.relations.state(
          unit,
          { workspaceId, from: "Ann", relationType: "lives_in", to, fact: `${canary} ${round}` },
          cause,
        );
        store.relations.state(
          unit,
          { workspaceId, from: "Bob", relationType: "knows", to: "Ann", fact: canary },
          cause,
        );
      }
    });
    clock.advance(1);
  }
  await graph.write((unit) => store.entities.merge(unit, { workspaceId: "w", aliasId: "Bob", intoId: "Ann" }, cause));
  expect(store.entities.get("v", "Bob")?.name).toBe("Bob");
  const all = (workspaceId: string): string =>
    JSON.stringify([
      store.graph.read(workspaceId, { limit: 200 }),
      store.graph.neighbours(workspaceId, "Ann", { depth: 6 }),
      store.graph.subgraph(workspaceId, ["Ann"], { depth: 6 }),
      store.graph.around(workspaceId, ["Ann", "Rome"]),
      store.graph.path(workspaceId, "Bob", "Rome"),
      store.entities.list(workspaceId),
      store.entities.search(workspaceId, "canaryw canaryv ann"),
      store.entities.open(workspaceId, ["Ann"]),
      store.entities.history(workspaceId, "Ann"),
      store.relations.list(workspaceId),
      store.relations.search(workspaceId, "canaryw canaryv"),
      ...store.relations.list(workspaceId).items.map(({ id }) => store.relations.history(workspaceId, id)),
      store.events.readAfter(workspaceId, 0, 1000),
    ]);
  for (const [own, other] of [
    ["w", "v"],
    ["v", "w"],
  ] as const) {
    expect(all(own)).not.toContain(`canary${other}`);
    expect(all(own)).toContain(`canary${own}`);
  }
  await graph.write((unit) => store.entities.forget(unit, "w", "Ann", cause));
  expect(store.entities.get("v", "Ann")?.observations).toHaveLength(3);
  expect(store.entities.search("v", "canaryv")).toHaveLength(4);
});
