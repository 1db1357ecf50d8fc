import type { Moment } from "./beliefs.ts";
import { StoreError } from "./store-error.ts";

/** One page of a list, newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The cursor of the next page, or null at the end. */
  readonly next: string | null;
}

/** Which page. */
export interface PageOptions {
  /** Rows per page, 1 to 200; more counts as 200. @default 50 */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

/** Where a page begins: after this row, and as of the moment that the first page was read at. */
export interface PageStart {
  readonly atMs: number;
  readonly id: string;
  readonly moment?: Moment;
}

/** Returns the rows of a page: a whole number from 1 to 200. */
export function pageLimit(limit: number | undefined): number {
  if (limit === undefined || Number.isNaN(limit)) return 50;
  return Math.min(Math.max(1, Math.floor(limit)), 200);
}

/** Reads a cursor; throws StoreError BAD_CURSOR when no list made it. [S13] */
export function readCursor(cursor: string | undefined): PageStart | undefined {
  if (cursor === undefined) return undefined;
  const read = /^(?:(\d{1,16}),(\d{1,16}),)?(\d{1,16})~(.{1,512})$/s.exec(Buffer.from(cursor, "base64url").toString());
  const [, validMs, systemMs, atMs, id] = read ?? [];
  if (atMs === undefined || id === undefined) {
    const message = `cursor got ${JSON.stringify(cursor.slice(0, 80))}. Expected the "next" of a former page of this list.`;
    throw new StoreError("BAD_CURSOR", message);
  }
  const start = { atMs: Number(atMs), id };
  if (validMs === undefined || systemMs === undefined) return start;
  return { ...start, moment: { validMs: Number(validMs), systemMs: Number(systemMs) } };
}

/** Makes a page of up to `limit` rows out of `limit + 1` rows that were read. */
export function toPage<Row, T>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => T,
  toStart: (row: Row) => PageStart,
): Page<T> {
  const last = rows[limit - 1];
  const more = rows.length > limit && last !== undefined;
  return { items: rows.slice(0, limit).map((row) => toItem(row)), next: more ? writeCursor(toStart(last)) : null };
}

/** Writes the cursor of the page that begins after `start`. */
export function writeCursor(start: PageStart): string {
  const { moment } = start;
  const from = moment === undefined ? "" : `${moment.validMs},${moment.systemMs},`;
  return Buffer.from(`${from}${start.atMs}~${start.id}`).toString("base64url");
}
