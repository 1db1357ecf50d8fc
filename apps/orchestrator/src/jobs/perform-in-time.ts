import type { StepStart } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { performStep } from "./perform-step.ts";
import type { Performed } from "./perform-step.ts";

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
    return await Promise.race([
      over.promise,
      performStep(back, start, repeated, AbortSignal.any([signal, late.signal])),
    ]);
  } finally {
    timer.cancel();
  }
}
