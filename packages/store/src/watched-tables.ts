import type { BeliefTable } from "./belief-table.ts";
import {
  linkBeliefs,
  memoryBeliefs,
  projectBeliefs,
  relationshipBeliefs,
  runBeliefs,
  taskBeliefs,
  workspaceBeliefs,
} from "./belief-tables.ts";
import { entityBeliefs, observationBeliefs, relationBeliefs } from "./graph/graph-belief-tables.ts";

/** A table of beliefs in which a change by another program is told and kept. [S94] */
export interface WatchedTable {
  readonly table: BeliefTable;
  /** What an event calls one of its rows. */
  readonly entityType: string;
  /** The rowid's name. @default "row_id" */
  readonly rowId?: string;
  /** True when rowids lie in the range of the workspace: full-text searches walk these. [S26] */
  readonly isNumbered?: boolean;
  /** The columns whose change counts, when others belong to the log. */
  readonly updatesOf?: readonly string[];
  /** What else follows a change by another program: column and new value, as SQL over NEW. */
  readonly follows?: Readonly<Record<string, string>>;
  /** Columns of a full-text index that follow from others: column and value, as SQL over NEW. One that the other program
   * sets itself stays as it set it. */
  readonly words?: Readonly<Record<string, string>>;
}

// The words of a value, as jsonToText makes them, in the SQL that another program's SQLite can run.
const valueText = `(SELECT trim(group_concat(iif(typeof(key) = 'text', key || ' ', '') ||
      CASE type WHEN 'object' THEN '' WHEN 'array' THEN '' WHEN 'null' THEN 'null' WHEN 'true' THEN 'true'
        WHEN 'false' THEN 'false' ELSE atom END, char(10)), char(10)) FROM json_tree(NEW.value))`;

const headSeq = "(SELECT w.head_seq FROM workspaces AS w WHERE w.id = NEW.workspace_id)";

/** All watched tables. Whoever adds a table of beliefs adds it here; its triggers are made by themselves. [S94] */
export const watchedTables: readonly WatchedTable[] = [
  {
    table: workspaceBeliefs,
    entityType: "workspace",
    // The rest of the row is the position of the log.
    updatesOf: ["name", "description", "path", "metadata", "epoch", "low_seq", "processed_seq"],
  },
  { table: projectBeliefs, entityType: "project" },
  { table: taskBeliefs, entityType: "task", isNumbered: true },
  { table: runBeliefs, entityType: "run" },
  { table: relationshipBeliefs, entityType: "relationship" },
  { table: linkBeliefs, entityType: "link" },
  { table: entityBeliefs, entityType: "entity", follows: { event_seq: headSeq } },
  { table: observationBeliefs, entityType: "observation", follows: { event_seq: headSeq } },
  { table: relationBeliefs, entityType: "relation", follows: { event_seq: headSeq } },
  {
    table: memoryBeliefs,
    entityType: "memory",
    rowId: "id",
    isNumbered: true,
    follows: { event_seq: headSeq },
    words: { value_text: valueText },
  },
];
