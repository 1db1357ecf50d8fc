import { timeColumns } from "../belief-table.ts";
import { forever } from "../forever.ts";
import { watchedTables } from "../watched-tables.ts";
import { countTables } from "./count-tables.ts";
import { outsideTables } from "./outside-triggers.ts";

/** The hash chain, the marks of what was processed and the anchors of trimmed logs. [S90] [S96] [S97]
 *
 * The head's hash moves with the head; an event that another program writes has none, and neither has the head then:
 * the next writer of this package chains them. A hash is written once. */
export const chainTables: readonly string[] = [
  `ALTER TABLE workspaces ADD COLUMN processed_seq INTEGER NOT NULL DEFAULT 0 CHECK (processed_seq >= 0)`,
  // A mark of one byte: these events are our own, and are chained when the file is opened.
  `UPDATE workspaces SET head_hash = zeroblob(1) WHERE head_seq > 0`,
  // Of a payload without what was forgotten: `payload_hash` stays that of what was written.
  `ALTER TABLE events ADD COLUMN forgotten_hash BLOB CHECK (length(forgotten_hash) = 32)`,
  `DROP TRIGGER events_move_the_head`,
  `CREATE TRIGGER events_move_the_head AFTER INSERT ON events
BEGIN UPDATE workspaces SET head_seq = NEW.seq, head_at = NEW.created_at, head_hash = NEW.chain_hash
  WHERE id = NEW.workspace_id; END`,
  `CREATE TRIGGER events_hashes_stay BEFORE UPDATE OF payload_hash, chain_hash ON events WHEN OLD.chain_hash IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a hash of the log is written once'); END`,
  // What is left of a log whose beginning was let go: the hash that the first event held continues.
  `CREATE TABLE log_anchors (
  workspace_id TEXT NOT NULL PRIMARY KEY REFERENCES workspaces (id),
  through_seq INTEGER NOT NULL CHECK (through_seq >= 1),
  chain_hash BLOB NOT NULL CHECK (length(chain_hash) = 32),
  through_at INTEGER NOT NULL,
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
  ...outsideTables,
  ...countTables,
  // What changes a row without sealing it anew takes its seal away: an update by hand, or by another program.
  ...watchedTables.flatMap(({ table: { name, columns, isSealed = false }, rowId = "row_id" }) =>
    isSealed
      ? [
          `ALTER TABLE ${name} ADD COLUMN seal BLOB CHECK (length(seal) = 8)`,
          `ALTER TABLE ${name}_history ADD COLUMN seal BLOB CHECK (length(seal) = 8)`,
          `CREATE TRIGGER ${name}_unsealed AFTER UPDATE OF ${[...columns, ...timeColumns].join(", ")} ON ${name}
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE ${name} SET seal = NULL WHERE ${rowId} = NEW.${rowId}; END`,
          `CREATE TRIGGER ${name}_history_unsealed AFTER UPDATE OF ${columns.join(", ")} ON ${name}_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE ${name}_history SET seal = NULL WHERE row_id = NEW.row_id; END`,
        ]
      : [],
  ),
  // When does the next fact begin or end by itself? A kept answer holds until then.
  ...["projects", "tasks", "memory"].flatMap((table) => [
    `CREATE INDEX ${table}_ending ON ${table} (workspace_id, valid_to) WHERE valid_to < ${forever}`,
    `CREATE INDEX ${table}_beginning ON ${table} (workspace_id, valid_from) WHERE valid_from > sys_from`,
    `CREATE INDEX ${table}_history_beginning ON ${table}_history (workspace_id, valid_from)
  WHERE sys_to = ${forever} AND valid_from > sys_from`,
  ]),
];
