import { join } from "node:path";
import { createSeededRandom } from "@kingly/runtime/testing";
import { cause, openHouse, workspaceId } from "./house.ts";
import type { House } from "./house.ts";
import { takeTurns, tell } from "./turns.ts";
import { createWords } from "./words.ts";

const versionsPerKey = 10;
const firstMs = 1_700_000_000_000;

/** Fills a store with `versions` versions of memories, one a ms, and reads it as of chances of both times. */
export async function benchPast(versions: number, rounds: number, keep?: string): Promise<readonly string[]> {
  const house = await openHouse(keep === undefined ? undefined : join(keep, `versions-${versions}.db`));
  try {
    if (!house.isFilled) await fill(house, versions);
    house.keep();
    house.setNow(firstMs + versions);
    console.log(
      `\n== ${versions.toLocaleString("en-US")} versions of ${Math.floor(versions / versionsPerKey)} memories`,
    );
    const { store, bare } = house;
    const random = createSeededRandom(3);
    const keys = Math.floor(versions / versionsPerKey);
    const key = (): string => `key_${Math.floor(random.fraction() * keys)}`;
    const moment = (): number => firstMs + Math.floor(random.fraction() * versions);
    const point = bare.prepare("SELECT * FROM memory WHERE workspace_id = ? AND key = ?");
    const recall = await takeTurns(
      [
        { name: "bare point read, now", work: () => point.get(workspaceId, key()) },
        { name: "memory.recall, now", work: () => store.memory.recall(workspaceId, key()) },
        {
          name: "memory.recall, as of",
          work: () => store.memory.recall(workspaceId, key(), { asOf: { validMs: moment(), systemMs: moment() } }),
        },
      ],
      { rounds, calls: 2000 },
    );
    tell("point read of the past", recall);
    const words = createWords(2);
    const search = await takeTurns(
      [
        { name: "memory.search, now", work: (i) => store.memory.search(workspaceId, words.word(200 + (i % 500)), 10) },
        {
          name: "memory.search, as of",
          work: (i) =>
            store.memory.search(workspaceId, words.word(200 + (i % 500)), 10, {
              validMs: moment(),
              systemMs: moment(),
            }),
        },
        {
          name: "heavy.memory.search, as of",
          work: (i) =>
            store.heavy.memory.search(workspaceId, words.word(200 + (i % 500)), 10, {
              validMs: moment(),
              systemMs: moment(),
            }),
        },
        {
          name: "memory.hybrid, as of",
          work: (i) =>
            store.memory.hybrid(workspaceId, words.word(200 + (i % 500)), {
              limit: 10,
              asOf: { validMs: moment(), systemMs: moment() },
            }),
        },
      ],
      { rounds, calls: 40 },
    );
    tell("search of the past", search);
    const p99Ms = search.at(-1)?.p99Ms ?? Number.NaN;
    return p99Ms < 200
      ? []
      : [`hybrid search as of, ${versions} versions: p99 ${p99Ms.toFixed(1)} ms, promised 200 ms`];
  } finally {
    await house.close();
  }
}

async function fill({ database, store, setNow }: House, versions: number): Promise<void> {
  const words = createWords(1);
  const keys = Math.floor(versions / versionsPerKey);
  const perUnit = 2000;
  for (let from = 0; from < versions; from += perUnit) {
    await database.write((unit) => {
      for (let index = from; index < Math.min(versions, from + perUnit); index += 1) {
        setNow(firstMs + index);
        store.memory.remember(unit, { workspaceId, key: `key_${index % keys}`, value: words.text(20) }, cause);
      }
    });
    if (process.stderr.isTTY) process.stderr.write(`\rfilling ${from} of ${versions}`);
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
}
