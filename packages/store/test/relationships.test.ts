import { afterEach, beforeEach, expect, test } from "vitest";
import type { RelationshipInput, TaskRef, Validity } from "../src/index.ts";
import { cause, codeOf, openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => {
  opened = await openTestStore();
  await opened.write((unit) => {
    for (const workspaceId of ["w", "v"]) {
      for (const id of ["a", "b", "c", "d"]) opened.store.tasks.create(unit, { workspaceId, id, title: id }, cause);
    }
  });
});
afterEach(() => opened.end());

const relate = (
  from: TaskRef,
  kind: RelationshipInput["kind"],
  to: TaskRef,
  validity: Validity = {},
): Promise<boolean> =>
  opened.write((unit) => opened.store.relationships.relate(unit, "w", { from, kind, to, ...validity }, cause));
const unrelate = (
  from: TaskRef,
  kind: RelationshipInput["kind"],
  to: TaskRef,
  validity: Validity = {},
): Promise<boolean> =>
  opened.write((unit) => opened.store.relationships.unrelate(unit, "w", { from, kind, to, ...validity }, cause));
const shown = (id: string, validMs?: number, systemMs?: number, workspaceId = "w"): readonly string[] =>
  opened.store.relationships
    .list(workspaceId, id, {
      asOf: { ...(validMs === undefined ? {} : { validMs }), ...(systemMs === undefined ? {} : { systemMs }) },
    })
    .map((one) => `${one.kind} ${one.workspaceId === undefined ? "" : `${one.workspaceId}/`}${one.taskId}`);
const link = { fromWorkspaceId: "v", toWorkspaceId: "w" };
const grant = (note?: string): Promise<boolean> =>
  opened.write((unit) =>
    opened.store.workspaces.grantLink(unit, { ...link, ...(note === undefined ? {} : { note }) }, cause),
  );
const revoke = (): Promise<boolean> => opened.write((unit) => opened.store.workspaces.revokeLink(unit, link, cause));
const far = { workspaceId: "v", taskId: "a" };

test("[S43] a relationship ends, is read as of then, and can be said again", async () => {
  const { clock, store } = opened;
  const start = clock.nowMs();
  expect(await relate("a", "blocks", "b")).toBe(true);
  clock.advance(10);
  const head = store.events.position("w")?.head ?? 0;
  expect(await unrelate("b", "blocked_by", "a")).toBe(true);
  expect(await unrelate("a", "blocks", "b")).toBe(false);
  expect(store.events.readAfter("w", head, 9).map(({ eventType, payload }) => [eventType, payload])).toEqual([
    ["task_unrelated", { task_id: "a", kind: "blocks", other_id: "b" }],
  ]);
  expect([shown("b"), shown("a", start + 5), shown("b", start + 5, start + 5)]).toEqual([
    [],
    ["blocks b"],
    ["blocked_by a"],
  ]);
  expect(shown("b", start + 50, start + 5)).toEqual(["blocked_by a"]);
  expect(await relate("a", "blocks", "b", { validFromMs: start + 20, validToMs: start + 30 })).toBe(true);
  expect([19, 20, 29, 30].map((at) => shown("a", start + at).length)).toEqual([0, 1, 1, 0]);
});

test("[S43] a task cannot block itself over others, in any workspace, unless the intervals never meet", async () => {
  const { clock } = opened;
  await relate("a", "blocks", "b");
  await relate("b", "blocks", "c");
  await relate("d", "blocked_by", "c");
  expect(await codeOf(() => relate("b", "blocks", "a"))).toBe("CYCLE");
  expect(await codeOf(() => relate("d", "blocks", "a"))).toBe("CYCLE");
  expect(await codeOf(() => relate("a", "blocked_by", "d"))).toBe("CYCLE");
  expect(await relate("d", "relates_to", "a")).toBe(true);
  expect(await relate("d", "blocks", "a", { validFromMs: 5, validToMs: 6 })).toBe(true);
  clock.advance(1);
  await unrelate("b", "blocks", "c");
  expect(await relate("d", "blocks", "a")).toBe(true);
  // A circle over another workspace: v's own relationship closes it.
  await grant();
  await opened.write((unit) =>
    opened.store.workspaces.grantLink(unit, { fromWorkspaceId: "w", toWorkspaceId: "v" }, cause),
  );
  await relate(far, "blocks", "a");
  const back = { from: { workspaceId: "w", taskId: "b" }, kind: "blocks", to: "a" } as const;
  expect(await codeOf(() => opened.write((u) => opened.store.relationships.relate(u, "v", back, cause)))).toBe("CYCLE");
});

