import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HybridHit, HybridOptions } from "../src/index.ts";
import { compactIndexes } from "../src/index.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

interface Told {
  readonly key: string;
  readonly text: string;
  readonly speaker?: string;
  readonly threadId?: string;
  readonly at?: string;
  readonly confidence?: number;
}

async function tell(turns: readonly Told[], workspaceId = "w"): Promise<void> {
  await opened.write((unit) => {
    for (const { text, at, ...told } of turns) {
      const validity = at === undefined ? {} : { validFromMs: Date.parse(at) };
      opened.store.memory.remember(unit, { workspaceId, value: text, ...told, ...validity }, cause);
    }
  });
}
const remember = (key: string, value: string, workspaceId = "w"): Promise<unknown> =>
  opened.write((unit) => opened.store.memory.remember(unit, { workspaceId, key, value }, cause));
const hits = (text: string, options: HybridOptions = {}, workspaceId = "w"): Promise<readonly HybridHit[]> =>
  opened.store.memory.hybrid(workspaceId, text, options);
const find = async (text: string, options: HybridOptions = {}, workspaceId = "w"): Promise<readonly string[]> =>
  (await hits(text, options, workspaceId)).map(({ memory }) => memory.key);

describe("[S70] a hybrid search", () => {
  test("returns memories with scores that fall, and with reasons that add up when asked for them", async () => {
    await tell([
      { key: "k1", text: "Ada keeps bees behind the old mill", speaker: "Ada", threadId: "t" },
      { key: "k2", text: "The mill was built in 1820", speaker: "Bo", threadId: "t" },
      { key: "k3", text: "Lunch is at noon", speaker: "Bo", threadId: "t" },
    ]);
    const found = await hits("Where does Ada keep her bees?", { explain: true });
    expect(found[0]?.memory).toMatchObject({ key: "k1", value: "Ada keeps bees behind the old mill" });
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => b - a));
    const reasons = found[0]?.reasons ?? [];
    expect(reasons.map(({ arm }) => arm)).toEqual(expect.arrayContaining(["words", "near", "spelling", "speaker"]));
    expect(reasons.find(({ arm }) => arm === "near")).toMatchObject({ rank: 1, about: "holds “keep”, “bees”" });
    expect(reasons.find(({ arm }) => arm === "speaker")?.about).toBe("said by Ada, whom the question names");
    const points = reasons.reduce((sum, reason) => sum + reason.points, 0);
    // Confidence 1, told just now: the score is the sum of the points and 3 %.
    expect(found[0]?.score).toBeCloseTo(points * 1.03, 9);
    expect((await hits("bees"))[0]?.reasons).toEqual([]);
  });

  test("keeps to the filters, in every arm", async () => {
    await opened.write((unit) => {
      const { memory } = opened.store;
      memory.remember(unit, { workspaceId: "w", key: "a", value: "alpha one", category: "x" }, cause);
      memory.remember(unit, { workspaceId: "w", key: "b", value: "alpha two", memoryType: "episodic" }, cause);
    });
    await tell([
      { key: "c", text: "alpha three", threadId: "t1" },
      { key: "d", text: "beta", threadId: "t1" },
      { key: "e", text: "alpha four", threadId: "t2" },
    ]);
    expect(await find("alpha", { category: "x" })).toEqual(["a"]);
    expect(await find("alpha", { memoryTypes: ["episodic", "working"] })).toEqual(["b"]);
    expect(await find("alpha", { threadId: "t1" })).toEqual(["c", "d"]);
    expect((await find("alpha", { limit: 2 })).length).toBe(2);
    expect(await find("alhpa twoo thre", { memoryTypes: ["episodic"] })).toEqual(["b"]);
  });

  test("refuses options out of range, and finds nothing where nothing is", async () => {
    for (const options of [{ limit: 0 }, { limit: 201 }, { limit: 1.5 }, { lambda: -0.1 }, { lambda: Number.NaN }]) {
      expect(await codeOf(() => hits("x", options))).toBe("INVALID_VALUE");
    }
    expect(await find("anything")).toEqual([]);
    expect(await find("anything", {}, "nowhere")).toEqual([]);
  });

  test("preferSpeed looks at words alone", async () => {
    await tell([
      { key: "q", text: "Which colour is the roof?", threadId: "t" },
      { key: "a", text: "Green, I think.", threadId: "t" },
    ]);
    expect(await find("colour of the roof")).toEqual(["a", "q"]);
    expect(await find("colour of the roof", { preferSpeed: true })).toEqual(["q"]);
  });
});

