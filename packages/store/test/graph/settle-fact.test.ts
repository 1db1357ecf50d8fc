import fc from "fast-check";
import { expect, test } from "vitest";
import { decayedConfidence } from "../../src/graph/decayed-confidence.ts";
import { settleFact } from "../../src/graph/settle-fact.ts";
import type { FactPart } from "../../src/graph/settle-fact.ts";

const part = (relationId: string, fromMs: number, toMs: number): FactPart => ({ relationId, fromMs, toMs });

test("[S56] an earlier fact ends where the new one begins, a later one ends the new one, the others stay", () => {
  const known = [part("old", 0, 100), part("over", 0, 10), part("later", 60, 100), part("far", 90, 95)];
  expect(settleFact({ fromMs: 10, toMs: 80 }, known)).toEqual({
    interval: { fromMs: 10, toMs: 60 },
    ended: [part("old", 10, 100)],
  });
  expect(settleFact({ fromMs: 60, toMs: 70 }, known).ended).toEqual([part("old", 60, 100), part("later", 60, 100)]);
  expect(settleFact({ fromMs: 200, toMs: 300 }, known)).toEqual({ interval: { fromMs: 200, toMs: 300 }, ended: [] });
});

interface Told {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly subject: number;
  readonly object: number;
}

/** Tells the facts one after the other; a fact contradicts those of its subject and those of its object. */
function tell(facts: readonly Told[]): readonly FactPart[] {
  let believed: FactPart[] = [];
  const byId = new Map(facts.map((fact) => [fact.id, fact]));
  for (const fact of facts) {
    const against = believed.filter(({ relationId }) => {
      const other = byId.get(relationId) as Told;
      return other.subject === fact.subject || other.object === fact.object;
    });
    const { interval, ended } = settleFact({ fromMs: fact.from, toMs: fact.to }, against);
    const ends = new Map(ended.map((one) => [one.relationId, one.fromMs]));
    believed = believed
      .map((one) => ({ ...one, toMs: ends.get(one.relationId) ?? one.toMs }))
      .filter(({ fromMs, toMs }) => fromMs < toMs);
    if (interval.fromMs < interval.toMs) believed.push({ relationId: fact.id, ...interval });
  }
  return believed.toSorted((left, right) => left.fromMs - right.fromMs);
}

test("[S57] the same facts told in any order leave the same beliefs about valid time", () => {
  const facts = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 10 }).chain((starts) =>
    fc.tuple(
      ...starts.map((from, index) =>
        fc.record({
          id: fc.constant(`f${index}`),
          from: fc.constant(from),
          to: fc.oneof(
            fc.constant(1000),
            fc.integer({ min: 1, max: 20 }).map((length) => from + length),
          ),
          subject: fc.integer({ min: 0, max: 2 }),
          object: fc.integer({ min: 10, max: 12 }),
        }),
      ),
    ),
  );
  fc.assert(
    fc.property(
      facts.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length }))),
      ([all, shuffled]) => {
        // What must come out, said without any order: until the next fact that contradicts it.
        const expected = all.map((fact) => {
          const rivals = all.filter(
            (other) => other.from > fact.from && (other.subject === fact.subject || other.object === fact.object),
          );
          return part(fact.id, fact.from, Math.min(fact.to, ...rivals.map(({ from }) => from)));
        });
        expect(tell(shuffled)).toEqual(expected.toSorted((left, right) => left.fromMs - right.fromMs));
      },
    ),
    { numRuns: 2000 },
  );
});

test("[S60] confidence halves with every half-life down to the floor, and one below the floor stays", () => {
  const options = { halfLifeMs: 1000, floor: 0.1 };
  expect([0, 1000, 2000, 100_000].map((ageMs) => decayedConfidence(0.8, ageMs, options))).toEqual([0.8, 0.4, 0.2, 0.1]);
  expect(decayedConfidence(0.05, 5000, options)).toBe(0.05);
  expect(decayedConfidence(0.8, -5000, options)).toBe(0.8);
});
