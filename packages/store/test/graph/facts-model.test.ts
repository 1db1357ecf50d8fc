import fc from "fast-check";
import { expect, test } from "vitest";
import type { Relation } from "../../src/index.ts";
import { openTestStore } from "../open-store.ts";
import type { OpenStore } from "../open-store.ts";
import { cellCount, createFactOracle } from "./fact-oracle.ts";
import type { Cells, OracleRule } from "./fact-oracle.ts";

const relationTypes: Readonly<Record<string, OracleRule>> = {
  knows: {},
  lives_in: { functional: true },
  captain_of: { functional: true, inverseFunctional: true },
  told: { repeatable: true },
};
const entityIds = ["a", "b", "c"];
const cause = { origin: "user" } as const;

type Change =
  | {
      readonly kind: "state";
      readonly from: string;
      readonly type: string;
      readonly to: string;
      readonly words: string;
      readonly cells: Cells | undefined;
      readonly strength: number | undefined;
      readonly contradicts: number | undefined;
    }
  | { readonly kind: "end"; readonly which: number; readonly cells: Cells }
  | { readonly kind: "retract"; readonly entity: string; readonly cells: Cells }
  | { readonly kind: "merge"; readonly alias: string; readonly into: string }
  | { readonly kind: "separate"; readonly alias: string };

const entity = fc.constantFrom(...entityIds);
// The clock is at cell 40 and later: facts begin long before it, at it, and after it; few moments, so that many meet.
const cells: fc.Arbitrary<Cells> = fc
  .tuple(fc.constantFrom(0, 5, 12, 20, 40, 41, 45, 55), fc.constantFrom(1, 5, 8, 20, 30, 200))
  .map(([from, length]) => ({ from, to: Math.min(from + length, cellCount) }));
const state = fc.record({
  kind: fc.constant("state" as const),
  from: entity,
  type: fc.constantFrom(...Object.keys(relationTypes)),
  to: entity,
  words: fc.constantFrom("", "one"),
  cells: fc.option(cells, { nil: undefined }),
  strength: fc.constantFrom(undefined, 0.25, 0.75),
  contradicts: fc.option(fc.nat(20), { nil: undefined, freq: 6 }),
});
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: state },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("end" as const), which: fc.nat(20), cells }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("retract" as const), entity, cells }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("merge" as const), alias: entity, into: entity }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("separate" as const), alias: entity }) },
);

test(
  "[S55][S56][S58][S61][S53] facts as of any moment are what an oracle says that keeps every ms by itself",
  { timeout: 300_000 },
  async () => {
    const runs = Number(process.env["GRAPH_RUNS"] ?? 40);
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(2), { minLength: 30, maxLength: 30 }),
        async (changes, pauses) => {
          const opened = await openTestStore({ inMemory: true, relationTypes });
          const startMs = opened.clock.nowMs() - 40;
          const oracle = createFactOracle(relationTypes);
          const seen: {
            readonly systemMs: number;
            readonly cells: readonly (readonly string[])[];
            readonly roots: readonly string[];
          }[] = [];
          await opened.write((unit) => {
            for (const id of entityIds) {
              const entity = { workspaceId: "w", id, name: id, entityType: "thing", validFromMs: 0 };
              opened.store.entities.describe(unit, entity, cause);
            }
          });
          for (const [index, one] of changes.entries()) {
            await applyChange(opened, oracle, one, startMs);
            if (pauses[index] === 0) continue;
            seen.push({
              systemMs: opened.clock.nowMs(),
              cells: oracle.snapshot(),
              roots: entityIds.map((id) => oracle.root(id)),
            });
            opened.clock.advance(pauses[index] ?? 1);
            if (opened.clock.nowMs() > startMs + 75) break;
          }
          for (const { systemMs, cells, roots } of seen) {
            for (const cell of [0, 5, 12, 19, 20, 39, 40, 41, 45, 60, cellCount - 1]) {
              const validMs = cell === cellCount - 1 ? startMs + 10_000 : startMs + cell;
              const asOf = { validMs, systemMs };
              const expected = cells[cell] ?? [];
              const { items, next } = opened.store.relations.list("w", { asOf, limit: 200 });
              expect(next).toBeNull();
              expect(items.map((item) => shown(item)).toSorted()).toEqual(expected);
              compared += 1;
              for (const id of oracle.ids()) {
                const got = opened.store.relations.get("w", id, { asOf });
                expect(got === undefined ? [] : [shown(got)]).toEqual(
                  expected.filter((line) => line.startsWith(`${id} `)),
                );
                compared += 1;
              }
              for (const [index, id] of entityIds.entries()) {
                const own = roots[index] as string;
                const near = new Set(
                  expected.flatMap((line) => {
                    const [, from, , to] = line.split(" ") as [string, string, string, string];
                    return from === own || to === own ? [from === own ? to : from] : [];
                  }),
                );
                near.delete(own);
                const { items: neighbours } = opened.store.graph.neighbours("w", id, { asOf });
                expect(neighbours.map((one) => one.id).toSorted()).toEqual([...near].toSorted());
                compared += 1;
              }
            }
          }
          expect(opened.store.relations.list("v").items).toEqual([]);
          await opened.end();
        },
      ),
      { numRuns: runs },
    );
    expect(compared).toBeGreaterThan(runs * 100);
    if (process.env["GRAPH_RUNS"] !== undefined) process.stderr.write(`${compared} reads compared, none differs\n`);
  },
);

