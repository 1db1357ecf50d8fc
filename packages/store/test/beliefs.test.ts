import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectBeliefs } from "../src/belief-tables.ts";
import { assertBelief, beliefsOf, lastVersion, readBelief, retractBelief } from "../src/beliefs.ts";
import type { BeliefTimes } from "../src/beliefs.ts";
import { forever } from "../src/index.ts";
import { cutOut, holds, overlaps } from "../src/interval.ts";
import type { Interval } from "../src/interval.ts";
import { openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";
import { asOfOracle, edgesOf } from "./oracle.ts";
import type { Telling } from "./oracle.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore({ inMemory: true })));
afterEach(() => opened.end());

const interval = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.oneof(fc.constant(forever), fc.integer({ min: 1, max: 6 })))
  .map(([fromMs, length]): Interval => ({ fromMs, toMs: length === forever ? forever : fromMs + length }));

test("[S30] what is cut out of an interval leaves exactly its other moments", () => {
  fc.assert(
    fc.property(interval, interval, (whole, hole) => {
      fc.pre(overlaps(whole, hole));
      const { before, after } = cutOut(whole, hole);
      for (let at = 0; at < 25; at += 1) {
        const isLeft = [before, after].filter((part) => part !== undefined && holds(part, at)).length;
        expect(isLeft).toBe(holds(whole, at) && !holds(hole, at) ? 1 : 0);
      }
    }),
  );
  expect(() => cutOut({ fromMs: 1, toMs: 1 }, { fromMs: 0, toMs: 5 })).toThrow(RangeError);
});

test(
  "[S30] any asserts and retracts read back, at every pair of moments, as the oracle says",
  { timeout: 60_000 },
  async () => {
    const step = fc.record({
      id: fc.constantFrom("a", "b"),
      interval: fc.option(interval, { nil: undefined }),
      isRetract: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      waitMs: fc.constantFrom(0, 0, 1, 3),
      fails: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        run += 1;
        let atMs = 1;
        const tellings = new Map<string, Telling<string>[]>();
        for (const [index, one] of steps.entries()) {
          atMs += one.waitMs;
          const id = `${one.id}${run}`;
          const thing = { workspace_id: "w", id };
          const stretch = one.interval ?? { fromMs: atMs, toMs: forever };
          const now = atMs;
          await opened
            .write((unit) => {
              if (one.isRetract) retractBelief(unit, projectBeliefs, thing, stretch, now);
              else {
                const told = { name: `n${index}`, status: "active", metadata: "{}", created_at: 1, updated_at: now };
                const version = lastVersion(unit, projectBeliefs, thing) + 1;
                assertBelief(unit, projectBeliefs, thing, { ...told, version }, stretch, now);
              }
              if (one.fails) throw new RangeError("taken back");
            })
            .catch((thrown: unknown) => expect(thrown).toBeInstanceOf(RangeError));
          if (one.fails) continue;
          const telling = { atMs, ...stretch, says: () => (one.isRetract ? undefined : `n${index}`) };
          tellings.set(id, [...(tellings.get(id) ?? []), telling]);
        }
        for (const [id, told] of tellings) {
          const thing = { workspace_id: "w", id };
          const moments = edgesOf(told);
          for (const validMs of moments) {
            for (const systemMs of moments) {
              const row = readBelief<{ name: string }>(opened.database, projectBeliefs, thing, { validMs, systemMs });
              expect([id, validMs, systemMs, row?.name]).toEqual([
                id,
                validMs,
                systemMs,
                asOfOracle(told, validMs, systemMs),
              ]);
            }
          }
          checkShape(id);
        }
      }),
      { numRuns: 300 },
    );
  },
);

/** Open beliefs never overlap, the current row is the latest of them, and a closed one is not closed before it began. */
function checkShape(id: string): void {
  const { database } = opened;
  const rows = beliefsOf<BeliefTimes>(database, projectBeliefs, { workspace_id: "w", id });
  const open = rows
    .filter(({ sys_to }) => sys_to === forever)
    .toSorted((left, right) => left.valid_from - right.valid_from);
  for (const [index, row] of open.entries()) {
    expect(row.valid_from).toBeLessThan(row.valid_to);
    expect(row.valid_from).toBeGreaterThanOrEqual(open[index - 1]?.valid_to ?? 0);
  }
  const current = database.get<BeliefTimes>("SELECT * FROM projects WHERE workspace_id = 'w' AND id = ?", id);
  const latest = open.at(-1);
  if (latest === undefined) expect(current === undefined || current.valid_from === current.valid_to).toBe(true);
  else expect(current).toMatchObject({ valid_from: latest.valid_from, valid_to: latest.valid_to });
}

test("[S30] a change closes only what it overlaps, and a closed belief never changes again", async () => {
  const thing = { workspace_id: "w", id: "p" };
  const tell = (name: string, stretch: Interval, atMs: number): Promise<unknown> =>
    opened.write((unit) => {
      const version = lastVersion(unit, projectBeliefs, thing) + 1;
      const told = { name, status: "active", metadata: "{}", version, created_at: 1, updated_at: atMs };
      assertBelief(unit, projectBeliefs, thing, told, stretch, atMs);
    });
  await tell("one", { fromMs: 10, toMs: forever }, 10);
  await tell("future", { fromMs: 100, toMs: 200 }, 20);
  await tell("retroactive", { fromMs: 0, toMs: 15 }, 30);
  const shown = beliefsOf<BeliefTimes & { name: string }>(opened.database, projectBeliefs, thing).map(
    ({ name, valid_from, valid_to, sys_from, sys_to }) => [name, valid_from, valid_to, sys_from, sys_to],
  );
  expect(shown).toEqual([
    ["one", 10, forever, 10, 20],
    ["one", 10, 100, 20, 30],
    ["one", 200, forever, 20, forever],
    ["future", 100, 200, 20, forever],
    ["one", 15, 100, 30, forever],
    ["retroactive", 0, 15, 30, forever],
  ]);
  expect(lastVersion(opened.database, projectBeliefs, thing)).toBe(3);
});
