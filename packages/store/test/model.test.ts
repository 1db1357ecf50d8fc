import fc from "fast-check";
import { createSeededRandom } from "@kingly/runtime/testing";
import { expect, test } from "vitest";
import { taskStates, verifyDatabase } from "../src/index.ts";
import type { JsonValue, TaskStatus } from "../src/index.ts";
import { runIsolation } from "./isolation.ts";
import { openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

const workspaceIds = ["w", "v"] as const;
type WorkspaceId = (typeof workspaceIds)[number];
const states = Object.keys(taskStates) as TaskStatus[];

interface Model {
  readonly tasks: Map<string, { title: string; status: TaskStatus; progress: number; version: number }>;
  readonly memory: Map<string, { value: JsonValue; version: number }>;
  /** Every version that was ever told, by key. */
  readonly versions: Map<string, { value: JsonValue; version: number }[]>;
  readonly events: string[];
}

/** One change: the same on the store (given a unit) and on the model. */
type Change =
  | { readonly kind: "create"; readonly id: string; readonly title: string }
  | { readonly kind: "retitle"; readonly id: string; readonly title: string }
  | { readonly kind: "move"; readonly id: string; readonly to: TaskStatus; readonly progress: number | undefined }
  | { readonly kind: "remember"; readonly key: string; readonly value: JsonValue }
  | { readonly kind: "forget"; readonly key: string }
  | { readonly kind: "append"; readonly id: string };

interface Step {
  readonly workspaceId: WorkspaceId;
  readonly changes: readonly Change[];
  readonly fails: boolean;
}

const id = fc.constantFrom("a", "b", "c");
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("create" as const), id, title: fc.constantFrom("one", "two") }),
  fc.record({ kind: fc.constant("retitle" as const), id, title: fc.constantFrom("one", "two") }),
  fc.record({
    kind: fc.constant("move" as const),
    id,
    to: fc.constantFrom(...states),
    progress: fc.constantFrom(undefined, 0, 0.5, 1),
  }),
  fc.record({
    kind: fc.constant("remember" as const),
    key: id,
    value: fc.constantFrom<JsonValue>(1, "1", null, { x: 1, y: 2 }, { y: 2, x: 1 }, [1]),
  }),
  fc.record({ kind: fc.constant("forget" as const), key: id }),
  fc.record({ kind: fc.constant("append" as const), id }),
);
const steps = fc.array(
  fc.record({
    workspaceId: fc.constantFrom(...workspaceIds),
    changes: fc.array(change, { minLength: 1, maxLength: 4 }),
    fails: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  }),
  { minLength: 1, maxLength: 25 },
);

const emptyModel = (): Model => ({ tasks: new Map(), memory: new Map(), versions: new Map(), events: [] });
const same = (left: JsonValue, right: JsonValue): boolean => {
  try {
    expect(left).toEqual(right);
    return true;
  } catch {
    return false;
  }
};

function changeModel(model: Model, one: Change): void {
  switch (one.kind) {
    case "create":
      if (model.tasks.has(one.id)) return;
      model.tasks.set(one.id, { title: one.title, status: "queued", progress: 0, version: 1 });
      model.events.push(`task_described ${one.id} ${one.title}`, `status_update ${one.id} queued 0`);
      return;
    case "retitle": {
      const task = model.tasks.get(one.id);
      if (task === undefined || task.title === one.title) return;
      model.tasks.set(one.id, { ...task, title: one.title, version: task.version + 1 });
      model.events.push(`task_described ${one.id} ${one.title}`);
      return;
    }
    case "move": {
      const task = model.tasks.get(one.id);
      if (task === undefined) return;
      const starting = one.to === "completed" ? 1 : one.to === "queued" ? 0 : task.progress;
      const natural = one.to === task.status ? task.progress : starting;
      const progress = one.progress ?? natural;
      if (one.to === task.status) {
        if (progress === task.progress || ["completed", "failed", "cancelled"].includes(one.to)) return;
      } else if (!taskStates[task.status].includes(one.to)) return;
      model.tasks.set(one.id, { ...task, status: one.to, progress, version: task.version + 1 });
      model.events.push(`status_update ${one.id} ${one.to} ${progress}`);
      return;
    }
    case "remember": {
      const present = model.memory.get(one.key);
      if (present !== undefined && same(present.value, one.value)) return;
      const versions = model.versions.get(one.key) ?? [];
      const next = { value: one.value, version: versions.length + 1 };
      model.versions.set(one.key, [...versions, next]);
      model.memory.set(one.key, next);
      model.events.push(`memory_stored ${one.key}`);
      return;
    }
    case "forget":
      if (!model.memory.delete(one.key)) return;
      model.versions.set(
        one.key,
        (model.versions.get(one.key) ?? []).map(({ version }) => ({ value: null, version })),
      );
      model.events.push(`memory_forgotten ${one.key}`);
      return;
    case "append":
      model.events.push(`context_loaded ${one.id}`);
  }
}

