import { createHash } from "node:crypto";
import { migrate, openDatabase } from "@kingly/sqlite";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createStore, migrateStore } from "../src/index.ts";
import type { EventInput } from "../src/index.ts";
import { logTables } from "../src/schema/log-tables.ts";
import { memoryTables } from "../src/schema/memory-tables.ts";
import { workTables } from "../src/schema/work-tables.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

const loaded = (id: string): EventInput => ({
  eventType: "context_loaded",
  entityType: "context",
  entityId: id,
  payload: { context_id: id, summary: "s" },
});
const append = (workspaceId: string, ...ids: readonly string[]): Promise<void> =>
  opened.write((unit) => {
    for (const id of ids) opened.store.events.append(unit, workspaceId, loaded(id), cause);
  });
const position = (): unknown => opened.store.events.position("w");

interface Row {
  readonly seq: number;
  readonly payload: string;
  readonly payload_hash: Uint8Array;
  readonly chain_hash: Uint8Array;
}

/** The chain as SPEC.md says it, by other means than the store's own. */
function recompute(rows: readonly Row[], start = "00".repeat(32)): readonly (readonly [number, boolean, boolean])[] {
  let previous = start;
  return rows.map((row) => {
    const each = row as unknown as Record<string, unknown>;
    const names = [
      "workspace_id",
      "seq",
      "event_type",
      "entity_type",
      "entity_id",
      "cid",
      "origin",
      "turn_id",
      "created_at",
    ];
    const payloadHash = createHash("sha256").update(row.payload).digest("hex");
    const text =
      previous + Buffer.from(row.payload_hash).toString("hex") + JSON.stringify(names.map((name) => each[name]));
    previous = createHash("sha256").update(text).digest("hex");
    const stored = Buffer.from(row.chain_hash).toString("hex");
    return [row.seq, payloadHash === Buffer.from(row.payload_hash).toString("hex"), previous === stored];
  });
}
const rowsOf = (workspaceId: string): readonly Row[] =>
  opened.database.all<Row & Record<string, never>>(
    "SELECT * FROM events WHERE workspace_id = ? ORDER BY seq",
    workspaceId,
  );
const allHold = (workspaceId: string): boolean =>
  recompute(rowsOf(workspaceId)).every(([, payload, chain]) => payload && chain);

test("[S90] each event holds the hash of its payload and of all before it, in a chain per workspace, from the first on", async () => {
  const { store, database } = opened;
  await append("w", "a", "b");
  await append("v", 'ü "quoted"');
  await opened.write((unit) =>
    store.tasks.create(unit, { workspaceId: "w", id: "t", title: "t" }, { origin: "system" }),
  );
  await opened
    .write((unit) => {
      store.events.append(unit, "w", loaded("lost"), cause);
      throw new RangeError("taken back");
    })
    .catch(() => {});
  await append("w", "c");
  expect(recompute(rowsOf("w"))).toEqual([1, 2, 3, 4, 5].map((seq) => [seq, true, true]));
  expect(recompute(rowsOf("v"))).toEqual([[1, true, true]]);
  const head = database.get<{ hash: Uint8Array }>("SELECT head_hash AS hash FROM workspaces WHERE id = 'w'")?.hash;
  expect(head).toEqual(rowsOf("w").at(-1)?.chain_hash);
  // A hash is written once, and two equal logs of two workspaces have no hash in common.
  expect(await codeOf(() => opened.write((unit) => unit.run("UPDATE events SET chain_hash = NULL")))).toContain("once");
  expect(rowsOf("v")[0]?.chain_hash).not.toEqual(rowsOf("w")[0]?.chain_hash);
});

test("[S91] forgetting replaces payloads and leaves their hashes and the chain as they were", async () => {
  const { store } = opened;
  await opened.write((unit) => store.memory.remember(unit, { workspaceId: "w", key: "k", value: "secret" }, cause));
  await opened.write((unit) => store.memory.remember(unit, { workspaceId: "w", key: "k", value: "secret2" }, cause));
  const before = rowsOf("w").map(({ chain_hash }) => chain_hash);
  await opened.write((unit) => store.memory.forget(unit, "w", "k", cause));
  await append("w", "after");
  const left = opened.database.all<{ payload: string; hash: Uint8Array | null }>(
    "SELECT payload, forgotten_hash AS hash FROM events WHERE workspace_id = 'w' ORDER BY seq",
  );
  expect(
    left.map(({ payload, hash }) => hash && Buffer.compare(hash, createHash("sha256").update(payload).digest())),
  ).toEqual([0, 0, null, null]);
  expect(
    rowsOf("w")
      .slice(0, 2)
      .map(({ chain_hash }) => chain_hash),
  ).toEqual(before);
  expect(recompute(rowsOf("w"))).toEqual([
    [1, false, true],
    [2, false, true],
    [3, true, true],
    [4, true, true],
  ]);
});

