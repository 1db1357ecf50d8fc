import type { Unit } from "@kingly/sqlite";
import fc from "fast-check";
import { forever, taskStates } from "../src/index.ts";
import type { AsOf, Page, Store, TaskStatus, Validity } from "../src/index.ts";
import { asOfOracle } from "./oracle.ts";
import type { Telling } from "./oracle.ts";

/** The workspaces of a random history; both use the same ids. */
export const workspaceIds = ["w", "v"] as const;
type WorkspaceId = (typeof workspaceIds)[number];
const ids = ["a", "b", "c", "d"] as const;
type Id = (typeof ids)[number];
const words = ["amber", "birch", "coral", "delta", "ember"] as const;
const cause = { cid: "c1", origin: "user" } as const;

/** One telling of a random history. Its interval is given in ms from the moment at which it is told. */
interface TimeStep {
  readonly workspaceId: WorkspaceId;
  readonly kind: "memory" | "task" | "project" | "run" | "relationship";
  readonly action: "tell" | "retract" | "forget" | "move";
  readonly id: Id;
  readonly word: (typeof words)[number];
  readonly from: number | undefined;
  readonly length: number | undefined;
}

/** A unit: after some ms, steps that stand or fall together. */
export interface TimeUnit {
  readonly waitMs: number;
  readonly fails: boolean;
  readonly steps: readonly TimeStep[];
}

const step: fc.Arbitrary<TimeStep> = fc.record({
  workspaceId: fc.constantFrom(...workspaceIds),
  kind: fc.constantFrom("memory", "memory", "task", "task", "project", "run", "relationship"),
  action: fc.constantFrom("tell", "tell", "tell", "retract", "forget", "move"),
  id: fc.constantFrom(...ids),
  word: fc.constantFrom(...words),
  from: fc.option(fc.integer({ min: -30, max: 15 }), { nil: undefined, freq: 2 }),
  length: fc.option(fc.integer({ min: 1, max: 25 }), { nil: undefined, freq: 2 }),
});

