import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isTaskStatus, taskStates } from "../../src/index.ts";
import type { EventInput, Task, TaskInput } from "../../src/index.ts";
import { cause, codeOf } from "./contract-store.ts";
import type { ContractStore, OpenContractStore } from "./contract-store.ts";

/** What every store promises of projects, tasks, relationships, runs, lists and counts. */
export function workContract(kind: string, open: OpenContractStore): void {
  describe(`the work of a store on ${kind}`, () => {
    let opened: ContractStore;
    beforeEach(async () => void (opened = await open()));
    afterEach(() => opened.end());
    const create = (id: string, more: Partial<TaskInput> = {}): Promise<Task> =>
      opened.write((unit) => opened.store.tasks.create(unit, { workspaceId: "w", id, title: id, ...more }, cause));
    const told = (after = 0): readonly string[] =>
      opened.store.events.readAfter("w", after, 1000).map(({ eventType }) => eventType);

    test("[S5][S14] a project and a task are made once, with their events, inside their workspace", async () => {
      const { store } = opened;
      const project = { workspaceId: "w", id: "p", name: "P" };
      await opened.write((unit) => store.projects.create(unit, project, cause));
      const task = await create("t", { projectId: "p", title: "Auth", complexity: 0.75, metadata: { a: [1] } });
      expect(await create("t", { title: "Other" })).toEqual(task);
      expect(store.tasks.get("w", "t")).toEqual(task);
      expect(store.tasks.get("v", "t")).toBeUndefined();
      expect(told()).toEqual(["project_described", "task_described", "status_update"]);
      expect(await codeOf(() => create("x", { projectId: "none" }))).toBe("UNKNOWN_REFERENCE");
      expect(await codeOf(() => create("x", { parentId: "none" }))).toBe("UNKNOWN_REFERENCE");
    });

    test("[S15][S16] every pair of states is allowed or refused as the table says, and progress is reported", async () => {
      const { store } = opened;
      const states = Object.keys(taskStates).filter((word) => isTaskStatus(word));
      for (const from of states) {
        for (const to of states.filter((state) => state !== from)) {
          const id = `${from}-${to}`;
          await create(id, { status: from });
          const result = await opened.write((unit) => store.tasks.transition(unit, "w", id, to, {}, cause));
          expect([id, result.ok]).toEqual([id, taskStates[from].includes(to)]);
          expect(store.tasks.get("w", id)?.status).toBe(taskStates[from].includes(to) ? to : from);
        }
      }
      await create("r", { status: "running" });
      const report = await opened.write((unit) =>
        store.tasks.transition(unit, "w", "r", "running", { progress: 0.5 }, cause),
      );
      expect(report).toMatchObject({ ok: true, value: { progress: 0.5, version: 2 } });
    });

    test("[S17] an update changes what it names; equal values change nothing; nothing comes below itself", async () => {
      const { store } = opened;
      await create("t", { metadata: { a: 1, b: 2 } });
      await create("child", { parentId: "t" });
      const update = (patch: Parameters<typeof store.tasks.update>[3]): Promise<unknown> =>
        opened.write((unit) => store.tasks.update(unit, "w", "t", patch, cause));
      expect(await update({ title: "New" })).toMatchObject({ ok: true, value: { title: "New", version: 2 } });
      expect(await update({ metadata: { b: 2, a: 1 } })).toMatchObject({ ok: true, value: { version: 2 } });
      expect(await codeOf(() => update({ parentId: "child" }))).toBe("INVALID_VALUE");
    });

    test("[S18] a relationship is said once and read from both sides", async () => {
      const { store } = opened;
      await create("a");
      await create("b");
      const relate = (from: string, kindOf: "blocks" | "blocked_by", to: string): Promise<boolean> =>
        opened.write((unit) => store.relationships.relate(unit, "w", { from, kind: kindOf, to }, cause));
      expect([await relate("a", "blocks", "b"), await relate("b", "blocked_by", "a")]).toEqual([true, false]);
      expect(store.relationships.list("w", "a")).toMatchObject([{ kind: "blocks", taskId: "b" }]);
      expect(store.relationships.list("w", "b")).toMatchObject([{ kind: "blocked_by", taskId: "a" }]);
      expect(store.relationships.list("v", "a")).toEqual([]);
    });

    test("[S19] a run keeps its definition and tells status and progress when they change", async () => {
      const { store } = opened;
      const input = { workspaceId: "w", id: "r", workflowId: "plan", title: "Plan", definition: { steps: [1] } };
      await opened.write((unit) => store.runs.create(unit, input, cause));
      await opened.write((unit) => store.runs.update(unit, "w", "r", { state: { at: 1 } }, cause));
      await opened.write((unit) => store.runs.update(unit, "w", "r", { status: "running", progress: 0.5 }, cause));
      expect(store.runs.get("w", "r")).toMatchObject({ definition: { steps: [1] }, state: { at: 1 }, version: 3 });
      expect(told()).toEqual(["run_described", "status_update", "status_update"]);
    });

    test("[S106] a snapshot and the events after it tell a new follower what the whole log told", async () => {
      const { store } = opened;
      /** What a follower knows: the latest event of each kind about each thing; what was forgotten is gone. */
      const know = (events: readonly EventInput[], known: Map<string, string> = new Map()): Map<string, string> => {
        for (const { eventType, entityType, entityId, payload } of events) {
          const said = JSON.parse(JSON.stringify(payload)) as Record<string, unknown>;
          const text = JSON.stringify(Object.entries(said).toSorted(([left], [right]) => (left < right ? -1 : 1)));
          if (eventType === "memory_forgotten") known.delete(`memory_stored ${entityId}`);
          else if (eventType === "task_related") known.set(`${eventType} ${text}`, entityType);
          else known.set(`${eventType} ${entityId}`, text);
        }
        return known;
      };
      const sorted = (known: Map<string, string>): unknown =>
        [...known].toSorted(([left], [right]) => (left < right ? -1 : 1));
      await opened.write((unit) => {
        store.projects.create(unit, { workspaceId: "w", id: "p", name: "P" }, cause);
        const run = { workspaceId: "w", id: "r", workflowId: "f", title: "R", definition: {}, steps: ["a"] };
        store.runs.create(unit, run, cause);
        store.memory.remember(unit, { workspaceId: "w", key: "k", value: { a: 1 } }, cause);
        store.memory.remember(unit, { workspaceId: "w", key: "gone", value: "x" }, cause);
        store.memory.forget(unit, "w", "gone", cause);
      });
      for (let n = 0; n < 120; n += 1) await create(`t${n}`, n > 0 ? { parentId: "t0" } : { intentType: "i" });
      await opened.write((unit) => {
        store.relationships.relate(unit, "w", { from: "t1", kind: "blocks", to: "t2" }, cause);
        store.relationships.relate(unit, "w", { from: "t4", kind: "relates_to", to: "t3" }, cause);
        store.tasks.transition(unit, "w", "t1", "running", { progress: 0.5 }, cause);
        store.runs.update(unit, "w", "r", { status: "running", progress: 0.25 }, cause);
      });
      const whole = know(store.events.readAfter("w", 0, 1000));

      await opened.write((unit) => {
        store.events.markProcessed(unit, "w", store.events.position("w", unit)?.head ?? 0);
        store.events.retain(unit, "w", { keepFromSeq: 100 });
      });
      const known: Map<string, string> = new Map();
      let fromSeq: number | undefined;
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await store.events.snapshot("w", cursor);
        // Changes go on while the pages are read.
        if (fromSeq === undefined) await create("late", { title: "Late" });
        fromSeq ??= page.position.head;
        know(page.events, known);
        cursor = page.next;
      }
      know(store.events.readAfter("w", fromSeq ?? 0, 1000), known);
      know(store.events.readAfter("w", fromSeq ?? 0, 1000), whole);
      expect(sorted(known)).toEqual(sorted(whole));
      expect(await codeOf(() => store.events.snapshot("w", "nonsense"))).toBe("BAD_CURSOR");
      expect(await codeOf(() => store.events.snapshot("none"))).toBe("UNKNOWN_WORKSPACE");
    });

    test("[S13][S99] lists page newest first without skipping or repeating, and counts agree with them", async () => {
      const { store, clock } = opened;
      for (let n = 0; n < 11; n += 1) {
        if (n % 3 === 0) clock.advance(1);
        await create(`t${String(n).padStart(2, "0")}`, n % 2 === 0 ? {} : { status: "ready" });
      }
      const ids: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await store.tasks.list("w", { limit: 4, ...(cursor === null ? {} : { cursor }) });
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== null);
      expect(ids).toEqual(Array.from({ length: 11 }, (_, n) => `t${String(n).padStart(2, "0")}`).toReversed());
      expect((await store.tasks.list("w", { status: "ready" })).items).toHaveLength(5);
      expect(store.counts("w").tasks).toEqual({ all: 11, byStatus: { queued: 6, ready: 5 } });
      expect(store.counts("v").tasks.all).toBe(0);
      expect(await codeOf(() => store.tasks.list("w", { cursor: "bad" }))).toBe("BAD_CURSOR");
    });
  });
}