describe("[S71] the trigram index", () => {
  test("finds what is misspelt, and parts of names", async () => {
    await tell([
      { key: "k1", text: "the kubernetes cluster of the north" },
      { key: "k2", text: "a restaurant by the sea" },
      { key: "k3", text: "invoice INV-20931-B is unpaid" },
    ]);
    expect((await find("kubernets"))[0]).toBe("k1");
    expect((await find("resturant"))[0]).toBe("k2");
    expect((await find("20931"))[0]).toBe("k3");
    expect((await hits("resturant", { explain: true }))[0]?.reasons.map(({ about }) => about)).toContain(
      "shares letters with “resturant”",
    );
  });

  test("holds exactly the rows, after changes and forgetting", async () => {
    await remember("k", "zebrafish");
    opened.clock.advance(5);
    await remember("k", "quokka");
    expect(await find("zebrafich")).toEqual([]);
    expect((await find("quoka"))[0]).toBe("k");
    await opened.write((unit) => opened.store.memory.forget(unit, "w", "k", cause));
    expect(await find("quoka")).toEqual([]);
    await compactIndexes(opened.database);
    for (const index of ["memory_trigrams", "memory_history_trigrams"]) {
      const sql = `INSERT INTO ${index} (${index}, rank) VALUES ('integrity-check', 1)`;
      expect(await codeOf(() => opened.write((unit) => unit.run(sql)))).toBeUndefined();
      const text = opened.database
        .all<{ block: Uint8Array }>(`SELECT block FROM ${index}_data`)
        .map(({ block }) => Buffer.from(block).toString("latin1"))
        .join();
      expect(text).not.toMatch(/zeb|quo/);
    }
  });
});

test("[S72] every arm looks at what was believed at the moment asked for", async () => {
  const startMs = opened.clock.nowMs();
  await remember("city", "the team meets in Lisbon near the harbour");
  opened.clock.advance(1000);
  await remember("city", "the team meets in Gdansk near the shipyard");
  opened.clock.advance(1000);
  await remember("other", "lunch at the shipyard");
  const then = { validMs: startMs + 500, systemMs: startMs + 500 };
  expect(await find("Lisbon")).toEqual([]);
  expect((await hits("where does the team meet?"))[0]?.memory.value).toContain("Gdansk");
  expect((await hits("where does the team meet?", { asOf: then }))[0]?.memory.value).toContain("Lisbon");
  expect(await find("shipyard", { asOf: then })).toEqual([]);
  expect(await find("Lisbn", { asOf: then })).toEqual(["city"]);
  // What we know today about that time.
  expect((await hits("team", { asOf: { validMs: startMs + 500 } }))[0]?.memory.value).toContain("Lisbon");
  // What we believed then about today.
  expect((await hits("team", { asOf: { systemMs: startMs + 500 } }))[0]?.memory.value).toContain("Lisbon");
  await opened.write((unit) => opened.store.memory.forget(unit, "w", "city", cause));
  expect(await find("Lisbon Gdansk team", { asOf: then })).toEqual([]);
});

test("[S72] as of any moment, hits are exactly what reads as of that moment tell", async () => {
  const startMs = opened.clock.nowMs();
  const words = ["amber", "basil", "cedar", "delta"];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(...words)), { minLength: 5, maxLength: 25 }),
      async (changes) => {
        for (const [key, word] of changes) {
          await remember(`k${key}`, `the ${word} one`);
          opened.clock.advance(7);
        }
        const span = opened.clock.nowMs() - startMs;
        for (const share of [0.2, 0.5, 0.9]) {
          const moment = { validMs: startMs + Math.floor(span * share), systemMs: startMs + Math.floor(span * share) };
          const held = opened.database.all<{ key: string; value: string }>(
            `SELECT key, value FROM (SELECT key, value, valid_from, valid_to, sys_from, sys_to FROM memory
               UNION ALL SELECT key, value, valid_from, valid_to, sys_from, sys_to FROM memory_history)
             WHERE valid_from <= ? AND valid_to > ? AND sys_from <= ? AND sys_to > ?`,
            moment.validMs,
            moment.validMs,
            moment.systemMs,
            moment.systemMs,
          );
          for (const word of words) {
            const expected = held.filter(({ value }) => value.includes(word)).map(({ key }) => key);
            const found = await hits(word, { asOf: moment, limit: 50 });
            expect(found.map(({ memory }) => memory.key).toSorted()).toEqual(expected.toSorted());
          }
        }
      },
    ),
    { numRuns: 15 },
  );
});

