import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventInput } from "../src/index.ts";
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
const append = (workspaceId: string, id = "c"): Promise<{ seq: number; atMs: number }> =>
  opened.write((unit) => opened.store.events.append(unit, workspaceId, loaded(id), cause));
const seqs = (workspaceId: string): readonly number[] =>
  opened.store.events.readAfter(workspaceId, 0, 1000).map(({ seq }) => seq);

test("[S5] ensure makes a workspace once with an epoch that stays; another name is a new version and no event", async () => {
  const { store } = opened;
  const first = store.workspaces.get("w");
  expect(first).toMatchObject({ id: "w", name: "Work", path: "/w", headSeq: 0, lowSeq: 1, version: 1 });
  expect(first?.epoch).toMatch(/^[0-9a-f]{16}$/);
  const same = await opened.write((unit) => store.workspaces.ensure(unit, { id: "w" }));
  expect(same).toEqual(first);
  opened.clock.advance(5);
  const renamed = await opened.write((unit) => store.workspaces.ensure(unit, { id: "w", name: "Home" }));
  expect(renamed).toMatchObject({ name: "Home", path: "/w", epoch: first?.epoch, version: 2, headSeq: 0 });
  expect(store.workspaces.list().map(({ id }) => id)).toEqual(["w", "v"]);
  expect(opened.database.all("SELECT DISTINCT name FROM workspaces_history")).toEqual([{ name: "Work" }]);
  expect(store.workspaces.get("none")).toBeUndefined();
});

test("[S5] a project is created once with its event and listed newest first", async () => {
  const { store, clock } = opened;
  const input = { workspaceId: "w", id: "p1", name: "First", path: "/p", metadata: { a: 1 } };
  const first = await opened.write((unit) => store.projects.create(unit, input, cause));
  const again = await opened.write((unit) => store.projects.create(unit, { ...input, name: "Other" }, cause));
  expect(again).toEqual(first);
  clock.advance(1);
  await opened.write((unit) => store.projects.create(unit, { workspaceId: "w", id: "p2", name: "Second" }, cause));
  expect(store.projects.get("w", "p1")).toEqual(first);
  expect(store.projects.get("v", "p1")).toBeUndefined();
  expect((await store.projects.list("w")).items.map(({ id }) => id)).toEqual(["p2", "p1"]);
  expect(store.events.readAfter("w", 0, 10).map(({ payload }) => payload)).toEqual([
    { project_id: "p1", title: "First" },
    { project_id: "p2", title: "Second" },
  ]);
});

test("[S6] each workspace counts from 1 without gaps, also when units of one commit fail", async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 60 }, (_, n) =>
      opened.write((unit) => {
        opened.store.events.append(unit, n % 2 === 0 ? "w" : "v", loaded(`c${n}`), cause);
        if (n % 5 === 0) throw new RangeError("taken back");
      }),
    ),
  );
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(12);
  for (const workspaceId of ["w", "v"]) {
    expect(seqs(workspaceId)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
    expect(opened.store.events.position(workspaceId)).toMatchObject({ head: 24, low: 1 });
  }
});

test("[S6] an event is never earlier than the one before, also when the wall clock goes back", async () => {
  const { store, database } = opened;
  await append("w");
  await opened.write((unit) => unit.run("UPDATE workspaces SET head_at = head_at + 5000 WHERE id = 'w'"));
  const ahead = opened.clock.nowMs() + 5000;
  expect((await append("w")).atMs).toBe(ahead);
  const task = await opened.write((unit) => store.tasks.create(unit, { workspaceId: "w", id: "t", title: "t" }, cause));
  expect(task.updatedAtMs).toBe(ahead);
  expect(store.events.readAfter("w", 0, 10).map(({ atMs }) => atMs - ahead)).toEqual([-5000, 0, 0, 0]);
  expect(database.get<{ s: number }>("SELECT sys_from AS s FROM tasks")?.s).toBe(ahead);
});

