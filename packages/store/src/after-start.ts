import { sql } from "kysely";
import type { RawBuilder, SqlBool } from "kysely";
import type { PageStart } from "./page.ts";

/** Makes the condition of a page that begins after `start` in a list ordered by `created_at` and `id`, both descending.
 *
 * A row comparison, so that the `*_newest` indexes are entered at the right place. [S13] */
export function afterStart(start: PageStart | undefined): RawBuilder<SqlBool> {
  return start === undefined ? sql`TRUE` : sql`(created_at, id) < (${start.atMs}, ${start.id})`;
}
