import type { SqlValue } from "@kingly/sqlite";
import type { BeliefTable } from "../belief-table.ts";
import { forever } from "../forever.ts";
import { readCursor } from "../page.ts";
import type { PageOptions, PageStart } from "../page.ts";
import type { GraphView } from "./entity-reads.ts";
import { viewGraph } from "./graph-deps.ts";
import type { GraphReadDeps, GraphReadOptions } from "./graph-deps.ts";

/** Opens the view of a page; all pages of a list that asks for a moment tell of the moment of the first. [S13] [S55] */
export function viewPage(
  deps: GraphReadDeps,
  workspaceId: string,
  options: GraphReadOptions & PageOptions,
): {
  readonly view: GraphView;
  readonly start: PageStart | undefined;
  readonly toStart: (row: { readonly created_at: number; readonly id: string }) => PageStart;
} {
  const start = readCursor(options.cursor);
  const asOf = options.asOf === undefined ? undefined : (start?.moment ?? options.asOf);
  const { reader = deps.database } = options;
  const view = viewGraph(deps, workspaceId, asOf === undefined ? { reader } : { reader, asOf });
  const pinned = asOf === undefined ? {} : { moment: view.moment };
  return { view, start, toStart: (row) => ({ atMs: row.created_at, id: row.id, ...pinned }) };
}

/** Reads up to `limit` things held at the view's moment, newest first, after `start`. [S13] [S55]
 *
 * `also` narrows them: a condition on `r`, and its values. Current rows are walked in the order of the page. */
export function readNewest<R>(
  view: GraphView,
  table: BeliefTable,
  page: { readonly limit: number; readonly start: PageStart | undefined },
  also: { readonly condition: string; readonly values: readonly SqlValue[] } = { condition: "TRUE", values: [] },
): readonly R[] {
  const { validMs, systemMs } = view.moment;
  const columns = [...table.thing, ...table.columns, "valid_from", "valid_to", "sys_from", "sys_to"]
    .map((column) => `r.${column}`)
    .join(", ");
  const [at, id] = table.newest;
  const order = `${at} DESC, ${id} DESC`;
  const after = page.start === undefined ? "TRUE" : `(r.${at}, r.${id}) < (?, ?)`;
  const arm = (source: string, held: string): string =>
    `SELECT * FROM (SELECT ${columns} FROM ${source} AS r WHERE r.workspace_id = ? AND ${after} AND ${also.condition}
     AND r.valid_from <= ? AND r.valid_to > ? AND r.sys_from <= ? ${held} ORDER BY ${order} LIMIT ?)`;
  const shared = [
    view.workspaceId,
    ...(page.start === undefined ? [] : [page.start.atMs, page.start.id]),
    ...also.values,
    validMs,
    validMs,
    systemMs,
  ];
  const arms = [arm(table.name, ""), arm(`${table.name}_history`, `AND r.sys_to = ${forever}`)];
  const values: SqlValue[] = [...shared, page.limit, ...shared, page.limit];
  if (!view.isNow) {
    arms.push(arm(`${table.name}_history`, `AND r.sys_to < ${forever} AND r.sys_to > ?`));
    values.push(...shared, systemMs, page.limit);
  }
  return view.reader.all<R>(`${arms.join(" UNION ALL ")} ORDER BY ${order} LIMIT ?`, ...values, page.limit);
}