test("[S73] the rarest words choose what is ranked, and no more than the limits is looked at", async () => {
  const small = await openTestStore({ maxSearchCandidates: 10, maxSearchRead: 50 });
  try {
    await small.write((unit) => {
      for (let at = 0; at < 300; at += 1) {
        const value = at === 3 ? "common rare" : `common word ${at}`;
        small.store.memory.remember(unit, { workspaceId: "w", key: `k${at}`, value }, cause);
      }
    });
    const found = await small.store.memory.hybrid("w", "common rare", { limit: 200 });
    expect(found[0]?.memory.key).toBe("k3");
    expect(found.length).toBeLessThanOrEqual(50);
    // Of one word with more hits, the newest are taken.
    const newest = await small.store.memory.hybrid("w", "common", { limit: 5, preferSpeed: true });
    expect(newest.map(({ memory }) => memory.key)).toContain("k299");
  } finally {
    await small.end();
  }
});

describe("[S75] conversations", () => {
  const trip: readonly Told[] = [
    { key: "1", text: "How was the weekend?", speaker: "Bo", threadId: "t1" },
    { key: "2", text: "Which instrument did your daughter choose?", speaker: "Bo", threadId: "t1" },
    { key: "3", text: "The cello, after long thought.", speaker: "Ada", threadId: "t1" },
    { key: "4", text: "Lovely, mine chose nothing.", speaker: "Bo", threadId: "t1" },
    { key: "5", text: "We were in the garden yesterday.", speaker: "Ada", threadId: "t2" },
    { key: "6", text: "The garden is big.", speaker: "Bo", threadId: "t2" },
  ];
  test("an answer is found by the question before it", async () => {
    await tell(trip);
    const found = await hits("Which instrument did the daughter of Ada choose?", { explain: true });
    expect(found.slice(0, 2).map(({ memory }) => memory.key)).toContain("3");
    const answer = found.find(({ memory }) => memory.key === "3");
    expect(answer?.reasons.map(({ about }) => about)).toEqual(
      expect.arrayContaining([
        "follows a question that holds “instrument”, “daughter”, “choose”",
        "holds none of the words; “cello” is a kind of “instrument”; close by in its thread: “daughter”, “choose”",
      ]),
    );
    expect(await find("instrument", { weights: { near: 0, answer: 0, thread: 0 } })).toEqual(["2"]);
  });
  test("who is named is preferred, and when it is asked for, what says when", async () => {
    await tell(trip);
    expect((await find("what did Bo say of the garden"))[0]).toBe("6");
    expect((await find("what did Ada say of the garden"))[0]).toBe("5");
    expect((await find("when were they in the garden"))[0]).toBe("5");
  });
  test("neighbours are of the same thread only", async () => {
    await tell([
      { key: "a", text: "the walrus sings", threadId: "t1" },
      { key: "b", text: "indeed", threadId: "t2" },
      { key: "c", text: "so it is" },
    ]);
    expect(await find("walrus")).toEqual(["a"]);
  });
});

test("[S76] what was told in the time that the question names comes first", async () => {
  await tell([
    { key: "old", text: "we tested the pump", at: "2023-05-09T10:00:00Z" },
    { key: "new", text: "we tested the pump", at: "2023-09-20T10:00:00Z" },
  ]);
  expect((await find("which tests were made in May 2023?"))[0]).toBe("old");
  expect((await find("what did we test on 20 September 2023?"))[0]).toBe("new");
  const now = { asOf: { validMs: Date.parse("2023-09-21T00:00:00Z") } };
  expect((await find("what did we do yesterday?", now))[0]).toBe("new");
  const [best] = await hits("anything of May 2023?", { explain: true });
  expect(best?.memory.key).toBe("old");
  expect(best?.reasons.map(({ about }) => about)).toContain("told 2023-05-09; the question says “May 2023”");
});

