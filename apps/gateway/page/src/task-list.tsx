import type { VNode } from "preact";
import type { BoardTask } from "../../src/board/board.ts";
import { Elapsed } from "./elapsed.tsx";
import { StatusChip } from "./status-chip.tsx";
import { statusWords, toneOf } from "./status-tone.ts";
import { isFinished, lastNews, taskTree } from "./task-tree.ts";
import type { TaskNode } from "./task-tree.ts";
import { visibleText } from "./visible-text.ts";

interface TaskListProps {
  readonly tasks: readonly BoardTask[];
  readonly runningSince: ReadonlyMap<string, number>;
}

/** Shows tasks as trees; those that are over stand folded below. */
export function TaskList({ tasks, runningSince }: TaskListProps): VNode {
  const trees = taskTree(tasks);
  const open = trees.filter((tree) => !isFinished(tree));
  const finished = trees.filter(isFinished);
  if (trees.length === 0) return <p class="soft">Nothing yet. Say “Create auth system”.</p>;
  return (
    <>
      {open.length > 0 && <Tree nodes={open} runningSince={runningSince} />}
      {finished.length > 0 && (
        <details open={open.length === 0}>
          <summary>Finished ({finished.length})</summary>
          <Tree nodes={finished} runningSince={runningSince} />
        </details>
      )}
    </>
  );
}

function Tree({ nodes, runningSince }: { nodes: readonly TaskNode[] } & Pick<TaskListProps, "runningSince">): VNode {
  return (
    <ul class="tree">
      {nodes.map((node) => {
        const { task, children } = node;
        const sinceMs = runningSince.get(task.id);
        return (
          <li key={task.id} data-testid="task" data-id={task.id} data-status={task.status}>
            <div class="line">
              <span class="title" dir="auto">
                {visibleText(task.title)}
              </span>
              <span class="state">
                {task.routing !== undefined && task.routing !== task.status && (
                  <span class="soft">{visibleText(statusWords(task.routing))}</span>
                )}
                <StatusChip status={task.status} tone={toneOf(task.status)} />
              </span>
            </div>
            {sinceMs !== undefined && (
              <p class="about">
                <Elapsed sinceMs={sinceMs} lastNewsMs={lastNews(node)} />
              </p>
            )}
            {sinceMs !== undefined && task.progress !== undefined && (
              <Progress value={task.progress} title={task.title} />
            )}
            {children.length > 0 && <Tree nodes={children} runningSince={runningSince} />}
          </li>
        );
      })}
    </ul>
  );
}

/** Shows how much of something is done, as a bar and as a number. */
export function Progress({ value, title }: { value: number; title: string }): VNode {
  return (
    <div class="progress">
      <progress max={1} value={value} aria-label={`Progress of ${title}`} />
      <span>{Math.round(value * 100)} %</span>
    </div>
  );
}
