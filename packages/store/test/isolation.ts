import type { Unit } from "@kingly/sqlite";
import type { JsonObject } from "../src/index.ts";
import type { OpenStore } from "./open-store.ts";

const workspaceIds = ["w", "v"] as const;
const ids = ["a", "b", "c", "d", "e", "f"] as const;
const words = ["red", "green", "blue", "shared", "common"] as const;

/** What a run of random operations saw: answers looked at, and those that showed something of the other workspace. */
export interface IsolationRun {
  readonly operations: number;
  readonly rowsSeen: number;
  readonly leaks: readonly string[];
}

/** Writes and reads at random in two workspaces that use the same ids, keys and cids; every text names its workspace.
 *
 * Whatever one of them is shown must not hold the other's mark. `pick` gives 0 to 1. [S28] */
export async function runIsolation(
  opened: Pick<OpenStore, "store" | "write" | "clock">,
  operations: number,
  pick: () => number,
): Promise<IsolationRun> {
  const { store, clock } = opened;
  const cause = { cid: "same", origin: "user" } as const;
  const one = <T>(values: readonly T[]): T => values[Math.floor(pick() * values.length)] as T;
  // New ids now and then: a key with ten thousand versions would make each of its histories as long.
  let done = 0;
  const id = (): string => `${one(ids)}${Math.floor(done / 1000)}`;
  const leaks: string[] = [];
  let rowsSeen = 0;
  const startMs = clock.nowMs();
  const moment = (): { validMs: number; systemMs: number } => {
    const near = (): number => startMs + Math.floor(pick() * (clock.nowMs() - startMs + 20));
    return { validMs: near(), systemMs: near() };
  };

  const writers: readonly ((unit: Unit, workspaceId: string, text: string) => unknown)[] = [
    (unit, workspaceId, value) => {
      const late = pick() < 0.3 ? { validFromMs: startMs + Math.floor(pick() * 500) } : {};
      const memoryType = pick() < 0.2 ? ({ memoryType: "working" } as const) : {};
      return store.memory.remember(
        unit,
        { workspaceId, key: id(), value, speaker: value, ...late, ...memoryType },
        cause,
      );
    },
    (unit, workspaceId) => store.memory.retract(unit, workspaceId, id(), {}, cause),
    (unit, workspaceId) => store.memory.forget(unit, workspaceId, id(), cause),
    (unit, workspaceId, value) => store.memory.supersede(unit, id(), { workspaceId, key: `new-${id()}`, value }, cause),
    (unit, workspaceId, title) => store.tasks.create(unit, { workspaceId, id: id(), title }, cause),
    (unit, workspaceId, title) => store.tasks.update(unit, workspaceId, id(), { title, description: title }, cause),
    (unit, workspaceId) =>
      store.tasks.transition(unit, workspaceId, id(), one(["ready", "running", "failed", "queued"]), {}, cause),
    (unit, workspaceId, name) => store.projects.create(unit, { workspaceId, id: id(), name }, cause),
    (unit, workspaceId, name) => store.projects.update(unit, workspaceId, id(), { name }, cause),
    (unit, workspaceId, title) =>
      store.runs.create(unit, { workspaceId, id: id(), workflowId: "f", title, definition: title }, cause),
    (unit, workspaceId, text) => store.runs.update(unit, workspaceId, id(), { state: text }, cause),
    (unit, workspaceId) => {
      const [from, to] = [id(), id()];
      const exist = [from, to].every((taskId) => store.tasks.get(workspaceId, taskId, unit) !== undefined);
      if (from >= to || !exist) return undefined;
      const input = { from, kind: "blocks", to } as const;
      return pick() < 0.5
        ? store.relationships.relate(unit, workspaceId, input, cause)
        : store.relationships.unrelate(unit, workspaceId, input, cause);
    },
    (unit, workspaceId, text) => {
      const utteranceId = id();
      const payload: JsonObject = { utterance_id: utteranceId, text, at: clock.nowMs(), by: "reflex", state: "heard" };
      const eventType = one(["utterance_recorded", "reply"]);
      return store.events.append(
        unit,
        workspaceId,
        { eventType, entityType: "utterance", entityId: utteranceId, payload },
        cause,
      );
    },
    (unit, workspaceId, text) => store.commands.accept(unit, workspaceId, id(), text),
  ];
  const readers: readonly ((workspaceId: string) => unknown)[] = [
    (workspaceId) => store.memory.recall(workspaceId, id()),
    (workspaceId) => store.memory.recall(workspaceId, id(), { asOf: moment() }),
    (workspaceId) => store.memory.history(workspaceId, id()),
    (workspaceId) => store.memory.beliefs(workspaceId, id()),
    (workspaceId) => store.memory.list(workspaceId, pick() < 0.5 ? {} : { asOf: moment(), limit: 3 }),
    (workspaceId) => store.memory.search(workspaceId, `${one(words)} ${one(["mark-w", "mark-v", "x"])}`, 50),
    (workspaceId) => store.memory.search(workspaceId, one(words), 50, moment()),
    (workspaceId) => store.tasks.get(workspaceId, id(), pick() < 0.5 ? undefined : { asOf: moment() }),
    (workspaceId) => store.tasks.list(workspaceId, pick() < 0.5 ? {} : { asOf: moment() }),
    (workspaceId) => store.tasks.search(workspaceId, one(words), 50, pick() < 0.5 ? undefined : moment()),
    (workspaceId) => store.projects.list(workspaceId, { asOf: moment() }),
    (workspaceId) => store.runs.list(workspaceId, { asOf: moment() }),
    (workspaceId) => store.runs.get(workspaceId, id()),
    (workspaceId) => store.relationships.list(workspaceId, id(), { asOf: moment() }),
    (workspaceId) => store.diff(workspaceId, one(["memory", "tasks", "projects", "runs"]), { from: moment() }),
    (workspaceId) =>
      store.events.readAfter(workspaceId, Math.max(0, (store.events.position(workspaceId)?.head ?? 0) - 20), 20),
    (workspaceId) => store.conversation.read(workspaceId),
    (workspaceId) => store.commands.get(workspaceId, id()),
  ];

  for (; done < operations; done += 1) {
    const workspaceId = one(workspaceIds);
    if (done % 4 === 0) clock.advance(Math.floor(pick() * 3));
    if (pick() < 0.4) {
      const text = `${one(words)} shared mark-${workspaceId} ${done % 997}`;
      await opened.write((unit) => one(writers)(unit, workspaceId, text));
      continue;
    }
    const which = Math.floor(pick() * readers.length);
    const shown = JSON.stringify((await readers[which]?.(workspaceId)) ?? null);
    const other = `mark-${workspaceId === "w" ? "v" : "w"}`;
    rowsSeen += shown.split(`mark-${workspaceId}`).length - 1;
    if (shown.includes(other)) leaks.push(`operation ${done}, read ${which} of ${workspaceId}: ${shown.slice(0, 500)}`);
  }
  return { operations, rowsSeen, leaks };
}
