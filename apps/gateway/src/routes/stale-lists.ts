// What the gateway answers from its own board while the back is away; `stale: true` says so.
import type { BoardTask } from "../board/board.ts";
import type { Workspace } from "../workspace.ts";
import { notFound } from "./lists.ts";
import type { ListParameters } from "./lists.ts";

/** The tasks on the board whose title holds every word of the question, newest first. */
export function staleTasks(workspace: Workspace, { limit, q = "" }: ListParameters): unknown {
  const asked = wordsOf(q);
  return listOf(
    workspace
      .board()
      .tasks.values()
      .filter((task) => holds(task.title, asked)),
    limit,
    taskOf,
  );
}

/** One task of the board. */
export function staleTask(workspace: Workspace, { id = "" }: ListParameters): unknown {
  const task = workspace.board().tasks.get(id);
  return task === undefined ? notFound : { ...taskOf(task), stale: true };
}

/** The memories on the board that hold every word of the question. */
export function staleMemory(workspace: Workspace, { limit, q = "" }: ListParameters): unknown {
  const asked = wordsOf(q);
  return listOf(
    workspace
      .board()
      .memories.values()
      .filter((memory) => holds(`${memory.key} ${memory.value}`, asked)),
    limit,
    (memory) => memory,
  );
}

/** The workflow runs on the board. */
export function staleWorkflows(workspace: Workspace, { limit }: ListParameters): unknown {
  return listOf(workspace.board().runs.values(), limit, (run) => run);
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function holds(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

function listOf<T>(things: readonly T[], limit: number, toItem: (thing: T) => unknown): unknown {
  return { items: things.toReversed().slice(0, limit).map(toItem), next: null, stale: true };
}

function taskOf(task: BoardTask): object {
  return {
    id: task.id,
    title: task.title,
    status: task.status,
    confidence: task.confidence ?? null,
    complexity: task.complexity ?? null,
    parentId: task.parentId ?? null,
    createdAtMs: task.createdAtMs,
    updatedAtMs: task.updatedAtMs,
  };
}