async function applyChange(
  opened: OpenStore,
  oracle: ReturnType<typeof createFactOracle>,
  one: Change,
  startMs: number,
): Promise<void> {
  const { store } = opened;
  const times = (stretch: Cells): { validFromMs: number; validToMs?: number } => ({
    validFromMs: startMs + stretch.from,
    ...(stretch.to === cellCount ? {} : { validToMs: startMs + stretch.to }),
  });
  await opened.write((unit) => {
    const ids = oracle.ids();
    if (one.kind === "state") {
      const named = one.contradicts === undefined ? undefined : ids[one.contradicts];
      const input = {
        workspaceId: "w",
        from: one.from,
        relationType: one.type,
        to: one.to,
        ...(one.words === "" ? {} : { fact: one.words }),
        ...(one.strength === undefined ? {} : { strength: one.strength }),
        ...(one.cells === undefined ? {} : times(one.cells)),
        contradicts: named === undefined ? [] : [named],
      };
      const said = {
        from: one.from,
        type: one.type,
        to: one.to,
        words: one.words,
        contradicts: input.contradicts,
        ...(one.strength === undefined ? {} : { strength: one.strength }),
        ...(one.cells === undefined ? {} : { cells: one.cells }),
      };
      const now = opened.clock.nowMs() - startMs;
      try {
        const { id } = store.relations.state(unit, input, cause);
        expect(oracle.state(said, now, id)).toBe(id);
      } catch (thrown) {
        // A fact cannot contradict itself.
        if (!String(thrown).includes("other facts than the one")) throw thrown;
      }
    }
    if (one.kind === "end") {
      const id = ids[one.which];
      if (id === undefined) return;
      store.relations.end(unit, { workspaceId: "w", id, ...times(one.cells) }, cause);
      oracle.end(id, one.cells);
    }
    if (one.kind === "retract") {
      store.entities.retract(unit, { workspaceId: "w", id: one.entity, ...times(one.cells) }, cause);
      oracle.retract(one.entity, one.cells);
    }
    if (one.kind === "merge" && one.alias !== one.into) {
      store.entities.merge(unit, { workspaceId: "w", aliasId: one.alias, intoId: one.into }, cause);
      oracle.merge(one.alias, one.into);
    }
    if (one.kind === "separate") {
      store.entities.separate(unit, "w", one.alias, cause);
      oracle.separate(one.alias);
    }
  });
}

function shown(relation: Relation): string {
  return `${relation.id} ${relation.fromId} ${relation.relationType} ${relation.toId} ${relation.strength}`;
}
