import type { Database } from "@kingly/sqlite";
import { chainTail } from "./chain.ts";
import { outsideTriggers, ownWriterTrigger } from "./schema/outside-triggers.ts";
import { watchedTables } from "./watched-tables.ts";

/** Prepares an opened file: this connection is our own writer, and the triggers for all others are those of this program.
 *
 * The triggers are made from `watchedTables` and hold no data, so they are no migration: what differs is made anew.
 * Events of a file from before the chain are chained. [S92] [S94] */
export async function prepareForOutsideWriters(database: Database): Promise<void> {
  const wanted = new Map(watchedTables.flatMap((watched) => Object.entries(outsideTriggers(watched))));
  await database.write((unit) => {
    // Read in the unit that writes: another process may be preparing the same file.
    const present = unit.all<{ name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'outside_*_*' AND tbl_name <> 'outside_changes'",
    );
    const stale = present.filter(({ name, sql }) => wanted.get(name) !== sql);
    const kept = new Set(present.filter((trigger) => !stale.includes(trigger)).map(({ name }) => name));
    unit.run(ownWriterTrigger);
    for (const { name } of stale) unit.run(`DROP TRIGGER ${name}`);
    for (const [name, sql] of wanted) if (!kept.has(name)) unit.run(sql);
  });
  const unchained = database.all<{ id: string }>(
    "SELECT id FROM workspaces WHERE head_seq > 0 AND length(head_hash) = 1 ORDER BY row_id",
  );
  for (const { id } of unchained) await database.write((unit) => void chainTail(unit, id));
}
