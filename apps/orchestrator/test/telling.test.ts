import { parseEvent } from "@kingly/codec";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bodyOf, createAnnounceEvents } from "../src/announce-events.ts";
import { openWorkspace } from "../src/open-workspace.ts";
import { endHouse, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => endHouse(house));

const frameBytes = 65_536;
const append = (eventType: string, payload: object): Promise<unknown> =>
  house.back.database.write((unit) =>
    house.back.store.events.append(
      unit,
      "default",
      { eventType, entityType: "thing", entityId: "thing_1", payload: payload as never },
      { origin: "system", cid: "X1" },
    ),
  );

describe("rows and lines", () => {
  test("[O15] a row that no line can carry is told as an error in its place; no seq is missing", async () => {
    await append("nobody_knows_this", { a: 1 });
    await append("task_described", { task_id: "t1" });
    await append("status_update", { entity_id: "t1", status: "ready", progress: 7 });
    await append("status_update", { entity_id: "t1", status: "ready", progress: 1 });
    expect(house.told().map((row) => row.line)).toEqual([
      expect.stringMatching(/^er#X1:unwritable_event\|The event nobody_knows_this of thing_1 has no line/),
      expect.stringMatching(/^er#X1:unwritable_event/),
      expect.stringMatching(/^er#X1:unwritable_event/),
      "su#X1:t1|ready|1",
    ]);
  });

  test("[O15] what another program changed in the database is told as loaded context", async () => {
    await append("changed_outside", { table: "tasks", id: "a|b", operation: "update" });
    expect(house.told().map((row) => row.event)).toMatchObject([
      { op: "context_loaded", summary: 'Another program changed the database: "update" in "tasks", "a|b".' },
    ]);
  });

  test("[O15] what changed the past is told as a state nobody is shown, and what ended as gone", async () => {
    const { store, database } = house.back;
    const cause = { origin: "user" } as const;
    await database.write((unit) => {
      store.memory.remember(unit, { workspaceId: "default", key: "a", value: 1, validFromMs: 5 }, cause);
      store.memory.retract(unit, "default", "a", { validFromMs: 5, validToMs: 9 }, cause);
      store.memory.retract(unit, "default", "a", {}, cause);
      store.tasks.create(unit, { workspaceId: "default", id: "t1", title: "T" }, cause);
      store.tasks.create(unit, { workspaceId: "default", id: "t2", title: "T" }, cause);
      const related = { from: "t1", kind: "blocks", to: "t2" } as const;
      store.relationships.relate(unit, "default", related, cause);
      store.relationships.unrelate(unit, "default", related, cause);
      store.tasks.retract(unit, "default", "t2", {}, cause);
    });
    const lines = house.told().map((row) => row.line);
    expect(lines.map((line) => line.replace(/\d{10,}/g, "T"))).toEqual([
      "me:a|1|semantic|T",
      "su:memory:a|memory_retracted|1",
      "mf:a|T",
      "ta:t1|T|||0.5",
      "su:t1|queued|0",
      "ta:t2|T|||0.5",
      "su:t2|queued|0",
      "rl:t1|blocks|t2",
      "su:task:t1|task_unrelated|1",
      "su:t2|cancelled|1",
    ]);
    expect(lines.every((line) => parseEvent(line).ok)).toBe(true);
  });

  test("[O15] every change of the knowledge graph has a quiet line that names ids alone", async () => {
    const { store, database } = house.back;
    const cause = { origin: "user" } as const;
    const workspaceId = "default";
    await database.write((unit) => {
      const ann = { workspaceId, id: "ann", name: "Ann", entityType: "person" };
      store.entities.describe(unit, { ...ann, observations: ["likes tea"] }, cause);
      store.entities.describe(unit, { ...ann, id: "bob", name: "Bob" }, cause);
      const fact = { workspaceId, from: "ann", relationType: "knows", to: "bob" };
      const old = store.relations.state(unit, fact, cause);
      store.relations.state(unit, { ...fact, fact: "from school" }, cause);
      store.relations.forget(unit, workspaceId, old.id, cause);
      store.entities.removeObservations(unit, { workspaceId, id: "ann", texts: ["likes tea"] }, cause);
      store.entities.merge(unit, { workspaceId, aliasId: "bob", intoId: "ann" }, cause);
      store.entities.separate(unit, workspaceId, "bob", cause);
      store.entities.retract(unit, { workspaceId, id: "bob" }, cause);
      store.entities.forget(unit, workspaceId, "ann", cause);
    });
    const lines = house.told().map((row) => row.line);
    expect(lines).toEqual([
      "su:entity:ann|entity_described|1",
      "su:entity:bob|entity_described|1",
      expect.stringMatching(/^su:relation:r\d+\|relation_stated\|1$/),
      expect.stringMatching(/^su:relation:r\d+\|relation_stated\|1$/),
      expect.stringMatching(/^su:relation:r\d+\|relation_ended\|1$/),
      expect.stringMatching(/^su:relation:r\d+\|relation_forgotten\|1$/),
      "su:entity:ann|observations_ended|1",
      "su:entity:ann|entities_merged|1",
      "su:entity:bob|entities_separated|1",
      "su:entity:bob|entity_retracted|1",
      "su:entity:ann|entity_forgotten|1",
    ]);
    expect(lines.every((line) => parseEvent(line).ok)).toBe(true);
  });

  test("[O15] an error without recovery has a line", async () => {
    await append("error", { code: "odd", message: "it happened" });
    expect(house.told().map((row) => row.line)).toEqual(["er#X1:odd|it happened"]);
  });

  test("[O15] a row too large for a frame is told without steps, next steps and recovery", async () => {
    const large = Array.from({ length: 200 }, () => '"'.repeat(200));
    await append("task_complete", { task_id: "run_1", result: "success", next_steps: { large } });
    await append("run_described", { run_id: "run_1", workflow_id: "w", title: "W", steps: large });
    await append("task_complete", { task_id: "run_1", result: "x".repeat(70_000) });
    expect(house.told().map((row) => row.line)).toEqual([
      "tc#X1:run_1|success",
      "wr#X1:run_1|w|W",
      expect.stringMatching(/^er#X1:unwritable_event/),
    ]);
  });

  test("[O15] the body of every row fits a frame, whatever stands in it", () => {
    const nasty = fc.string({
      unit: fc.constantFrom('"', "\\", "|", "\u0001", "\u0085", "\u2028", "💥", "\ud800", "a"),
    });
    fc.assert(
      fc.property(
        fc.constantFrom("memory_stored", "reply", "context_loaded", "error", "task_complete", "task_described"),
        nasty,
        fc.integer({ min: 1, max: 30_000 }),
        (eventType, piece, times) => {
          const text = piece.repeat(times).slice(0, 200_000);
          const payload = {
            key: "k",
            value: { text },
            type: text,
            at: 1,
            utterance_id: "u",
            text,
            by: "x",
            state: "y",
            context_id: "c",
            summary: text,
            code: "c",
            message: text,
            recovery: text,
            task_id: "t",
            result: text,
            next_steps: [text],
            title: text,
          };
          const body = bodyOf({
            seq: Number.MAX_SAFE_INTEGER,
            atMs: 1,
            eventType,
            entityType: "e",
            entityId: text.slice(0, 256) || "e",
            payload,
            cid: "ABCDEFGHIJKLMNOP",
            origin: "system",
          });
          expect(Buffer.byteLength(JSON.stringify({ t: "event", seq: 2 ** 53, ...body }))).toBeLessThan(frameBytes);
          expect(parseEvent(body.line)).toMatchObject({ ok: true });
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    ["quotes", `a${'"'.repeat(50_000)}`],
    ["control characters", "\\u0001".repeat(9000)],
    ["line separators", "\u2028".repeat(20_000)],
  ])("[O7][O15] a memory of 50 KB of %s is refused at the door: too large to be told", async (_, value) => {
    expect(await house.say(`ms#M1:key|${value}`)).toEqual({ ok: true, result: "refused" });
    expect(house.linesOf("M1")).toEqual([expect.stringMatching(/^er#M1:too_large\|.*\|Store it in a file/)]);
  });

  test("[O7][O15] a memory of 50 KB of letters is told whole", async () => {
    const value = "x".repeat(50_000);
    await house.say(`ms#M1:key|${value}`);
    await house.idle();
    expect(house.linesOf("M1")[1]).toContain(value);
  });

  test("[O8] an utterance near many large memories is answered in one line", async () => {
    for (const index of [1, 2, 3])
      await house.say(`ms#M${index}:vera${index}|Vera ${"likes tulips ".repeat(4000)}much`);
    await house.idle();
    await house.say("ut#U1:u1|something with vera||||1700000000000|back");
    await house.say("cl#C1:memory_vera");
    await house.idle();
    const reply = house.linesOf("U1").find((line) => line.startsWith("rp#")) ?? "";
    expect(reply).toMatch(/“Vera likes tulips .*…” .*orchestrator\|done\|\d{13}$/);
    expect(reply.length).toBeLessThan(2000);
    expect(house.linesOf("C1").at(-1)?.length).toBeLessThan(8200);
  });

  test("[O8][O15] an utterance that no line could tell is refused", async () => {
    await house.say(`ut#U1:u1|${"\u0085".repeat(30_000)}`);
    expect(house.linesOf("U1")).toEqual([expect.stringMatching(/^er#U1:too_large/)]);
  });
});

describe("the log as the link's", () => {
  test("[O15] rows are read after a cursor with cid and time, and told after each commit", async () => {
    const announce = createAnnounceEvents({ store: house.back.store });
    const log = announce("default");
    expect(announce("default")).toBe(log);
    let told = 0;
    const end = log.subscribe(() => (told += 1));
    await house.say("tc#A1:Build auth");
    expect(told).toBe(1);
    end();
    const position = log.position();
    expect(position).toMatchObject({ low: 1, head: house.told().length });
    const [, second] = await log.read(0, 5000);
    expect(second).toEqual({
      seq: 2,
      chain: expect.stringMatching(/^[0-9a-f]{16}$/),
      body: { line: "su#A1:task_A1|queued|0", cid: "A1", at: expect.any(Number) },
    });
    expect(() => announce("never_opened").position()).toThrow("was not opened");
  });
});

describe("workspaces", () => {
  test.each(["", "_x", "-x", "a/b", "a b", "ä", "x".repeat(65), "../default", "a.b"])(
    "[O20] bad name %# is refused before the link begins",
    async (id) => {
      expect(await openWorkspace(house.back, id)).toMatchObject({ ok: false, status: 400 });
    },
  );

  test("[O20] 1,000 are opened, the next is refused, those that are there go on", { timeout: 30_000 }, async () => {
    const openings = await Promise.all(
      Array.from({ length: 999 }, (_, index) => openWorkspace(house.back, `w${index}`)),
    );
    expect(openings.every(({ ok }) => ok)).toBe(true);
    expect(await openWorkspace(house.back, "one_more")).toMatchObject({ ok: false, status: 507 });
    expect(await openWorkspace(house.back, "w5")).toEqual({ ok: true });
    expect(house.back.store.workspaces.list()).toHaveLength(1000);
  });
});
