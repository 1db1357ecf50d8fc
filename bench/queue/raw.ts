import SqliteFile from "better-sqlite3";
import { inTurn } from "./side.ts";
import type { Side } from "./side.ts";

/** Adds before the ones that count: the first ones compile the code, start threads and make the files grow. */
export const warmUp = { F: 200, N: 1000 } as const;

const bare =
  "CREATE TABLE job (id INTEGER PRIMARY KEY, type TEXT, payload TEXT, run_at INTEGER, key TEXT, priority INTEGER)";
const insertSql = "INSERT INTO job (type, payload, run_at, key, priority) VALUES ('noop', ?, ?, ?, ?)";

/** One row per transaction, nothing else: the limit of the disk. A new file each time, as the others have.
 *
 * `asQueue`: with what any queue with priorities, unique keys and counters must keep: two indexes and one counter. */
export function rawSide(newPath: () => string, durability: "F" | "N", asQueue = false): Side {
  return {
    name: `raw better-sqlite3 insert${asQueue ? ", indexes, counter" : ""}`,
    durability,
    async adds(count) {
      const file = new SqliteFile(newPath());
      file.pragma("journal_mode = WAL");
      file.pragma(`synchronous = ${durability === "F" ? "FULL" : "NORMAL"}`);
      file.exec(bare);
      let add = (index: number): unknown => insert.run(String(index), index, `k${index}`, index % 3);
      if (asQueue) {
        file.exec(`CREATE INDEX ready ON job (type, priority DESC, run_at); CREATE UNIQUE INDEX one ON job (type, key);
          CREATE TABLE counter (type TEXT PRIMARY KEY, jobs INTEGER) WITHOUT ROWID; INSERT INTO counter VALUES ('noop', 0)`);
        const counting = file.prepare("UPDATE counter SET jobs = jobs + 1 WHERE type = 'noop'");
        add = file.transaction((index: number) => {
          insert.run(String(index), index, `k${index}`, index % 3);
          counting.run();
        });
      }
      const insert = file.prepare(insertSql);
      await inTurn(warmUp[durability], (index) => add(-1 - index));
      const perSecond = await inTurn(count, (index) => add(index));
      file.close();
      return perSecond;
    },
    async close() {},
  };
}
