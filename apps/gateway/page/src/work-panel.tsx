import type { VNode } from "preact";
import { MemoryList } from "./memory-list.tsx";
import type { PageState } from "./page-state.ts";
import { RunList } from "./run-list.tsx";
import { TaskList } from "./task-list.tsx";

/** Shows the work behind the conversation: tasks, workflows, and what is remembered. */
export function WorkPanel({ state }: { state: PageState }): VNode {
  const { tasks, runs, memories, runningSince } = state;
  return (
    <aside class="panel" id="work" aria-label="Work" tabIndex={0}>
      <section aria-labelledby="tasks-title">
        <h2 id="tasks-title">
          Tasks <Count number={tasks.length} />
        </h2>
        <TaskList tasks={tasks} runningSince={runningSince} />
      </section>
      <section aria-labelledby="runs-title">
        <h2 id="runs-title">
          Workflows <Count number={runs.length} />
        </h2>
        <RunList runs={runs} runningSince={runningSince} />
      </section>
      <section aria-labelledby="memories-title">
        <h2 id="memories-title">
          Remembered <Count number={memories.length} />
        </h2>
        <MemoryList memories={memories} />
      </section>
    </aside>
  );
}

function Count({ number }: { number: number }): VNode | null {
  return number === 0 ? null : <span class="count">{number}</span>;
}
