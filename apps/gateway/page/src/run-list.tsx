import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { BoardRun } from "../../src/board/board.ts";
import type { Act } from "./act.ts";
import { Elapsed } from "./elapsed.tsx";
import { RunActs, StepAgain } from "./run-acts.tsx";
import { StatusChip } from "./status-chip.tsx";
import { statusWords, toneOf } from "./status-tone.ts";
import { Progress } from "./task-list.tsx";
import { visibleText } from "./visible-text.ts";

/** Shows runs of workflows with their steps, newest first; the steps of a run that ended well are folded. */
export function RunList(props: {
  runs: readonly BoardRun[];
  runningSince: ReadonlyMap<string, number>;
  onAct: Act;
}): VNode {
  if (props.runs.length === 0) return <p class="soft">Nothing yet. Say “Plan project MyApp for web and mobile”.</p>;
  return (
    <ul class="runs">
      {props.runs.toReversed().map((run) => (
        <Run key={run.id} run={run} sinceMs={props.runningSince.get(run.id)} onAct={props.onAct} />
      ))}
    </ul>
  );
}

// What has been begun can be begun again; a run below another begins again with the step above it.
const begunTones: ReadonlySet<string> = new Set(["good", "bad", "off"]);

interface RunProps {
  readonly run: BoardRun;
  readonly sinceMs: number | undefined;
  readonly onAct: Act;
}

/** Painted again only when it changed. */
function Run({ run, sinceMs, onAct }: RunProps): VNode {
  return useMemo(() => draw({ run, sinceMs, onAct }), [run, sinceMs, onAct]);
}

function draw({ run, sinceMs, onAct }: RunProps): VNode {
  const isOver = begunTones.has(toneOf(run.status)) && !run.id.includes(".");
  const steps = (
    <ol class="steps">
      {run.steps.map((step) => (
        <li key={step.id} data-testid="step" data-status={step.status} data-tone={toneOf(step.status)}>
          <span dir="auto">{visibleText(step.name)}</span>
          <span class="soft">{statusWords(step.status)}</span>
          {isOver && step.status !== "pending" && <StepAgain run={run} step={step} onAct={onAct} />}
        </li>
      ))}
    </ol>
  );
  const isGood = toneOf(run.status) === "good";
  const tells = run.result !== undefined && run.result !== "success";
  const ended = run.steps.filter((step) => toneOf(step.status) === "good").length;
  return (
    <li data-testid="run" data-id={run.id} data-status={run.status}>
      <div class="line">
        <span class="title" dir="auto">
          {visibleText(run.title)}
        </span>
        <StatusChip status={run.status} tone={toneOf(run.status)} />
      </div>
      {!isGood && <Progress value={run.progress} title={run.title} />}
      {(sinceMs !== undefined || tells) && (
        <p class="about">
          {sinceMs !== undefined && <Elapsed sinceMs={sinceMs} lastNewsMs={run.updatedAtMs} />}
          {tells && <span>{visibleText(run.result ?? "")}</span>}
        </p>
      )}
      <RunActs run={run} onAct={onAct} />
      {run.steps.length > 0 && (
        <details open={!isGood}>
          <summary>
            {ended} of {run.steps.length} steps done
          </summary>
          {steps}
        </details>
      )}
    </li>
  );
}
