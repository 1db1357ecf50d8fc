import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import BetterSqlite from "better-sqlite3";
import type { Locomo } from "./locomo-data.ts";

/** A search over the turns of one conversation, by its number: ids, best first. */
export type Search = (conversation: number, text: string) => readonly string[];

/** Plain FTS5: the words of the question, quoted and joined with OR, ranked by bm25. */
export function plainFts5(data: Locomo, tokenizer: string): Search {
  const statements = data.conversations.map(({ turns }) => {
    const database = new BetterSqlite(":memory:");
    database.exec(`CREATE VIRTUAL TABLE turns USING fts5 (id UNINDEXED, text, tokenize='${tokenizer}')`);
    const insert = database.prepare("INSERT INTO turns (id, text) VALUES (?, ?)");
    for (const { id, speaker, text } of turns) insert.run(id, `${speaker}: ${text}`);
    return database.prepare("SELECT id FROM turns WHERE turns MATCH ? ORDER BY bm25(turns) LIMIT 10");
  });
  return (conversation, text) => {
    const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
    const match = Array.from(words, (word) => `"${word}"`).join(" OR ");
    return (statements[conversation]?.all(match) ?? []).map((row) => (row as { readonly id: string }).id);
  };
}

interface MiniSearch {
  addAll(documents: readonly object[]): void;
  search(text: string, options?: object): readonly { readonly id: string }[];
}

/** MiniSearch with these search options; installed from its own lockfile when it is first asked for. */
export function miniSearch(data: Locomo, options: object): Search {
  const folder = join(import.meta.dirname, "../rivals");
  const require = createRequire(join(folder, "package.json"));
  if (!existsSync(join(folder, "node_modules/minisearch"))) {
    console.log("Installing the rivals of the bench (once)…");
    execFileSync("npx", ["-y", "pnpm@12.21.0", "--dir", folder, "install", "--frozen-lockfile"], { stdio: "inherit" });
  }
  const MiniSearch = require("minisearch") as new (options: object) => MiniSearch;
  const indexes = data.conversations.map(({ turns }) => {
    const index = new MiniSearch({ fields: ["speaker", "text"], idField: "id" });
    index.addAll(turns.map(({ id, speaker, text }) => ({ id, speaker, text })));
    return index;
  });
  return (conversation, text) => (indexes[conversation]?.search(text, options) ?? []).slice(0, 10).map(({ id }) => id);
}
