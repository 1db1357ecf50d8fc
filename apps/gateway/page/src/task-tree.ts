import type { BoardTask } from "../../src/board/board.ts";
import { toneOf } from "./status-tone.ts";

/** A task with the tasks it was split into. */
export interface TaskNode {
  readonly task: BoardTask;
  readonly children: readonly TaskNode[];
}

/** Makes trees of tasks: what the newest command made first, within it and below it as they came. Each task stands in exactly one place.
 *
 * A task whose parent is unknown is a root; so is one of a ring, which nothing else would show. */
export function taskTree(tasks: readonly BoardTask[]): readonly TaskNode[] {
  const known = new Set(tasks.map((task) => task.id));
  const childrenOf = new Map<string, BoardTask[]>();
  const roots: BoardTask[] = [];
  for (const task of tasks) {
    if (task.parentId === undefined || !known.has(task.parentId)) roots.push(task);
    else childrenOf.set(task.parentId, [...(childrenOf.get(task.parentId) ?? []), task]);
  }
  const placed = new Set<string>();
  const place = (task: BoardTask): TaskNode | undefined => {
    if (placed.has(task.id)) return undefined;
    placed.add(task.id);
    const children = (childrenOf.get(task.id) ?? []).flatMap((child) => place(child) ?? []);
    return { task, children };
  };
  const trees = newestFirst(roots).flatMap((root) => place(root) ?? []);
  return [...trees, ...tasks.flatMap((task) => place(task) ?? [])];
}

/** What one command made stays together, in its order. */
function newestFirst(roots: readonly BoardTask[]): readonly BoardTask[] {
  const groups = Map.groupBy(roots, (root) => root.cid ?? root.id);
  return [...groups.values()].toReversed().flat();
}

/** Tells whether a task and all below it are over. */
export function isFinished(node: TaskNode): boolean {
  const tone = toneOf(node.task.status);
  return (tone === "good" || tone === "bad" || tone === "off") && node.children.every(isFinished);
}

/** When something was last heard of a task or of any below it. */
export function lastNews({ task, children }: TaskNode): number {
  return children.reduce((last, child) => Math.max(last, lastNews(child)), task.updatedAtMs);
}