test("[S92] the events of a file from before the chain are chained when it is opened, and count as our own", async () => {
  const database = openDatabase({ path: ":memory:" });
  const tables = [...logTables, ...workTables, ...memoryTables];
  await migrate(database, "store", {
    "001_tables": {
      async up(db) {
        for (const statement of tables) await sql.raw(statement).execute(db);
      },
    },
  });
  await database.write((unit) => {
    unit.run(
      "INSERT INTO workspaces (id, name, epoch, created_at, updated_at, valid_from, sys_from) VALUES ('w', 'W', 'e', 1, 1, 1, 1)",
    );
    for (let seq = 1; seq <= 2500; seq += 1) {
      unit.run(
        `INSERT INTO events (workspace_id, seq, event_type, entity_type, entity_id, payload, origin, created_at)
         VALUES ('w', ?, 'context_loaded', 'x', 'x', '{"a":1}', 'user', 5)`,
        seq,
      );
    }
  });
  await migrateStore(database);
  const rows = database.all<Row & Record<string, never>>("SELECT * FROM events ORDER BY seq");
  expect(rows).toHaveLength(2500);
  expect(recompute(rows).filter(([, payload, chain]) => !payload || !chain)).toEqual([]);
  const store = createStore({ database, clock: createManualClock(), random: createSeededRandom(1) });
  expect(store.events.witness("w")).toMatchObject({ epoch: "e", seq: 2500 });
  await database.close();
});

test("[S93] a witness kept outside tells a log that goes on from one that lost its tail, was trimmed or began again", async () => {
  const { store, database } = opened;
  const { events } = store;
  expect(events.witness("w")).toMatchObject({ seq: 0, chain: "00".repeat(32) });
  expect(events.witness("none")).toBeUndefined();
  await append("w", "a", "b", "c");
  const seen = events.witness("w");
  if (seen === undefined) throw new Error("no witness");
  await append("w", "d");
  expect(events.checkWitness("w", seen)).toBe("held");
  expect(events.checkWitness("w", { ...seen, seq: 2 })).toBe("different");
  // The first 16 digits are enough; fewer, or other ones, prove nothing.
  expect(events.chainAt("w", seen.seq)).toBe(seen.chain);
  expect(events.readAfter("w", seen.seq - 1, 1)[0]?.chain).toBe(seen.chain);
  expect(events.checkWitness("w", { ...seen, chain: seen.chain.slice(0, 16) })).toBe("held");
  for (const chain of [seen.chain.slice(0, 15), seen.chain.slice(1, 17), "", `${seen.chain}0`])
    expect(events.checkWitness("w", { ...seen, chain })).toBe("different");
  expect(events.checkWitness("w", { epoch: seen.epoch, seq: 2 })).toBe("held");
  expect(events.checkWitness("w", { ...seen, seq: 5 })).toBe("ahead");
  expect(events.checkWitness("w", { ...seen, epoch: "other" })).toBe("other_epoch");
  expect(events.checkWitness("none", seen)).toBe("other_epoch");

  // Another store that shares the first two events and then went another way, as one does that lost its tail.
  const other = await openTestStore();
  await other.write((unit) => {
    for (const id of ["a", "b", "x", "y"]) other.store.events.append(unit, "w", loaded(id), cause);
  });
  expect(other.store.events.position("w")?.epoch).toBe(seen.epoch);
  expect(other.store.events.checkWitness("w", seen)).toBe("different");
  expect(other.store.events.checkWitness("w", { ...seen, seq: 0, chain: "00".repeat(32) })).toBe("held");
  await other.end();

  await opened.write((unit) => {
    events.markProcessed(unit, "w", 4);
    events.retain(unit, "w", { keepFromSeq: 4 });
  });
  expect(events.checkWitness("w", seen)).toBe("held");
  expect(events.checkWitness("w", { ...seen, seq: 2 })).toBe("trimmed");
  expect(database.all("SELECT seq FROM events WHERE workspace_id = 'w'")).toEqual([{ seq: 4 }]);
});

