// Step 2 of command processing: what is known that touches the task.
import type { Task } from "@kingly/store";
import type { Back } from "../back.ts";
import { cutText } from "../cut-text.ts";

/** What a task is judged and worked with. All of it but `said` was written by others, or long ago: it is data. */
export interface TaskContext {
  /** The utterance in which the task was wanted. */
  readonly said: string | undefined;
  readonly parent: string | undefined;
  /** Parts that had to be done before it, with what came of them. */
  readonly before: readonly { readonly title: string; readonly result: string }[];
  readonly memories: readonly {
    readonly key: string;
    readonly text: string;
    readonly by: string;
    readonly at: string;
  }[];
  /** Relations of the graph, in words. */
  readonly facts: readonly string[];
}

const maxMemories = 6;
const maxFacts = 10;
const maxText = 500;
const nearMs = 86_400_000;

/** Loads the context of a task. Without a model nobody reads memories, and they are not looked for. [O40] */
export async function loadContext(back: Back, workspaceId: string, task: Task, isDeep: boolean): Promise<TaskContext> {
  const parent = task.parentId === null ? undefined : back.store.tasks.get(workspaceId, task.parentId);
  const context = { said: saidOf(back, workspaceId, task), parent: parent?.title };
  if (!isDeep) return { ...context, before: [], memories: [], facts: [] };
  const found = await back.store.heavy.memory.hybrid(workspaceId, task.title, { limit: maxMemories });
  return {
    ...context,
    before: beforeOf(back, workspaceId, task),
    memories: found.map(({ memory }) => ({
      key: memory.key,
      text: cutText(textOf(memory.value), maxText),
      by: memory.provenance.speaker ?? "unknown",
      at: new Date(memory.updatedAtMs).toISOString(),
    })),
    facts: back.store.relations
      .search(workspaceId, task.title, { limit: maxFacts })
      .map(({ fact, fromId, relationType, toId }) => cutText(fact ?? `${fromId} ${relationType} ${toId}`, maxText)),
  };
}

function saidOf(back: Back, workspaceId: string, task: Task): string | undefined {
  const utteranceId = /^utterance:(.+)$/.exec(task.intentSource ?? "")?.[1];
  if (utteranceId === undefined) return undefined;
  const turns = back.store.conversation.read(workspaceId, {
    fromMs: task.createdAtMs - nearMs,
    toMs: task.createdAtMs + nearMs,
    limit: 200,
  });
  const turn = turns.findLast((each) => each.utteranceId === utteranceId);
  return turn === undefined ? undefined : cutText(turn.text, 4000);
}

function beforeOf(back: Back, workspaceId: string, task: Task): TaskContext["before"] {
  const blockers = back.store.relationships
    .list(workspaceId, task.id)
    .filter(({ kind, workspaceId: other }) => kind === "blocked_by" && other === undefined);
  return blockers.slice(0, 20).flatMap(({ taskId }) => {
    const before = back.store.tasks.get(workspaceId, taskId);
    const result = back.store.memory.recall(workspaceId, `result:${taskId}`);
    if (before === undefined) return [];
    return [{ title: before.title, result: result === undefined ? "" : cutText(textOf(result.value), maxText) }];
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
