import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { BoardRun } from "../../src/board/board.ts";
import type { Act } from "./act.ts";

/** What can be done with a run as a whole, as it stands: pause, go on, stop. [G22] */
export function RunActs({ run, onAct }: { run: BoardRun; onAct: Act }): VNode | null {
  const isPaused = run.status === "paused";
  if (run.status !== "running" && !isPaused) return null;
  const amend = (value: string, word: string) => () =>
    void onAct(`${word}: ${run.title}`, { op: "amend", target_id: run.id, field: "status", value });
  return (
    <p class="acts">
      {isPaused ? (
        <button type="button" class="plain" onClick={amend("running", "Go on with")}>
          Go on
        </button>
      ) : (
        <button type="button" class="plain" onClick={amend("paused", "Pause")}>
          Pause
        </button>
      )}
      <button
        type="button"
        class="plain"
        onClick={() => void onAct(`Stop: ${run.title}`, { op: "cancel", target_id: run.id })}
      >
        Stop
      </button>
    </p>
  );
}

type Step = BoardRun["steps"][number];

/** Begins a run anew from one of its steps, as it was or with other input. [G22] */
export function StepAgain({ run, step, onAct }: { run: BoardRun; step: Step; onAct: Act }): VNode {
  const [input, setInput] = useState("");
  const [wrong, setWrong] = useState<string>();
  const field = `again-${run.id}-${step.id}`;
  const again = (): void => {
    const target = `${run.id}.${step.id}`;
    const words = `Again from ${step.name}: ${run.title}`;
    if (input.trim() === "") return setWrong(onAct(words, { op: "retry", target_id: target }));
    try {
      // What is parsed is JSON, and so is every value of the coded language.
      const value = JSON.parse(input) as string;
      return setWrong(onAct(words, { op: "amend", target_id: target, field: "input", value }));
    } catch (thrown) {
      return setWrong(`That is not JSON: ${thrown instanceof Error ? thrown.message : "unknown"}`);
    }
  };
  return (
    <details class="again">
      <summary aria-label={`Run again from ${step.name}`}>again</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          again();
        }}
      >
        <label for={field}>Input as JSON; empty: as it was</label>
        <textarea id={field} rows={3} value={input} onInput={(event) => setInput(event.currentTarget.value)} />
        {wrong !== undefined && <p role="alert">{wrong}</p>}
        <button type="submit">Run again from here</button>
      </form>
    </details>
  );
}
