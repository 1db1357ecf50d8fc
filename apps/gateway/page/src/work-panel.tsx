import type { VNode } from "preact";
import type { Act } from "./act.ts";
import { ApprovalCard } from "./approval-card.tsx";
import { HouseList } from "./house-list.tsx";
import { MemoryList } from "./memory-list.tsx";
import { NotLoadedList } from "./not-loaded-list.tsx";
import type { PageState } from "./page-state.ts";
import { RunList } from "./run-list.tsx";
import { TaskList } from "./task-list.tsx";

/** Shows the work behind the conversation: tasks, workflows, and what is remembered. */
export function WorkPanel({ state, onAct }: { state: PageState; onAct: Act }): VNode {
  const { tasks, runs, memories, runningSince, workflows, house } = state;
  const unwell = house.parts.filter(({ isWell }) => !isWell).length;
  const { asks, notLoaded } = workflows;
  return (
    <aside class="panel" id="work" aria-label="Work" tabIndex={0}>
      <div class="unseen" role="status">
        {asks.length > 0 && `${asks.length === 1 ? "A question waits" : `${asks.length} questions wait`} for you.`}
      </div>
      {asks.length > 0 && (
        <section aria-labelledby="asks-title">
          <h2 id="asks-title">
            Waits for you <Count number={asks.length} />
          </h2>
          <ul class="asks">
            {asks.map((ask) => (
              <ApprovalCard key={ask.id} ask={ask} onAct={onAct} />
            ))}
          </ul>
        </section>
      )}
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
        <NotLoadedList files={notLoaded} />
        <RunList runs={runs} runningSince={runningSince} onAct={onAct} />
      </section>
      <section aria-labelledby="memories-title">
        <h2 id="memories-title">
          Remembered <Count number={memories.length} />
        </h2>
        <MemoryList memories={memories} />
      </section>
      <section aria-labelledby="house-title">
        <h2 id="house-title">House</h2>
        <details open={unwell > 0}>
          <summary>
            {unwell === 0 ? "All parts are well" : `${unwell} of ${house.parts.length} parts are not well`}
          </summary>
          <HouseList parts={house.parts} />
        </details>
      </section>
    </aside>
  );
}

function Count({ number }: { number: number }): VNode | null {
  return number === 0 ? null : <span class="count">{number}</span>;
}
