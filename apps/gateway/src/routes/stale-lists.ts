// What the gateway answers from its own board while the back is away; `stale: true` says so.
import type { BoardTask } from "../board/board.ts";
import type { Workspace } from "../workspace.ts";
import { notFound } from "./lists.ts";
import type { ListParameters } from "./lists.ts";

/** The tasks on the board, newest first, as the back would list them. */
export function staleTasks(workspace: Workspace, { limit }: ListParameters): unknown {
  return { items: workspace.board().tasks.values().toReversed().slice(0, limit).map(taskOf), next: null, stale: true };
}

/** One task of the board. */
export function staleTask(workspace: Workspace, { id = "" }: ListParameters): unknown {
  const task = workspace.board().tasks.get(id);
  return task === undefined ? notFound : { ...taskOf(task), stale: true };
}

/** The memories on the board that hold every word of the question. */
export function staleMemory(workspace: Workspace, { limit, q = "" }: ListParameters): unknown {
  const words = q.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const items = workspace
    .board()
    .memories.values()
    .filter((memory) => words.every((word) => `${memory.key} ${memory.value}`.toLowerCase().includes(word)))
    .toReversed()
    .slice(0, limit);
  return { items, next: null, stale: true };
}

/** The workflow runs on the board. */
export function staleWorkflows(workspace: Workspace, { limit }: ListParameters): unknown {
  return { items: workspace.board().runs.values().toReversed().slice(0, limit), next: null, stale: true };
}

function taskOf(task: BoardTask): object {
  return {
    id: task.id,
    title: task.title,
    status: task.status,
    confidence: task.confidence ?? null,
    complexity: null,
    parentId: task.parentId ?? null,
    createdAtMs: task.createdAtMs,
    updatedAtMs: task.updatedAtMs,
  };
}
