import type { StepStart } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { performStep } from "./perform-step.ts";
import type { Performed } from "./perform-step.ts";
import { readEffect } from "./read-effect.ts";

/** Does the work of a start within its time limit; what takes longer is aborted and told as timed out. [O12][O22]
 *
 * The limit begins when the work does; a restart in the middle begins it anew. */
export async function performInTime(
  back: Back,
  start: StepStart,
  repeated: boolean,
  signal: AbortSignal,
): Promise<Performed> {
  const { deadlineMs } = start;
  if (deadlineMs === undefined) return performStep(back, start, repeated, signal);
  const late = new AbortController();
  const over = Promise.withResolvers<Performed>();
  const timer = back.clock.setTimer(deadlineMs, () => {
    over.resolve({ kind: "timed_out" });
    late.abort();
  });
  try {
    const work = performStep(back, start, repeated, AbortSignal.any([signal, late.signal]));
    const performed = await Promise.race([over.promise, work]);
    return performed.kind === "timed_out" ? await lookBack(back, start, performed, signal) : performed;
  } finally {
    timer.cancel();
  }
}

// A call that took too long may have taken effect all the same: where the step says how, the world is asked.
async function lookBack(back: Back, start: StepStart, late: Performed, signal: AbortSignal): Promise<Performed> {
  const { readBack, idempotent } = start;
  if (readBack === undefined || idempotent === true || signal.aborted) return late;
  const effect = await readEffect(back, readBack, signal);
  return effect.kind === "there" ? { kind: "completed", output: { ...effect.output, readBack: true } } : late;
}