/** Random units: facts of now, retroactive ones, ones to come, retractions, many in one ms, and units that fail. */
export const timeUnits: fc.Arbitrary<readonly TimeUnit[]> = fc.array(
  fc.record({
    waitMs: fc.constantFrom(0, 0, 1, 5),
    fails: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 30 },
);

type Told<T> = Map<string, readonly Telling<T>[]>;

interface ModelTask {
  readonly title: string;
  readonly status: TaskStatus;
}

/** Everything that was told, for the oracle: by workspace and id, in order. */
export interface TimeModel {
  readonly memory: Told<string>;
  readonly project: Told<string>;
  readonly run: Told<string>;
  readonly relationship: Told<string>;
  readonly task: Told<ModelTask>;
}

export function emptyTimeModel(): TimeModel {
  return { memory: new Map(), project: new Map(), run: new Map(), relationship: new Map(), task: new Map() };
}

// Relationships run along a line, so that none of them closes a circle.
const lineOf = (id: Id): { readonly from: string; readonly kind: "blocks" | "relates_to"; readonly to: string } => ({
  from: `line${id}`,
  kind: id === "d" ? "relates_to" : "blocks",
  to: `line${ids[(ids.indexOf(id) + 1) % ids.length] ?? "a"}`,
});

/** Makes the tasks between which the relationships stand. */
export function prepareTimeModel(store: Store, unit: Unit): void {
  for (const workspaceId of workspaceIds) {
    for (const id of ids) store.tasks.create(unit, { workspaceId, id: `line${id}`, title: "line" }, cause);
  }
}

/** Does one step on the store, and gives what it tells the model. */
export function tellStep(
  store: Store,
  unit: Unit,
  model: TimeModel,
  one: TimeStep,
  nowMs: number,
): (() => void) | undefined {
  const { workspaceId, id, word, kind } = one;
  const name = `${workspaceId} ${id}`;
  const fromMs = nowMs + (one.from ?? 0);
  const toMs = one.length === undefined ? forever : fromMs + one.length;
  const validity: Validity = {
    ...(one.from === undefined ? {} : { validFromMs: fromMs }),
    ...(one.length === undefined ? {} : { validToMs: toMs }),
  };
  const add = <T>(told: Told<T>, says: Telling<T>["says"], interval = { fromMs, toMs }): (() => void) => {
    return () => void told.set(name, [...(told.get(name) ?? []), { atMs: nowMs, ...interval, says }]);
  };
  const fromNow = { fromMs: nowMs, toMs: forever };
  const isRetract = one.action === "retract" || (one.action === "forget" && kind !== "memory");

  if (kind === "memory") {
    if (one.action === "forget") {
      store.memory.forget(unit, workspaceId, id, cause);
      return () => void model.memory.delete(name);
    }
    if (isRetract) {
      store.memory.retract(unit, workspaceId, id, validity, cause);
      return add(model.memory, () => undefined);
    }
    const value = `${word} common`;
    store.memory.remember(unit, { workspaceId, key: id, value, ...validity }, cause);
    return add(model.memory, () => value);
  }
  if (kind === "relationship") {
    if (isRetract) store.relationships.unrelate(unit, workspaceId, { ...lineOf(id), ...validity }, cause);
    else store.relationships.relate(unit, workspaceId, { ...lineOf(id), ...validity }, cause);
    return add(model.relationship, () => (isRetract ? undefined : "related"));
  }
  if (kind === "task") {
    if (isRetract) {
      store.tasks.retract(unit, workspaceId, id, validity, cause);
      return add(model.task, () => undefined);
    }
    const held = store.tasks.get(workspaceId, id, unit);
    const title = `${word} common`;
    if (held === undefined) {
      store.tasks.create(unit, { workspaceId, id, title }, cause);
      return add<ModelTask>(model.task, () => ({ title, status: "queued" }), fromNow);
    }
    if (one.action === "move") {
      const next = taskStates[held.status];
      const status = next[words.indexOf(word) % Math.max(1, next.length)];
      if (status === undefined) return undefined;
      store.tasks.transition(unit, workspaceId, id, status, {}, cause);
      return add(model.task, (before) => before && { ...before, status }, fromNow);
    }
    store.tasks.update(unit, workspaceId, id, { title, ...validity }, cause);
    return add(model.task, (before) => before && { ...before, title });
  }
  if (kind === "project") {
    if (isRetract) {
      store.projects.retract(unit, workspaceId, id, validity, cause);
      return add(model.project, () => undefined);
    }
    if (store.projects.get(workspaceId, id, unit) === undefined) {
      store.projects.create(unit, { workspaceId, id, name: word }, cause);
      return add(model.project, () => word, fromNow);
    }
    store.projects.update(unit, workspaceId, id, { name: word, ...validity }, cause);
    return add(model.project, (before) => before && word);
  }
  if (isRetract) {
    store.runs.retract(unit, workspaceId, id, validity, cause);
    return add(model.run, () => undefined);
  }
  if (store.runs.get(workspaceId, id, unit) === undefined) {
    store.runs.create(unit, { workspaceId, id, workflowId: "flow", title: "T", definition: 1, state: word }, cause);
    return add(model.run, () => word, fromNow);
  }
  store.runs.update(unit, workspaceId, id, { state: word, ...validity }, cause);
  return add(model.run, (before) => before && word);
}

/** One question that was put to the store, and whether the oracle says the same. */
export interface Asked {
  readonly question: string;
  readonly answer: unknown;
  readonly truth: unknown;
}

/** Puts every question about one workspace as of a moment: each thing, each list in pages, each search. */
export async function askAll(
  store: Store,
  model: TimeModel,
  workspaceId: WorkspaceId,
  moment: { readonly validMs: number; readonly systemMs: number },
  isNow = false,
): Promise<readonly Asked[]> {
  const asOf: AsOf | undefined = isNow ? undefined : moment;
  const from = isNow ? undefined : { asOf: moment };
  const { validMs, systemMs } = moment;
  const truth = <T>(told: Told<T>, id: Id): T | undefined =>
    asOfOracle(told.get(`${workspaceId} ${id}`) ?? [], validMs, systemMs);
  const all = <T>(told: Told<T>, show: (value: T) => string): readonly string[] =>
    ids.flatMap((id) => {
      const value = truth(told, id);
      return value === undefined ? [] : [`${id} ${show(value)}`];
    });
  const asked: Asked[] = [];
  const put = (question: string, answer: unknown, expected: unknown): void =>
    void asked.push({
      question: `${question} of ${workspaceId} as of ${validMs}, ${systemMs}`,
      answer,
      truth: expected,
    });

  for (const id of ids) {
    put(`memory ${id}`, store.memory.recall(workspaceId, id, from)?.value, truth(model.memory, id));
    const task = store.tasks.get(workspaceId, id, from);
    put(`task ${id}`, task && { title: task.title, status: task.status }, truth(model.task, id));
    put(`project ${id}`, store.projects.get(workspaceId, id, from)?.name, truth(model.project, id));
    put(`run ${id}`, store.runs.get(workspaceId, id, from)?.state, truth(model.run, id));
    const line = lineOf(id);
    const isRelated = store.relationships
      .list(workspaceId, line.from, from)
      .some(({ taskId, kind }) => taskId === line.to && kind === line.kind);
    put(`relationship ${id}`, isRelated ? "related" : undefined, truth(model.relationship, id));
  }
  const options = { limit: 2, ...(asOf === undefined ? {} : { asOf }) };
  const pagesOf = async <T>(list: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<readonly T[]> => {
    const items: T[] = [];
    for (let cursor: { cursor?: string } | undefined = {}; cursor !== undefined;) {
      const page: Page<T> = await list(cursor);
      items.push(...page.items);
      cursor = page.next === null ? undefined : { cursor: page.next };
    }
    return items;
  };
  const memories = await pagesOf((cursor) => store.memory.list(workspaceId, { ...options, ...cursor }));
  put(
    "list of memory",
    memories.map(({ key, value }) => `${key} ${JSON.stringify(value)}`).toSorted(),
    all(model.memory, (value) => JSON.stringify(value)),
  );
  const tasks = await pagesOf((cursor) => store.tasks.list(workspaceId, { ...options, ...cursor }));
  const ownTasks = tasks.filter(({ id }) => !id.startsWith("line"));
  put(
    "list of tasks",
    ownTasks.map(({ id, title, status }) => `${id} ${title} ${status}`).toSorted(),
    all(model.task, ({ title, status }) => `${title} ${status}`),
  );
  const ready = await pagesOf((cursor) => store.tasks.list(workspaceId, { ...options, status: "ready", ...cursor }));
  put(
    "list of ready tasks",
    ready.map(({ id }) => id).toSorted(),
    all(model.task, ({ status }) => status)
      .filter((text) => text.endsWith(" ready"))
      .map((text) => text.slice(0, 1)),
  );
  const projects = await pagesOf((cursor) => store.projects.list(workspaceId, { ...options, ...cursor }));
  put(
    "list of projects",
    projects.map(({ id, name }) => `${id} ${name}`).toSorted(),
    all(model.project, (value) => value),
  );
  const runs = await pagesOf((cursor) => store.runs.list(workspaceId, { ...options, ...cursor }));
  put(
    "list of runs",
    runs.map(({ id, state }) => `${id} ${JSON.stringify(state)}`).toSorted(),
    all(model.run, (value) => JSON.stringify(value)),
  );

  for (const word of ["common", words[(validMs + systemMs) % words.length] ?? "amber"]) {
    const found = store.memory
      .search(workspaceId, word, 50, asOf)
      .map(({ key, value }) => `${key} ${JSON.stringify(value)}`);
    put(
      `search of memory for ${word}`,
      found.toSorted(),
      all(model.memory, (value) => JSON.stringify(value)).filter((text) => text.includes(word)),
    );
    const foundTasks = store.tasks.search(workspaceId, word, 50, asOf).map(({ id, title }) => `${id} ${title}`);
    put(
      `search of tasks for ${word}`,
      foundTasks.toSorted(),
      all(model.task, ({ title }) => title).filter((text) => text.includes(word)),
    );
  }
  return asked;
}