test("[S6] the tables refuse a seq that skips or repeats, a change and a removal of an event", async () => {
  await append("w");
  const insert = (seq: number): string =>
    `INSERT INTO events (workspace_id, seq, event_type, entity_type, entity_id, payload, origin, created_at)
     VALUES ('w', ${seq}, 'x', 'x', 'x', '{}', 'system', 9000000000000)`;
  for (const statement of [
    insert(1),
    insert(3),
    "UPDATE events SET payload = '{}'",
    "UPDATE events SET seq = 7",
    "UPDATE events SET cid = NULL",
    "DELETE FROM events",
  ]) {
    const ended = await codeOf(() => opened.write((unit) => unit.run(statement)));
    expect([statement, String(ended).includes("event")]).toEqual([statement, true]);
  }
  expect(seqs("w")).toEqual([1]);
});

test("[S7] a change that throws leaves nothing, also when the caller catches it and goes on in the unit", async () => {
  const { store } = opened;
  const bad = { cid: "not a cid!", origin: "user" } as const;
  await opened.write(async (unit) => {
    const create = (): unknown => store.tasks.create(unit, { workspaceId: "w", id: "t", title: "t" }, bad);
    expect(await codeOf(create)).toContain("CHECK");
    expect(await codeOf(() => store.memory.remember(unit, { workspaceId: "w", key: "k", value: 1 }, bad))).toContain(
      "C",
    );
    store.events.append(unit, "w", loaded("after"), cause);
  });
  expect(store.tasks.get("w", "t")).toBeUndefined();
  expect(store.memory.recall("w", "k")).toBeUndefined();
  expect(store.events.readAfter("w", 0, 10)).toMatchObject([{ seq: 1, entityId: "after" }]);
});

test("[S8] an event carries its cause, type, entity and payload, and every change writes one in its own unit", async () => {
  const { store } = opened;
  await append("w", "c9");
  expect(store.events.readAfter("w", 0, 10)).toEqual([
    {
      seq: 1,
      chain: store.events.witness("w")?.chain,
      atMs: opened.clock.nowMs(),
      ...loaded("c9"),
      cid: "c1",
      origin: "user",
      turnId: "u-1",
    },
  ]);
  await opened.write((unit) => store.events.append(unit, "w", loaded("x"), { origin: "system" }));
  expect(Object.keys(store.events.readAfter("w", 1, 1)[0] ?? {})).not.toContain("cid");
  await opened
    .write((unit) => {
      store.tasks.create(unit, { workspaceId: "w", id: "t", title: "t" }, cause);
      throw new RangeError("taken back");
    })
    .catch(() => {});
  expect(seqs("w")).toEqual([1, 2]);
  expect(store.tasks.get("w", "t")).toBeUndefined();
});

test("[S9] values that no row may hold are refused with the field, and an unknown workspace is named", async () => {
  const { store } = opened;
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const tries: readonly [string, Parameters<typeof store.tasks.create>[1]][] = [
    ["title", { workspaceId: "w", id: "t", title: "" }],
    ["title", { workspaceId: "w", id: "t", title: "x".repeat(1025) }],
    ["title", { workspaceId: "w", id: "t", title: "a\0b" }],
    ["title", { workspaceId: "w", id: "t", title: "\ud800" }],
    ["id", { workspaceId: "w", id: "a b", title: "t" }],
    ["id", { workspaceId: "w", id: "", title: "t" }],
    ["confidence", { workspaceId: "w", id: "t", title: "t", confidence: 1.1 }],
    ["complexity", { workspaceId: "w", id: "t", title: "t", complexity: Number.NaN }],
    ["metadata", { workspaceId: "w", id: "t", title: "t", metadata: circle as never }],
    ["metadata", { workspaceId: "w", id: "t", title: "t", metadata: { big: "x".repeat(300_000) } }],
    ["createdAtMs", { workspaceId: "w", id: "t", title: "t", createdAtMs: opened.clock.nowMs() + 1 }],
  ];
  for (const [field, input] of tries) {
    const error = await opened
      .write((unit) => store.tasks.create(unit, input, cause))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "INVALID_VALUE" });
    expect(String(error)).toContain(field);
  }
  for (const id of ["", "-a", "a b", "x".repeat(65), "a/b", "é"]) {
    expect(await codeOf(() => opened.write((unit) => store.workspaces.ensure(unit, { id })))).toBe("INVALID_VALUE");
  }
  expect(await codeOf(() => append("none"))).toBe("UNKNOWN_WORKSPACE");
  const lost = { workspaceId: "none", id: "t", title: "t" };
  expect(await codeOf(() => opened.write((unit) => store.tasks.create(unit, lost, cause)))).toBe("UNKNOWN_WORKSPACE");
  const noAt = {
    eventType: "reply",
    entityType: "utterance",
    entityId: "u",
    payload: { utterance_id: "u", text: "t" },
  };
  expect(await codeOf(() => opened.write((unit) => store.events.append(unit, "w", noAt, cause)))).toBe("INVALID_VALUE");
  expect(seqs("w")).toEqual([]);
});

