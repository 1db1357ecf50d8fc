import type { Reader } from "./reader.ts";

/** Row ids that one workspace may use: its number times this, plus the seq of the event that made the row. */
export const rowIdsPerWorkspace = 4_294_967_296;

/** Returns the first and last row id of a workspace's tasks and memories; undefined when there is no such workspace. [S26]
 *
 * The rows of a workspace lie side by side, so a full-text search walks its own rows and no others. BigInt, because
 * better-sqlite3 binds numbers as REAL and FTS5 takes no REAL as a bound of its rowid. */
export function workspaceRowIds(reader: Reader, workspaceId: string): readonly [bigint, bigint] | undefined {
  const row = reader.get<{ row_id: number }>("SELECT row_id FROM workspaces WHERE id = ?", workspaceId);
  if (row === undefined) return undefined;
  const first = BigInt(row.row_id) * BigInt(rowIdsPerWorkspace);
  return [first, first + BigInt(rowIdsPerWorkspace - 1)];
}