function changeStore(opened: OpenStore, unit: Parameters<Parameters<OpenStore["write"]>[0]>[0], step: Step): void {
  const { store } = opened;
  const { workspaceId } = step;
  const cause = { origin: "user" } as const;
  for (const one of step.changes) {
    if (one.kind === "create") store.tasks.create(unit, { workspaceId, id: one.id, title: one.title }, cause);
    if (one.kind === "retitle") store.tasks.update(unit, workspaceId, one.id, { title: one.title }, cause);
    if (one.kind === "move") {
      const options = one.progress === undefined ? {} : { progress: one.progress };
      store.tasks.transition(unit, workspaceId, one.id, one.to, options, cause);
    }
    if (one.kind === "remember") store.memory.remember(unit, { workspaceId, key: one.key, value: one.value }, cause);
    if (one.kind === "forget") store.memory.forget(unit, workspaceId, one.key, cause);
    if (one.kind === "append") {
      const payload = { context_id: one.id, summary: "s" };
      const event = { eventType: "context_loaded", entityType: "context", entityId: one.id, payload };
      store.events.append(unit, workspaceId, event, cause);
    }
  }
  if (step.fails) throw new RangeError("taken back");
}

function compare(opened: OpenStore, workspaceId: WorkspaceId, model: Model): void {
  const { store } = opened;
  for (const id of ["a", "b", "c"]) {
    const task = model.tasks.get(id);
    if (task === undefined) expect(store.tasks.get(workspaceId, id)).toBeUndefined();
    else expect(store.tasks.get(workspaceId, id)).toMatchObject(task);
    const memory = model.memory.get(id);
    if (memory === undefined) expect(store.memory.recall(workspaceId, id)).toBeUndefined();
    else expect(store.memory.recall(workspaceId, id)).toMatchObject(memory);
    const history = store.memory.history(workspaceId, id).map(({ value, version }) => ({ value, version }));
    // A version that came after the forgetting is told with its value, so only closed ones are null.
    expect(history).toEqual(model.versions.get(id) ?? []);
  }
  const told = store.events.readAfter(workspaceId, 0, 1000);
  expect(told.map(({ seq }) => seq)).toEqual(model.events.map((_, index) => index + 1));
  expect(
    told.map(({ eventType, entityId, payload }) => {
      if (eventType === "task_described") return `${eventType} ${entityId} ${payload["title"] as string}`;
      if (eventType !== "status_update") return `${eventType} ${entityId}`;
      return `${eventType} ${entityId} ${payload["status"] as string} ${payload["progress"] as number}`;
    }),
  ).toEqual(model.events);
}

test(
  "[S29][S6][S102] any units, interleaved, standing or failing, leave the store as the model says",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 6 }), async (all, together) => {
        const opened = await openTestStore({ inMemory: true });
        const models = { w: emptyModel(), v: emptyModel() };
        // Units given together share a commit; each fails alone.
        for (let first = 0; first < all.length; first += together) {
          const group = all.slice(first, first + together);
          await Promise.allSettled(group.map((step) => opened.write((unit) => void changeStore(opened, unit, step))));
          for (const step of group.filter(({ fails }) => !fails)) {
            for (const one of step.changes) changeModel(models[step.workspaceId], one);
          }
          opened.clock.advance(first % 2);
        }
        for (const workspaceId of workspaceIds) compare(opened, workspaceId, models[workspaceId]);
        for (const table of ["memory_fts", "tasks_fts"]) {
          await opened.write((unit) => unit.run(`INSERT INTO ${table}(${table}, rank) VALUES('integrity-check', 1)`));
        }
        expect(await verifyDatabase(opened.database)).toMatchObject({ findings: [], unsealed: 0 });
        await opened.end();
      }),
      { numRuns: 150 },
    );
  },
);

