import type { StepStart } from "./advance-result.ts";
import { completedAttempt, failedAttempt } from "./attempt-ends.ts";
import type { StepDefinition } from "./definition.ts";
import type { Draft } from "./draft.ts";
import { prepareStart } from "./prepare-start.ts";
import type { Scope } from "./resolve.ts";
import { retryDelay } from "./retry-delay.ts";
import type { AttemptRun } from "./run.ts";

/** The next attempt of a step or an item: its record, and its start unless it ended without one. */
export interface Begun {
  readonly record: AttemptRun;
  readonly start?: StepStart;
}

/** Begins the attempt after `was`: hands out its start, or ends it at once when its references lead nowhere or the
 * signal that it waits for has come. [W13][W16][W34] */
export function beginAttempt(
  draft: Draft,
  step: StepDefinition,
  was: AttemptRun,
  base: number,
  more: { readonly item?: number; readonly scope: Scope },
): Begun {
  const attempt = was.attempt + 1;
  const used = was.attempt - base;
  const ref = { stepId: step.id, attempt, ...(more.item === undefined ? {} : { item: more.item }) };
  const backoffMs = used > 0 ? retryDelay(step.retry, used) : 0;
  const prepared = prepareStart(step, draft.run, ref, more.scope, backoffMs);
  if (!prepared.ok) return { record: failedAttempt(attempt, prepared.error) };
  const start = prepared.value;
  const { signals = {} } = draft.run;
  if (start.signal !== undefined && Object.hasOwn(signals, start.signal)) {
    return { record: completedAttempt(attempt, { received: true, value: signals[start.signal] ?? null }) };
  }
  const fresh = step.kind === "wait" || step.kind === "approve" ? "waiting" : "running";
  const record: AttemptRun = {
    status: used > 0 ? "waiting_retry" : fresh,
    attempt,
    ...(was.error === undefined ? {} : { error: was.error }),
    ...(start.hash === undefined ? {} : { shown: start.hash }),
    ...(start.signal === undefined ? {} : { signal: start.signal }),
  };
  return { record, start };
}