test("[S10] reading after a cursor pages through the log in order", async () => {
  for (let n = 0; n < 7; n += 1) await append(n === 3 ? "v" : "w", `c${n}`);
  expect(opened.store.events.readAfter("w", 2, 2).map(({ seq, entityId }) => [seq, entityId])).toEqual([
    [3, "c2"],
    [4, "c4"],
  ]);
  expect(opened.store.events.readAfter("w", 6, 10)).toEqual([]);
  expect(opened.store.events.readAfter("w", 0, 0)).toHaveLength(1);
});

test("[S11] listeners hear once per commit and workspace, after it, before the writers; never of what was taken back", async () => {
  const { store } = opened;
  const heard: string[] = [];
  const end = store.events.subscribe("w", () => heard.push(`w ${store.events.position("w")?.head}`));
  store.events.subscribe("v", () => {
    throw new RangeError("bad listener");
  });
  store.events.subscribe("v", () => heard.push(`v ${store.events.position("v")?.head}`));
  const writes = Array.from({ length: 10 }, () => append("w").then(() => heard.push("written")));
  await Promise.all([...writes, append("v")]);
  expect(heard.filter((line) => line !== "written")).toEqual(["w 10", "v 1"]);
  expect(heard.slice(0, 2)).toEqual(["w 10", "v 1"]);
  expect(opened.log.entries).toMatchObject([{ level: "error", fields: { workspaceId: "v" } }]);
  heard.length = 0;
  await opened
    .write((unit) => {
      store.events.append(unit, "w", loaded("x"), cause);
      throw new RangeError("taken back");
    })
    .catch(() => {});
  await append("w");
  end();
  end();
  await append("w");
  expect(heard).toEqual(["w 11"]);
});

test("[S12] a new epoch changes the epoch alone", async () => {
  await append("w");
  const before = opened.store.events.position("w");
  const after = await opened.write((unit) => opened.store.events.newEpoch(unit, "w"));
  expect(after).toMatchObject({ head: 1, low: 1 });
  expect(after.epoch).not.toBe(before?.epoch);
  expect(opened.store.events.position("w")).toEqual(after);
  expect(opened.store.events.position("none")).toBeUndefined();
  expect(await codeOf(() => opened.write((unit) => opened.store.events.newEpoch(unit, "none")))).toBe(
    "UNKNOWN_WORKSPACE",
  );
});

test("[S23] a command is new once, then a repeat, and another line under its cid is a conflict", async () => {
  const { commands } = opened.store;
  const accept = (workspaceId: string, cid: string, line: string): Promise<string> =>
    opened.write((unit) => commands.accept(unit, workspaceId, cid, line));
  expect(await accept("w", "abc", "tc:x")).toBe("new");
  expect(await accept("w", "abc", "tc:x")).toBe("repeat");
  expect(await accept("w", "abc", "tc:y")).toBe("conflict");
  expect(await accept("v", "abc", "tc:y")).toBe("new");
  expect(commands.get("w", "abc")).toEqual({ cid: "abc", line: "tc:x", acceptedAtMs: opened.clock.nowMs() });
  expect(commands.get("w", "none")).toBeUndefined();
  for (const cid of ["", "a-b", "x".repeat(17)])
    expect(await codeOf(() => accept("w", cid, "tc:x"))).toBe("INVALID_VALUE");
  // A unit that fails accepts nothing; the same command is then still new.
  await opened
    .write((unit) => {
      commands.accept(unit, "w", "late", "tc:x");
      throw new RangeError("taken back");
    })
    .catch(() => {});
  expect(await accept("w", "late", "tc:x")).toBe("new");
});
