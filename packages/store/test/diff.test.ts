import { afterEach, beforeEach, expect, test } from "vitest";
import type { Change, DiffKind, DiffOptions, Memory, Page } from "../src/index.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

const tell = (key: string, value: string, validFromMs?: number): Promise<unknown> =>
  opened.write((unit) =>
    opened.store.memory.remember(
      unit,
      { workspaceId: "w", key, value, ...(validFromMs === undefined ? {} : { validFromMs }) },
      cause,
    ),
  );
const diff = (kind: DiffKind, options: DiffOptions): readonly string[] =>
  opened.store.diff("w", kind, options).items.map(({ change, id }) => `${change} ${id}`);

test("[S45] a diff tells what was added, changed and removed on either axis, with before and after", async () => {
  const { clock, store } = opened;
  const start = clock.nowMs();
  for (const key of ["changed", "gone", "same"]) await tell(key, "one");
  clock.advance(10);
  await tell("changed", "two");
  await tell("new", "one");
  await tell("late", "one", start - 100);
  await opened.write((unit) => store.memory.retract(unit, "w", "gone", {}, cause));
  clock.advance(10);
  const between = { from: { validMs: start + 5, systemMs: start + 5 } };
  expect(diff("memory", between)).toEqual(["changed changed", "removed gone", "added late", "added new"]);
  expect(store.diff("w", "memory", between).items[0]).toMatchObject({
    before: { value: "one", version: 1 },
    after: { value: "two", version: 2 },
  });
  expect(store.diff("w", "memory", between).items[1]).toMatchObject({ before: { value: "one" }, after: null });
  // What did we learn since about five ms ago? Only what was told of the past.
  const then = start + 5;
  expect(diff("memory", { from: { validMs: then, systemMs: then }, to: { validMs: then } })).toEqual(["added late"]);
  // And back again: the other way round.
  const back = { from: { validMs: start + 20 }, to: { validMs: then, systemMs: then } };
  expect(diff("memory", back)).toEqual(["changed changed", "added gone", "removed late", "removed new"]);
  expect(diff("memory", { from: {} })).toEqual([]);
  expect(store.diff("v", "memory", between).items).toEqual([]);
});

test("[S45] tasks, projects, runs and relationships are compared too", async () => {
  const { clock, store } = opened;
  const from = { validMs: clock.nowMs(), systemMs: clock.nowMs() };
  clock.advance(5);
  await opened.write((unit) => {
    store.projects.create(unit, { workspaceId: "w", id: "p", name: "P" }, cause);
    for (const id of ["a", "b"]) store.tasks.create(unit, { workspaceId: "w", id, title: id }, cause);
    store.relationships.relate(unit, "w", { from: "a", kind: "blocks", to: "b" }, cause);
    store.runs.create(unit, { workspaceId: "w", id: "r", workflowId: "f", title: "R", definition: {} }, cause);
  });
  expect(diff("projects", { from })).toEqual(["added p"]);
  expect(diff("tasks", { from })).toEqual(["added a", "added b"]);
  expect(diff("runs", { from })).toEqual(["added r"]);
  const end = (taskId: string): object => ({ workspaceId: "w", taskId });
  expect(store.diff("w", "relationships", { from }).items).toMatchObject([
    { change: "added", before: null, after: { from: end("a"), kind: "blocks", to: end("b") } },
  ]);
});

test("[S45] a diff comes in pages that look at 2,000 things at most and compare the moments of the first", async () => {
  const { clock, store } = opened;
  const from = { validMs: clock.nowMs(), systemMs: clock.nowMs() };
  clock.advance(5);
  await opened.write((unit) => {
    for (let n = 0; n < 2100; n += 1) {
      const key = `k${String(n).padStart(4, "0")}`;
      store.memory.remember(unit, { workspaceId: "w", key, value: n }, cause);
    }
  });
  const later = { validMs: clock.nowMs(), systemMs: clock.nowMs() };
  clock.advance(5);
  await tell("k2050", "news");
  // Only the last is different: the first page ends after 2,000 things, with none of them.
  const first = store.diff("w", "memory", { from: later });
  expect([first.items.length, first.next === null]).toEqual([0, false]);
  clock.advance(5);
  await tell("k2060", "later news");
  const second = store.diff("w", "memory", { from: later, cursor: first.next ?? "" });
  expect([second.items.map(({ id }) => id), second.next]).toEqual([["k2050"], null]);

  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Change<Memory>> = store.diff("w", "memory", {
      from,
      to: later,
      limit: 200,
      ...(cursor === null ? {} : { cursor }),
    });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  expect([ids.length, new Set(ids).size]).toEqual([2100, 2100]);
  expect(await codeOf(() => store.diff("w", "memory", { from, cursor: "nonsense" }))).toBe("BAD_CURSOR");
  expect(await codeOf(() => store.diff("w", "memory", { from: { validMs: -1 } }))).toBe("INVALID_VALUE");
});
