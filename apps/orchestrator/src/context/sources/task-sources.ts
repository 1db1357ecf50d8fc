import type { Task } from "@kingly/store";
import { cutText } from "../../cut-text.ts";
import type { Piece } from "../context.ts";
import type { ContextDeps, SourceDeps } from "../context-deps.ts";
import type { DepthPlan } from "../depths.ts";
import type { Source } from "../source.ts";
import { memoryPiece } from "./memory-source.ts";

const maxText = 600;

/** The sources about one task: itself, its parent, what came of what it waited for, parts, related tasks and siblings. */
export function taskSources(
  deps: SourceDeps,
  workspaceId: string,
  task: Task,
  { tasks: limit }: DepthPlan,
): readonly Source[] {
  const { store, relationships } = deps;
  const { id, parentId } = task;
  const partsOf = async (parent: string): Promise<readonly Task[]> =>
    (await store.tasks.list(workspaceId, { parentId: parent, limit })).items.toReversed();
  const own: Source = { name: "task", heading: "The task", read: () => [selfPiece(task)] };
  const parent: Source = {
    name: "parent",
    heading: "It is a part of",
    read() {
      const above = parentId === null ? undefined : store.tasks.get(workspaceId, parentId);
      return above === undefined ? [] : [taskPiece(above)];
    },
  };
  if (limit === 0) return [own, parent];
  return [
    own,
    parent,
    {
      name: "before",
      heading: "What came of what it waited for",
      read: () =>
        relationships
          .of(workspaceId, id)
          .filter(({ kind, workspaceId: other }) => kind === "blocked_by" && other === undefined)
          .slice(0, limit)
          .flatMap(({ taskId }) => store.memory.recall(workspaceId, `result:${taskId}`) ?? [])
          .map((result) => memoryPiece(result, maxText)),
    },
    { name: "parts", heading: "Its parts", read: async () => (await partsOf(id)).map((part) => taskPiece(part)) },
    {
      name: "relations",
      heading: "It stands to others",
      read: () =>
        relationships
          .of(workspaceId, id)
          .slice(0, limit)
          .map(({ kind, taskId, workspaceId: other, createdAtMs }) => {
            const known = other === undefined ? store.tasks.get(workspaceId, taskId) : undefined;
            const state = known === undefined ? "" : `, ${known.status}`;
            const text = `${kind.replace("_", " ")} “${cutText(known?.title ?? taskId, 200)}”${state}`;
            return { kind: "task", id: taskId, atMs: known?.updatedAtMs ?? createdAtMs, text } as const;
          }),
    },
    {
      name: "siblings",
      heading: "Beside it",
      read: async () =>
        parentId === null
          ? []
          : (await partsOf(parentId)).filter((part) => part.id !== id).map((part) => taskPiece(part)),
    },
  ];
}

/** Reads the tasks that share words with a text, in reading threads. */
export function tasksByWords({ store }: ContextDeps, workspaceId: string, words: string, limit: number): Source {
  return {
    name: "tasks",
    heading: "Tasks that it touches",
    read: async () =>
      (await store.heavy.tasks.search(workspaceId, words.slice(0, 400), limit)).map((task) => taskPiece(task)),
  };
}

/** One task in a few words. */
export function taskPiece({ id, title, status, updatedAtMs }: Task): Piece {
  return { kind: "task", id, atMs: updatedAtMs, text: `“${cutText(title, 200)}”, ${status}` };
}

function selfPiece(task: Task): Piece {
  const { description, businessGoal, routingDecision, progress } = task;
  const more = [
    description,
    businessGoal === null ? null : `for ${businessGoal}`,
    routingDecision,
    task.status === "running" ? `${Math.round(progress * 100)} %` : null,
  ].flatMap((text) => (text === null || text === "" ? [] : [cutText(text, maxText)]));
  const { text, ...piece } = taskPiece(task);
  return { ...piece, text: [text, ...more].join(", ") };
}
