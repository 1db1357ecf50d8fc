import SqliteFile from "better-sqlite3";
import { inTurn } from "./side.ts";
import type { Side } from "./side.ts";

/** One row per transaction, nothing else: the limit of the disk. A new file each time, as the others have. */
export function rawSide(newPath: () => string, durability: "F" | "N"): Side {
  return {
    name: "raw better-sqlite3 insert",
    durability,
    async adds(count) {
      const file = new SqliteFile(newPath());
      file.pragma("journal_mode = WAL");
      file.pragma(`synchronous = ${durability === "F" ? "FULL" : "NORMAL"}`);
      file.exec("CREATE TABLE job (id INTEGER PRIMARY KEY, type TEXT, payload TEXT, run_at INTEGER)");
      const insert = file.prepare("INSERT INTO job (type, payload, run_at) VALUES ('noop', ?, ?)");
      await inTurn(200, (index) => insert.run(String(index), index));
      const perSecond = await inTurn(count, (index) => insert.run(String(index), index));
      file.close();
      return perSecond;
    },
    async close() {},
  };
}
