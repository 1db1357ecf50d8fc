import { createSeededRandom } from "@kingly/runtime/testing";
import { cause, openHouse, workspaceId } from "./house.ts";
import type { House } from "./house.ts";
import { takeTurns, tell } from "./turns.ts";

const factsEach = 3;

/** Fills a graph with `size` entities and three facts from each to chances of the others, and walks it. */
export async function benchWalks(size: number, rounds: number): Promise<void> {
  const house = await openHouse();
  try {
    const begun = performance.now();
    const ids = await fill(house, size);
    const perSecond = Math.round((size * (factsEach + 1) * 1000) / (performance.now() - begun));
    const many = size.toLocaleString("en-US");
    console.log(`\n== ${many} entities, ${factsEach} facts from each (filled with ${perSecond} changes/s)`);
    const { store, bare } = house;
    const id = (index: number): string => ids[(index * 7919) % size] ?? "";
    // The same steps without beliefs, merges, confidence or order: the limit.
    const out = bare.prepare<[string, string], { id: string; confidence: number }>(
      "SELECT to_id AS id, confidence FROM relations WHERE workspace_id = ? AND from_id = ?",
    );
    const back = bare.prepare<[string, string], { id: string; confidence: number }>(
      "SELECT from_id AS id, confidence FROM relations WHERE workspace_id = ? AND to_id = ?",
    );
    const spread = (from: string, depth: number): number => {
      const seen = new Set([from]);
      let frontier = [from];
      for (let step = 0; step < depth; step += 1) {
        const next: string[] = [];
        for (const one of frontier) {
          for (const { id: far } of [...out.all(workspaceId, one), ...back.all(workspaceId, one)]) {
            if (seen.size <= 1000 && !seen.has(far)) next.push(far);
            seen.add(far);
          }
        }
        frontier = next;
      }
      return seen.size;
    };
    for (const depth of [1, 2, 3]) {
      const options = { depth, limit: 1000 };
      const reached = store.graph.neighbours(workspaceId, id(1), options).items.length;
      tell(
        `${depth} deep (${reached} reached)`,
        await takeTurns(
          [
            { name: "bare statements", work: (i) => spread(id(i), depth) },
            { name: "graph.neighbours", work: (i) => store.graph.neighbours(workspaceId, id(i), options) },
            { name: "heavy.graph.neighbours", work: (i) => store.heavy.graph.neighbours(workspaceId, id(i), options) },
          ],
          { rounds, calls: depth === 3 ? 60 : 200 },
        ),
      );
    }
    tell(
      "a shortest path",
      await takeTurns([{ name: "graph.path", work: (i) => store.graph.path(workspaceId, id(i), id(i + 1000)) }], {
        rounds,
        calls: 60,
      }),
    );
  } finally {
    await house.close();
  }
}

async function fill({ database, store }: House, size: number): Promise<readonly string[]> {
  const random = createSeededRandom(4);
  const perUnit = 250;
  const ids: string[] = [];
  for (let from = 0; from < size; from += perUnit) {
    await database.write((unit) => {
      for (let index = from; index < Math.min(size, from + perUnit); index += 1) {
        const input = { workspaceId, name: `entity number ${index}`, entityType: "thing" };
        ids.push(store.entities.describe(unit, input, cause).entity.id);
      }
    });
  }
  for (let from = 0; from < size; from += perUnit) {
    await database.write((unit) => {
      for (let index = from; index < Math.min(size, from + perUnit); index += 1) {
        for (let fact = 0; fact < factsEach; fact += 1) {
          const to = ids[Math.floor(random.fraction() * size)] ?? "";
          const input = { workspaceId, from: ids[index] ?? "", to, relationType: `kind ${fact}` };
          store.relations.state(unit, input, cause);
        }
      }
    });
  }
  return ids;
}
