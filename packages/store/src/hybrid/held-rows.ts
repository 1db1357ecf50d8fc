import type { SqlValue } from "@kingly/sqlite";
import type { Moment } from "../beliefs.ts";
import type { Reader } from "../reader.ts";

/** A memory as the arms of hybrid search look at it: what one belief says that holds at the moment asked for. */
export interface HeldRow {
  readonly rowId: number;
  /** The order in which keys of one moment were first told. */
  readonly order: number;
  readonly key: string;
  readonly version: number;
  readonly text: string;
  readonly speaker: string | null;
  readonly threadId: string | null;
  readonly validFromMs: number;
  readonly confidence: number;
}

/** Which memories a search may return. */
export interface HeldFilter {
  readonly workspaceId: string;
  readonly moment: Moment;
  readonly memoryTypes?: readonly string[];
  readonly category?: string;
  readonly threadId?: string;
}

/** One of the two tables of beliefs with its indexes. */
export interface HeldSource {
  readonly table: "memory" | "memory_history";
  readonly id: "id" | "row_id";
  readonly words: "memory_fts" | "memory_history_fts";
  readonly trigrams: "memory_trigrams" | "memory_history_trigrams";
}

const current: HeldSource = { table: "memory", id: "id", words: "memory_fts", trigrams: "memory_trigrams" };
const history: HeldSource = {
  table: "memory_history",
  id: "row_id",
  words: "memory_history_fts",
  trigrams: "memory_history_trigrams",
};

/** Says where beliefs of that moment may stand: current rows, and the history when it can hold any. [S72]
 *
 * As of now the history matters only while it has an open belief that ends later (a bounded fact before a future one). */
export function heldSources(reader: Reader, filter: HeldFilter, isNow: boolean): readonly HeldSource[] {
  if (!isNow) return [current, history];
  const { workspaceId, moment } = filter;
  const bounded = reader.get(
    `SELECT 1 FROM memory_history WHERE workspace_id = ? AND sys_to = 9007199254740991 AND valid_to > ? LIMIT 1`,
    workspaceId,
    moment.validMs,
  );
  return bounded === undefined ? [current] : [current, history];
}

/** The condition on a row `r` that it may be returned, with its parameters. */
export function heldCondition(filter: HeldFilter): { readonly sql: string; readonly parameters: readonly SqlValue[] } {
  const { workspaceId, moment, memoryTypes, category, threadId } = filter;
  const parts = [
    "r.workspace_id = ? AND r.valid_from <= ? AND r.valid_to > ? AND r.sys_from <= ? AND r.sys_to > ?",
    "r.value IS NOT NULL",
  ];
  const parameters: SqlValue[] = [workspaceId, moment.validMs, moment.validMs, moment.systemMs, moment.systemMs];
  if (memoryTypes !== undefined) {
    parts.push("r.memory_type IN (SELECT value FROM json_each(?))");
    parameters.push(JSON.stringify(memoryTypes));
  }
  if (category !== undefined) {
    parts.push("r.category = ?");
    parameters.push(category);
  }
  if (threadId !== undefined) {
    parts.push("r.thread_id = ?");
    parameters.push(threadId);
  }
  return { sql: parts.join(" AND "), parameters };
}

/** The columns of a HeldRow, read from a row `r` of the source. */
export function heldColumns(source: HeldSource): string {
  return `r.${source.id} AS rowId, r.id AS "order", r.key, r.version, r.value_text AS text, r.speaker, r.thread_id AS threadId,
    r.valid_from AS validFromMs, r.confidence`;
}

/** Reads the rows with these ids that may be returned, in the order of the ids. */
export function readHeld(
  reader: Reader,
  source: HeldSource,
  filter: HeldFilter,
  rowIds: readonly number[],
): readonly HeldRow[] {
  const { sql, parameters } = heldCondition(filter);
  const statement = `SELECT ${heldColumns(source)} FROM ${source.table} AS r WHERE r.${source.id} = ? AND ${sql}`;
  return rowIds
    .map((rowId) => reader.get<HeldRow>(statement, rowId, ...parameters))
    .filter((row): row is HeldRow => row !== undefined);
}

/** Reads the belief of one key that holds at the moment, when it may be returned and says this version. */
export function readHeldKey(
  reader: Reader,
  sources: readonly HeldSource[],
  filter: HeldFilter,
  key: string,
): HeldRow | undefined {
  const { sql, parameters } = heldCondition(filter);
  for (const source of sources) {
    const row = reader.get<HeldRow>(
      `SELECT ${heldColumns(source)} FROM ${source.table} AS r WHERE ${sql} AND r.key = ? LIMIT 1`,
      ...parameters,
      key,
    );
    if (row !== undefined) return row;
  }
  return undefined;
}
