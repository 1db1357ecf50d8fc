import { isDeepStrictEqual } from "node:util";
import { askAll, emptyTimeModel, prepareTimeModel, tellStep, workspaceIds } from "./time-model.ts";
import type { Asked, TimeUnit } from "./time-model.ts";
import type { OpenStore } from "./open-store.ts";

/** What a run of random units and questions found. */
export interface TimeRun {
  readonly queries: number;
  readonly mismatches: readonly Asked[];
}

/** Writes the units to a fresh store, then asks as of `momentCount` random moments and as of now. `pick` gives 0 to 1. */
export async function runTimeUnits(
  opened: Pick<OpenStore, "store" | "write" | "clock">,
  units: readonly TimeUnit[],
  momentCount: number,
  pick: () => number,
): Promise<TimeRun> {
  const { store, clock } = opened;
  const model = emptyTimeModel();
  const startMs = clock.nowMs();
  await opened.write((unit) => prepareTimeModel(store, unit));
  clock.advance(1);
  for (const { waitMs, fails, steps } of units) {
    clock.advance(waitMs);
    const nowMs = clock.nowMs();
    await opened
      .write((unit) => {
        // The model follows step by step: what a later step of the unit sees, it sees too.
        for (const step of steps) {
          const told = tellStep(store, unit, model, step, nowMs);
          if (!fails) told?.();
        }
        if (fails) throw new RangeError("taken back");
      })
      .catch((thrown: unknown) => {
        if (!(thrown instanceof RangeError)) throw thrown;
      });
  }
  const endMs = clock.nowMs();
  const near = (): number => Math.floor(startMs - 35 + pick() * (endMs - startMs + 90));
  const mismatches: Asked[] = [];
  let queries = 0;
  for (let moment = 0; moment <= momentCount; moment += 1) {
    const isNow = moment === momentCount;
    const at = isNow ? { validMs: endMs, systemMs: endMs } : { validMs: near(), systemMs: near() };
    for (const workspaceId of workspaceIds) {
      const asked = await askAll(store, model, workspaceId, at, isNow);
      queries += asked.length;
      mismatches.push(...asked.filter(({ answer, truth }) => !isDeepStrictEqual(answer, truth)));
    }
  }
  return { queries, mismatches };
}
