import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { cause, openHouse, workspaceId } from "./house.ts";
import type { House } from "./house.ts";
import { takeTurns, tell } from "./turns.ts";
import type { Taken } from "./turns.ts";
import { createWords } from "./words.ts";

const wordsPerMemory = 20;

/** Fills a store with `size` memories and measures it; returns the promises that were not kept. */
export async function benchSize(size: number, rounds: number, keep?: string): Promise<readonly string[]> {
  const house = await openHouse(keep === undefined ? undefined : join(keep, `memories-${size}.db`));
  const misses: string[] = [];
  const within = (what: string, taken: readonly Taken[], maxMs: number): void => {
    const p99Ms = taken.at(-1)?.p99Ms ?? Number.NaN;
    if (!(p99Ms < maxMs)) misses.push(`${what} at ${size} memories: p99 ${p99Ms.toFixed(1)} ms, promised ${maxMs} ms`);
    tell(what, taken);
  };
  try {
    const how = house.isFilled
      ? "kept from an earlier run"
      : `filled with ${Math.round(size / (await fill(house, size)))}/s`;
    console.log(`\n== ${size.toLocaleString("en-US")} memories (${how})`);
    house.keep();
    await benchReads(house, size, rounds, within);
    await benchWrites(house, rounds);
  } finally {
    await house.close();
  }
  return misses;
}

async function fill({ database, store }: House, size: number): Promise<number> {
  const words = createWords(1);
  const begun = performance.now();
  const perUnit = 2000;
  for (let from = 0; from < size; from += perUnit) {
    await database.write((unit) => {
      for (let index = from; index < Math.min(size, from + perUnit); index += 1) {
        store.memory.remember(unit, { workspaceId, key: `key_${index}`, value: words.text(wordsPerMemory) }, cause);
      }
    });
    if (process.stderr.isTTY) process.stderr.write(`\rfilling ${from} of ${size}`);
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
  return (performance.now() - begun) / 1000;
}

async function benchReads(
  { store, bare }: House,
  size: number,
  rounds: number,
  within: (what: string, taken: readonly Taken[], maxMs: number) => void,
): Promise<void> {
  const words = createWords(2);
  // A stride that meets every key before it meets one again.
  const key = (index: number): string => `key_${(index * 7919) % size}`;
  const barePoint = bare.prepare("SELECT * FROM memory WHERE workspace_id = ? AND key = ?");
  within(
    "point read",
    await takeTurns(
      [
        { name: "bare better-sqlite3", work: (index) => barePoint.get(workspaceId, key(index)) },
        { name: "memory.recall", work: (index) => store.memory.recall(workspaceId, key(index)) },
      ],
      { rounds, calls: 2000 },
    ),
    1,
  );
  const bareSearch = bare.prepare("SELECT rowid FROM memory_fts WHERE memory_fts MATCH ? ORDER BY rank LIMIT 10");
  const question = (index: number): string => `what about ${words.word(200 + (index % 300))} and ${words.text(3)}`;
  const searchHybrid = (index: number): unknown => store.memory.hybrid(workspaceId, question(index), { limit: 10 });
  const searchHeavy = (index: number): unknown =>
    store.heavy.memory.hybrid(workspaceId, question(index), { limit: 10 });
  // Nothing is thrown away here: the first searches of a process read what later ones find in memory.
  tell("the first 10 hybrid searches", [
    await timed("memory.hybrid", 10, searchHybrid),
    await timed("heavy.memory.hybrid", 10, searchHeavy),
  ]);
  within(
    "hybrid search",
    await takeTurns(
      [
        { name: "bare FTS5", work: (index) => bareSearch.all(words.word(200 + (index % 300))) },
        { name: "heavy.memory.hybrid", work: searchHeavy },
        { name: "memory.hybrid", work: searchHybrid },
      ],
      { rounds, calls: 40 },
    ),
    size <= 100_000 ? 50 : 200,
  );
  const searches = [
    // Ranks from 200 on: each word stands in about one memory of a hundred, or fewer.
    {
      what: "full text, 2 words",
      calls: 40,
      text: (index: number) => `${words.word(200 + (index % 300))} ${words.word(700 + (index % 1000))}`,
    },
    {
      what: "full text, 8 common words",
      // FTS5 alone ranks a million rows in seconds.
      calls: size <= 100_000 ? 40 : 2,
      text: (index: number) => Array.from({ length: 8 }, (_, nth) => words.word((index % 5) + nth)).join(" "),
    },
  ];
  for (const { what, calls, text } of searches) {
    within(
      what,
      await takeTurns(
        [
          { name: "bare FTS5", work: (index) => bareSearch.all(text(index).replaceAll(" ", " OR ")) },
          { name: "memory.search", work: (index) => store.memory.search(workspaceId, text(index), 10) },
        ],
        { rounds, calls },
      ),
      size <= 100_000 ? 10 : Number.POSITIVE_INFINITY,
    );
  }
  const common = (index: number): string =>
    Array.from({ length: 8 }, (_, nth) => words.word((index % 5) + nth)).join(" ");
  await tellDelay("nothing", () => pause(20));
  await tellDelay("memory.hybrid", searchHybrid);
  await tellDelay("heavy.memory.hybrid", searchHeavy);
  await tellDelay("memory.search", (index) => store.memory.search(workspaceId, common(index), 10));
  await tellDelay("heavy.memory.search", (index) => store.heavy.memory.search(workspaceId, common(index), 10));
}

/** Times calls one after the other, from the very first. */
async function timed(name: string, calls: number, work: (index: number) => unknown): Promise<Taken> {
  const took: number[] = [];
  for (let index = 0; index < calls; index += 1) {
    const begun = performance.now();
    await work(index);
    took.push(performance.now() - begun);
  }
  const sorted = took.toSorted((a, b) => a - b);
  return { name, p50Ms: sorted[Math.floor(calls / 2)] ?? 0, p99Ms: sorted.at(-1) ?? 0, ratio: Number.NaN };
}

/** Tells how late a timer of the event loop is, at most and at p99, while 60 calls follow one another. */
async function tellDelay(name: string, work: (index: number) => unknown): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let index = 0; index < 60; index += 1) {
    await work(1000 + index);
    await pause(2);
  }
  delay.disable();
  const ms = (ns: number): string => (ns / 1e6).toFixed(1).padStart(7);
  const late = `p99 ${ms(delay.percentile(99))} ms  at most ${ms(delay.max)} ms`;
  console.log(`${"event loop held up by".padEnd(30)}${name.padEnd(26)}${late}`);
}