test("[S44] a task of another workspace is named under a granted link only, and seen where it was said only", async () => {
  const { store, clock } = opened;
  expect(await codeOf(() => relate("b", "blocked_by", far))).toBe("NO_LINK");
  const insert = `INSERT INTO task_relationships (workspace_id, id, from_workspace_id, from_id, kind, to_workspace_id, to_id,
    other_workspace_id, created_at, updated_at, valid_from, sys_from) VALUES ('w', 'x', 'v', 'a', 'blocks', 'w', 'b'`;
  expect(await codeOf(() => opened.write((u) => u.run(`${insert}, 'v', 1, 1, 1, 1)`)))).toMatch(/granted/);
  expect(await codeOf(() => opened.write((u) => u.run(`${insert}, NULL, 1, 1, 1, 1)`)))).toMatch(/CHECK/);
  const grantedMs = clock.nowMs();
  expect(await grant("shared release")).toBe(true);
  expect(await grant()).toBe(false);
  const granted = [{ ...link, note: "shared release", grantedAtMs: grantedMs }];
  expect([store.workspaces.links("w"), store.workspaces.links("v")]).toEqual([granted, granted]);
  expect(await relate("b", "blocked_by", far)).toBe(true);
  expect(await relate("b", "blocked_by", far)).toBe(false);
  expect([shown("b"), shown("a"), shown("a", undefined, undefined, "v")]).toEqual([["blocked_by v/a"], [], []]);
  expect(JSON.stringify(store.events.readAfter("v", 0, 100))).not.toContain("task_related");
  const unknown = { workspaceId: "v", taskId: "none" };
  expect(await codeOf(() => relate("b", "blocked_by", unknown))).toBe("UNKNOWN_REFERENCE");
  expect(await codeOf(() => relate(far, "blocks", unknown))).toBe("INVALID_VALUE");
  // The link has one direction.
  const back = { from: "a", kind: "blocks", to: { workspaceId: "w", taskId: "a" } } as const;
  expect(await codeOf(() => opened.write((u) => store.relationships.relate(u, "v", back, cause)))).toBe("NO_LINK");

  clock.advance(10);
  const heads = ["w", "v"].map((id) => store.events.position(id)?.head ?? 0);
  expect(await revoke()).toBe(true);
  expect(await revoke()).toBe(false);
  expect([shown("b"), store.workspaces.links("w")]).toEqual([[], []]);
  expect(shown("b", clock.nowMs() - 1)).toEqual(["blocked_by v/a"]);
  expect(store.workspaces.links("w", { asOf: { validMs: clock.nowMs() - 1 } })).toEqual(granted);
  expect(store.events.readAfter("w", heads[0] ?? 0, 9)).toMatchObject([
    { eventType: "task_unrelated", entityId: "b", payload: { task_id: "a", task_workspace: "v", other_id: "b" } },
  ]);
  expect(store.events.readAfter("v", heads[1] ?? 0, 9)).toMatchObject([
    { eventType: "link_revoked", payload: { to_workspace: "w" } },
  ]);
  expect(await codeOf(() => relate("c", "blocked_by", far))).toBe("NO_LINK");
  expect(await codeOf(() => opened.write((u) => u.run(`${insert}, 'v', 1, 1, 1, 1)`)))).toMatch(/granted/);
  const revive = "UPDATE task_relationships SET valid_to = 9007199254740991 WHERE workspace_id = 'w'";
  expect(await codeOf(() => opened.write((u) => u.run(revive)))).toMatch(/granted/);
  expect(await grant()).toBe(true);
  expect(await relate("b", "blocked_by", far)).toBe(true);
  expect(opened.database.all("PRAGMA foreign_key_check")).toEqual([]);
  expect(
    await codeOf(() => opened.write((u) => store.workspaces.grantLink(u, { ...link, toWorkspaceId: "none" }, cause))),
  ).toBe("UNKNOWN_WORKSPACE");
});