test("[S96] marks go forward only, up to the head, and what is not marked is read in order", async () => {
  const { store } = opened;
  const { events } = store;
  const mark = (seq: number): Promise<number> => opened.write((unit) => events.markProcessed(unit, "w", seq));
  await append("w", "a", "b", "c");
  await append("v", "x");
  expect(events.readUnprocessed("w", 2).map(({ seq }) => seq)).toEqual([1, 2]);
  opened.clock.advance(5);
  expect(await mark(2)).toBe(2);
  expect(await mark(1)).toBe(2);
  expect(events.readUnprocessed("w", 10).map(({ seq }) => seq)).toEqual([3]);
  expect(events.readUnprocessed("v", 10).map(({ seq }) => seq)).toEqual([1]);
  expect(events.readUnprocessed("none", 10)).toEqual([]);
  expect(position()).toMatchObject({ processed: 2 });
  const times = opened.database.all(
    "SELECT processed_at IS NOT NULL AS done FROM events WHERE workspace_id = 'w' ORDER BY seq",
  );
  expect(times).toEqual([{ done: 1 }, { done: 1 }, { done: 0 }]);
  for (const seq of [4, -1, 0.5, Number.NaN]) expect(await codeOf(() => mark(seq))).toBe("INVALID_VALUE");
  expect(await codeOf(() => opened.write((unit) => events.markProcessed(unit, "none", 0)))).toBe("UNKNOWN_WORKSPACE");
});

test("[S97] old events go in bounded batches, never before they are processed; what was said and the chain stay", async () => {
  const { store, clock } = opened;
  const { events } = store;
  const retain = (options: Parameters<typeof events.retain>[2]): Promise<unknown> =>
    opened.write((unit) => events.retain(unit, "w", options));
  await append("w", "e1", "e2");
  clock.advance(1000);
  const said = { utterance_id: "u1", text: "hello", at: clock.nowMs() };
  await opened.write((unit) => {
    events.append(
      unit,
      "w",
      { eventType: "utterance_recorded", entityType: "utterance", entityId: "u1", payload: said },
      cause,
    );
  });
  await append("w", "e4", "e5", "e6", "e7");

  expect(await retain({ keepFromSeq: 8 })).toEqual({ low: 1, released: 0, more: false });
  await opened.write((unit) => events.markProcessed(unit, "w", 6));
  // Two events are old enough.
  expect(await retain({ olderThanMs: 1000 })).toEqual({ low: 1, released: 0, more: false });
  expect(await retain({ olderThanMs: 999 })).toEqual({ low: 3, released: 2, more: false });
  let heard = 0;
  events.subscribe("w", () => void (heard += 1));
  expect(await retain({ keepFromSeq: 8, maxRows: 3 })).toEqual({ low: 6, released: 3, more: true });
  expect(heard).toBe(1);
  expect(await retain({ keepFromSeq: 8, maxRows: 3 })).toEqual({ low: 7, released: 1, more: false });
  expect(position()).toMatchObject({ low: 7, head: 7, processed: 6 });

  expect(events.readAfter("w", 0, 10).map(({ seq }) => seq)).toEqual([7]);
  expect(store.conversation.read("w")).toMatchObject([{ utteranceId: "u1", text: "hello" }]);
  // The chain goes on from the anchor.
  await append("w", "e8");
  const anchor = opened.database.get<{ through_seq: number; chain_hash: Uint8Array }>("SELECT * FROM log_anchors");
  expect(anchor?.through_seq).toBe(6);
  const start = Buffer.from(anchor?.chain_hash ?? []).toString("hex");
  expect(
    recompute(
      rowsOf("w").filter(({ seq }) => seq > 6),
      start,
    ),
  ).toEqual([
    [7, true, true],
    [8, true, true],
  ]);
  // A log that was let go whole goes on as well.
  await opened.write((unit) => events.markProcessed(unit, "w", 8));
  expect(await retain({ keepFromSeq: 9 })).toEqual({ low: 9, released: 2, more: false });
  await append("w", "e9");
  expect(events.readAfter("w", 0, 10).map(({ seq }) => seq)).toEqual([9]);
  expect(events.checkWitness("w", events.witness("w") ?? { epoch: "", seq: 0 })).toBe("held");
  for (const options of [
    {},
    { keepFromSeq: 0 },
    { keepFromSeq: 11 },
    { olderThanMs: -1 },
    { keepFromSeq: 1, maxRows: 0 },
  ]) {
    expect(await codeOf(() => retain(options))).toBe("INVALID_VALUE");
  }
  expect(allHold("v")).toBe(true);
});