async function benchWrites({ database, store, bareInsert }: House, rounds: number): Promise<void> {
  const words = createWords(3);
  const calls = 200;
  const value = (): string => words.text(wordsPerMemory);
  const remember = (index: number): Promise<unknown> =>
    database.write((unit) => store.memory.remember(unit, { workspaceId, key: `new_${index}`, value: value() }, cause));
  const event = { eventType: "bench", entityType: "bench", entityId: "b", payload: { text: words.text(5) } };
  const bareWay = { name: "bare insert, one commit", work: (index: number) => bareInsert(`new_${index}`, value()) };
  tell("remember, awaited", await takeTurns([bareWay, { name: "memory.remember", work: remember }], { rounds, calls }));
  tell(
    "event, awaited",
    await takeTurns(
      [
        bareWay,
        {
          name: "events.append",
          work: () => database.write((unit) => store.events.append(unit, workspaceId, event, cause)),
        },
      ],
      { rounds, calls },
    ),
  );
  const crowd = 50;
  tell(
    `${crowd} at once`,
    await takeTurns(
      [
        {
          name: `${crowd} bare inserts`,
          work(index) {
            for (let nth = 0; nth < crowd; nth += 1) bareInsert(`many_${index * crowd + nth}`, value());
          },
        },
        {
          name: `${crowd} memory.remember`,
          work: (index) =>
            Promise.all(Array.from({ length: crowd }, (_, nth) => remember(1_000_000 + index * crowd + nth))),
        },
        {
          name: `${crowd} events.append`,
          work: () =>
            Promise.all(
              Array.from({ length: crowd }, () =>
                database.write((unit) => store.events.append(unit, workspaceId, event, cause)),
              ),
            ),
        },
      ],
      { rounds, calls: 20 },
    ),
  );
}
