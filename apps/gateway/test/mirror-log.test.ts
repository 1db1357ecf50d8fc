import type { LoggedEvent } from "@kingly/link";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LogRow } from "../src/board/board.ts";
import { JournalError } from "../src/journal/journal.ts";
import type { Journal } from "../src/journal/journal.ts";
import { createMirrorLog, unknownEpoch } from "../src/mirror-log.ts";
import type { RowBody } from "../src/mirror-log.ts";
import { makeFolder, openTestJournal } from "./house.ts";

const nothing = (): void => {};
const rowsOf = (from: number, to: number): LogRow[] =>
  Array.from({ length: to - from + 1 }, (_, place) => ({ seq: from + place, line: `line ${from + place}`, at: from }));
const seqsOf = (events: readonly LoggedEvent<RowBody>[]): number[] => events.map((event) => event.seq);

describe("mirror log", () => {
  test("[G8] rows are durable before anybody is told of them, and on the board before that", async () => {
    const journal = await openTestJournal();
    const order: string[] = [];
    const watched: Journal = {
      ...journal,
      async append(workspace, rows) {
        await journal.append(workspace, rows);
        order.push(`kept ${(await journal.read("w", 0, 10)).length}`);
      },
    };
    const mirror = createMirrorLog({ journal: watched }, "w");
    await mirror.restart("e1", 0, nothing);
    mirror.subscribe(() => order.push(`told ${mirror.position().head}`));
    await mirror.append(rowsOf(1, 2), (rows) => order.push(`shown ${rows.length}`));
    expect(order).toEqual(["kept 2", "shown 2", "told 2"]);
  });

  test("[G8] what cannot be kept is neither shown nor told, and comes again", async () => {
    const journal = await openTestJournal();
    let isFull = true;
    const spoiled: Journal = {
      ...journal,
      append: async (workspace, rows) => {
        if (isFull) throw new JournalError("FULL", "no room");
        return journal.append(workspace, rows);
      },
    };
    const mirror = createMirrorLog({ journal: spoiled }, "w");
    await mirror.restart("e1", 0, nothing);
    const news: string[] = [];
    mirror.subscribe(() => news.push("told"));
    await expect(mirror.append(rowsOf(1, 2), () => news.push("shown"))).rejects.toThrow("no room");
    expect([news, mirror.position().head]).toEqual([[], 0]);
    isFull = false;
    await mirror.append(rowsOf(1, 2), () => news.push("shown"));
    expect([news, mirror.position().head]).toEqual([["shown", "told"], 2]);
  });

  test("[G8] it is read from memory, from the file and across both, also after a restart", async () => {
    const path = join(makeFolder(), "gateway.db");
    const journal = await openTestJournal(path);
    const mirror = createMirrorLog({ journal }, "w");
    await mirror.restart("e1", 0, nothing);
    await mirror.append(rowsOf(1, 1500), nothing);
    await mirror.append(rowsOf(1501, 1600), nothing);
    const check = async (log: typeof mirror): Promise<void> => {
      expect(log.position()).toEqual({ epoch: "e1", head: 1600, low: 1 });
      expect(seqsOf(await log.read(0, 3))).toEqual([1, 2, 3]);
      expect(seqsOf(await log.read(598, 5))).toEqual([599, 600, 601, 602, 603]);
      expect(seqsOf(await log.read(1597, 100))).toEqual([1598, 1599, 1600]);
      expect(seqsOf(await log.read(1600, 100))).toEqual([]);
      expect((await log.read(1000, 1))[0]).toEqual({ seq: 1001, body: { line: "line 1001", at: 1 } });
      const all: number[] = [];
      for (let after = 0; after < 1600; after = all.at(-1) ?? 1600) all.push(...seqsOf(await log.read(after, 256)));
      expect(all).toEqual(Array.from({ length: 1600 }, (_, place) => place + 1));
    };
    await check(mirror);
    await journal.close();
    const second = await openTestJournal(path);
    const [known] = (await second.contents()).mirrors;
    await check(createMirrorLog({ journal: second }, "w", known));
  });

  test("[G8] rows that come again change nothing and tell nobody", async () => {
    const journal = await openTestJournal();
    const mirror = createMirrorLog({ journal }, "w");
    await mirror.restart("e1", 0, nothing);
    const shown: number[] = [];
    const show = (rows: readonly LogRow[]): void => void shown.push(...rows.map((row) => row.seq));
    let told = 0;
    mirror.subscribe(() => (told += 1));
    await mirror.append(rowsOf(1, 3), show);
    await mirror.append(rowsOf(1, 3), show);
    await mirror.append(rowsOf(2, 4), show);
    expect([shown, told, mirror.position().head]).toEqual([[1, 2, 3, 4], 2, 4]);
  });

  test("[G8] a row is not given before it is told, also when the file has it already", async () => {
    const journal = await openTestJournal();
    await journal.restart("w", "e1", 0);
    await journal.append("w", rowsOf(1, 5));
    const mirror = createMirrorLog({ journal }, "w", { workspace: "w", epoch: "e1", head: 3, low: 1, chain: null });
    expect(seqsOf(await mirror.read(0, 10))).toEqual([1, 2, 3]);
  });

  test("[G17] a log that begins again has the new name, no rows, and tells after the board is new", async () => {
    const journal = await openTestJournal();
    const mirror = createMirrorLog({ journal }, "w");
    expect(mirror.position()).toEqual({ epoch: unknownEpoch, head: 0, low: 1 });
    await mirror.restart("e1", 0, nothing);
    await mirror.append(rowsOf(1, 5), nothing);
    const order: string[] = [];
    mirror.subscribe(() => order.push(`told ${mirror.position().epoch}`));
    await mirror.restart("e2", 7, () => order.push("begun"));
    expect(order).toEqual(["begun", "told e2"]);
    expect(mirror.position()).toEqual({ epoch: "e2", head: 7, low: 8 });
    expect(await mirror.read(0, 10)).toEqual([]);
    await mirror.append(rowsOf(8, 9), nothing);
    expect(seqsOf(await mirror.read(7, 10))).toEqual([8, 9]);
  });

  test("[G17] the chain of the last row is kept with it, also after a restart, and goes with what it stood for", async () => {
    const path = join(makeFolder(), "gateway.db");
    const journal = await openTestJournal(path);
    const mirror = createMirrorLog({ journal }, "w");
    expect(mirror.seen()).toBeNull();
    await mirror.restart("e1", 0, nothing);
    expect(mirror.seen()).toEqual({ epoch: "e1", seq: 0 });
    await mirror.append(rowsOf(1, 3), nothing, "chain3");
    // Rows that come again say nothing of what stands now.
    await mirror.append(rowsOf(1, 2), nothing, "chain2");
    expect(mirror.seen()).toEqual({ epoch: "e1", seq: 3, chain: "chain3" });
    await journal.close();

    const second = await openTestJournal(path);
    const again = createMirrorLog({ journal: second }, "w", (await second.contents()).mirrors[0]);
    expect(again.seen()).toEqual({ epoch: "e1", seq: 3, chain: "chain3" });
    await again.append(rowsOf(4, 4), nothing);
    expect(again.seen()).toEqual({ epoch: "e1", seq: 4 });
    expect((await second.contents()).mirrors).toMatchObject([{ head: 4, chain: null }]);
    await again.append(rowsOf(5, 5), nothing, "chain5");
    await again.restart("e2", 5, nothing);
    expect(again.seen()).toEqual({ epoch: "e2", seq: 5 });
    expect((await second.contents()).mirrors).toMatchObject([{ head: 5, chain: null }]);
  });

  test("[G8] who stops following is told nothing more", async () => {
    const mirror = createMirrorLog({ journal: await openTestJournal() }, "w");
    let told = 0;
    const stop = mirror.subscribe(() => (told += 1));
    await mirror.restart("e1", 0, nothing);
    stop();
    await mirror.append(rowsOf(1, 1), nothing);
    expect(told).toBe(1);
  });
});
