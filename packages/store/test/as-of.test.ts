import fc from "fast-check";
import { expect, test } from "vitest";
import { openTestStore } from "./open-store.ts";
import { timeUnits } from "./time-model.ts";
import { runTimeUnits } from "./time-run.ts";

test(
  "[S30][S31][S32][S34][S35][S36] every read, list and search answers as the oracle says, at random moments on both axes",
  { timeout: 120_000 },
  async () => {
    let queries = 0;
    await fc.assert(
      fc.asyncProperty(
        timeUnits,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true })),
        async (units, stream) => {
          const opened = await openTestStore({ inMemory: true });
          const run = await runTimeUnits(opened, units, 8, () => stream.next().value ?? 0);
          await opened.end();
          queries += run.queries;
          expect(run.mismatches).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
    expect(queries).toBeGreaterThan(20_000);
  },
);