test(
  "[S28] nothing of one workspace is seen from another in any read, list, search or history",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("red", "blue", "green shared", "shared"), { minLength: 1, maxLength: 12 }),
        async (words) => {
          const opened = await openTestStore({ inMemory: true, maxSearchCandidates: 10 });
          const { store } = opened;
          const cause = { cid: "same", origin: "user" } as const;
          for (const [index, word] of words.entries()) {
            await opened.write((unit) => {
              for (const workspaceId of workspaceIds) {
                const canary = `canary${workspaceId} ${word} shared`;
                // The ids are equal in both workspaces: only the workspace tells them apart.
                const id = `id${index}`;
                store.projects.create(unit, { workspaceId, id, name: canary }, cause);
                store.tasks.create(unit, { workspaceId, id, title: canary, projectId: id }, cause);
                store.tasks.create(unit, { workspaceId, id: `child${id}`, title: canary, parentId: id }, cause);
                store.tasks.transition(unit, workspaceId, id, "ready", {}, cause);
                store.relationships.relate(unit, workspaceId, { from: id, kind: "blocks", to: `child${id}` }, cause);
                store.runs.create(unit, { workspaceId, id, workflowId: "w", title: canary, definition: canary }, cause);
                store.memory.remember(unit, { workspaceId, key: id, value: canary }, cause);
                store.memory.remember(unit, { workspaceId, key: id, value: `${canary} again` }, cause);
                store.commands.accept(unit, workspaceId, id, canary);
                const payload = { utterance_id: id, text: canary, at: index, by: "reflex", state: "heard" };
                for (const eventType of ["utterance_recorded", "reply"]) {
                  store.events.append(
                    unit,
                    workspaceId,
                    { eventType, entityType: "utterance", entityId: id, payload },
                    cause,
                  );
                }
              }
            });
          }
          for (const [own, other] of [
            ["w", "v"],
            ["v", "w"],
          ] as const) {
            const seen: unknown[] = [
              store.events.readAfter(own, 0, 1000),
              store.conversation.read(own, { limit: 200 }),
              await store.tasks.list(own, { limit: 200 }),
              await store.projects.list(own, { limit: 200 }),
              await store.runs.list(own, { limit: 200 }),
              await store.memory.list(own, { limit: 200 }),
              ...words.flatMap((_, index) => [
                store.tasks.get(own, `id${index}`),
                store.projects.get(own, `id${index}`),
                store.runs.get(own, `id${index}`),
                store.memory.recall(own, `id${index}`),
                store.memory.history(own, `id${index}`),
                store.commands.get(own, `id${index}`),
                store.relationships.list(own, `id${index}`),
              ]),
              ...["shared", "red", "blue green", `canary${own} red`, `workspace_id:${other}`, other].flatMap((text) => [
                store.tasks.search(own, text, 200),
                store.memory.search(own, text, 200),
              ]),
            ];
            const text = JSON.stringify(seen);
            expect(text).not.toContain(`canary${other}`);
            expect(text).toContain(`canary${own}`);
            // The other workspace's word finds nothing here, and its size does not crowd out our own hits.
            expect(store.memory.search(own, `canary${other}`)).toEqual([]);
            expect(store.memory.search(own, "shared", 200)).toHaveLength(Math.min(words.length, 10));
          }
          // What one workspace forgets, the other keeps.
          await opened.write((unit) => store.memory.forget(unit, "w", "id0", cause));
          expect(store.memory.recall("v", "id0")?.version).toBe(2);
          expect(JSON.stringify(store.events.readAfter("v", 0, 1000))).not.toContain("forgotten");
          await opened.end();
        },
      ),
      { numRuns: 25 },
    );
  },
);

test(
  "[S28] random operations in two workspaces that share all ids show nothing of the other",
  { timeout: 60_000 },
  async () => {
    const opened = await openTestStore({ inMemory: true });
    const random = createSeededRandom(11);
    const run = await runIsolation(opened, 5000, () => random.fraction());
    await opened.end();
    expect(run.leaks).toEqual([]);
    expect(run.rowsSeen).toBeGreaterThan(3000);
  },
);