test("[S78] of equal memories the surer and the newer one comes first", async () => {
  await tell([
    { key: "unsure", text: "the code is 77", confidence: 0.2 },
    { key: "sure", text: "the code is 77", confidence: 0.9 },
  ]);
  expect(await find("code", { lambda: 1 })).toEqual(["sure", "unsure"]);
  await tell([
    { key: "older", text: "the gate is shut", at: new Date(opened.clock.nowMs() - 90 * 86_400_000).toISOString() },
    { key: "newer", text: "the gate is shut" },
  ]);
  expect(await find("gate", { lambda: 1 })).toEqual(["newer", "older"]);
});

describe("[S81] hostile texts", () => {
  const hostile = [
    "'; DROP TABLE memory; --",
    '" OR 1=1 --',
    "NEAR(a b, 5) AND NOT c*",
    "key:alpha ^beta {col}: (",
    "\0\0alpha\0",
    "\uD800 alpha \uDFFF",
    "alpha ".repeat(200_000),
    "a".repeat(1_000_000),
    "﷽".repeat(5000),
    "in may 99999 days ago on 45 May 0000",
    "",
    " \t\n",
    "%_\\",
    "🦄🦄🦄",
  ];
  test("give results or nothing, never an error", async () => {
    await tell([{ key: "k", text: "alpha beta" }]);
    for (const text of hostile) {
      expect(Array.isArray(await find(text))).toBe(true);
      expect(Array.isArray(await find(text, { asOf: { validMs: 5 } }))).toBe(true);
    }
    expect(await find("\uD800 alpha \uDFFF")).toEqual(["k"]);
    expect(opened.store.memory.recall("w", "k")?.value).toBe("alpha beta");
  });
  test("of any kind", async () => {
    await tell([{ key: "k", text: "alpha beta" }]);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 80 }), async (text) => {
        expect((await find(`${text} alpha`)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });
});

test("[S28][S70] no arm shows anything of another workspace", async () => {
  await tell([{ key: "k", text: "secretword ours", speaker: "Ada", threadId: "t", at: "2023-05-01T00:00:00Z" }], "w");
  await tell([{ key: "k", text: "secretword theirs", speaker: "Bo", threadId: "t", at: "2023-05-01T00:00:00Z" }], "v");
  for (const text of ["secretword", "secretwrd", "what was told in May 2023", "Ada Bo", "ours theirs"]) {
    for (const [workspaceId, value] of [
      ["w", "secretword ours"],
      ["v", "secretword theirs"],
    ] as const) {
      const found = await hits(text, { explain: true }, workspaceId);
      expect(found.every(({ memory }) => memory.workspaceId === workspaceId && memory.value === value)).toBe(true);
    }
  }
});

test("[S83] the graph leads from what a question names to what is told of its neighbours, as of the moment", async () => {
  const { store, clock } = opened;
  await tell([
    { key: "bank", text: "Orchard Savings raised its rates again" },
    { key: "other", text: "the harbour was quiet" },
  ]);
  const beforeMs = clock.nowMs();
  clock.advance(1000);
  await opened.write((unit) => {
    const { entity: mira } = store.entities.describe(
      unit,
      { workspaceId: "w", name: "Mira Jones", entityType: "person" },
      cause,
    );
    const { entity: bank } = store.entities.describe(
      unit,
      { workspaceId: "w", name: "Orchard Savings", entityType: "company" },
      cause,
    );
    const relation = { workspaceId: "w", from: mira.id, to: bank.id, relationType: "works_for" };
    store.relations.state(unit, relation, cause);
  });
  const [first, ...others] = await hits("How is Mira Jones's employer doing?", { explain: true });
  expect(first?.memory.key).toBe("bank");
  expect(first?.reasons.map(({ about }) => about)).toContain(
    "holds “Orchard Savings”, which the graph links to “Mira Jones” (works_for)",
  );
  expect(others).toEqual([]);
  expect(await find("How is Mira Jones's employer doing?", { asOf: { systemMs: beforeMs } })).toEqual([]);
  expect(await find("How is Mira Jones's employer doing?", { preferSpeed: true })).toEqual([]);
});
