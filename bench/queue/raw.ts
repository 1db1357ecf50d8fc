import SqliteFile from "better-sqlite3";
import { inTurn } from "./side.ts";
import type { Side } from "./side.ts";

/** One row per transaction, nothing else: the limit of the disk. */
export function rawSide(path: string, durability: "F" | "N"): Side {
  const file = new SqliteFile(path);
  file.pragma("journal_mode = WAL");
  file.pragma(`synchronous = ${durability === "F" ? "FULL" : "NORMAL"}`);
  file.exec("CREATE TABLE job (id INTEGER PRIMARY KEY, type TEXT, payload TEXT, run_at INTEGER)");
  const insert = file.prepare("INSERT INTO job (type, payload, run_at) VALUES ('noop', ?, ?)");
  return {
    name: "raw better-sqlite3 insert",
    durability,
    adds: (count) => inTurn(count, (index) => insert.run(String(index), index)),
    async close() {
      file.close();
    },
  };
}
