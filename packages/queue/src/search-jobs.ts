import type { Database } from "@kingly/sqlite";
import type { JobRecord, JobStatus } from "./job.ts";
import { QueueError } from "./queue-error.ts";
import { checkWhole } from "./queue-options.ts";
import { jobColumns, toRecord } from "./read-jobs.ts";
import type { JobRow } from "./read-jobs.ts";

/** What to search for: every word must be in payload, result or error; the last one may be a beginning. */
export interface JobSearch {
  /** 1 to 200 signs, taken as words; no operators. */
  readonly text: string;
  readonly status?: JobStatus | undefined;
  readonly type?: string | undefined;
  readonly workspaceId?: string | undefined;
  /** 1 to 200. @default 50 */
  readonly limit?: number | undefined;
}

const maxWords = 12;
// Newest first, and of those at most so many are looked at: a word that is everywhere costs no more than a rare one.
const maxHits = 2000;

const searchSql = `SELECT ${jobColumns} FROM
    (SELECT rowid AS hit FROM job_search WHERE job_search MATCH ? ORDER BY rowid DESC LIMIT ${maxHits})
  JOIN job_queue ON id = hit
  WHERE status = coalesce(?, status) AND job_type = coalesce(?, job_type) AND workspace_id IS coalesce(?, workspace_id)
  ORDER BY id DESC LIMIT ?`;

/** Finds jobs by words of their payload, result or error, newest first. Throws NOT_SEARCHED, BAD_OPTION. [Q45] */
export function searchJobs(database: Database, search: JobSearch): JobRecord[] {
  const limit = search.limit ?? 50;
  checkWhole("limit", limit, 1, 200);
  if (search.text.length < 1 || search.text.length > 200) {
    throw new QueueError("BAD_OPTION", `text must have 1 to 200 signs, not ${search.text.length}.`);
  }
  const words = search.text.match(/[\p{L}\p{N}_]+/gu)?.slice(0, maxWords) ?? [];
  if (words.length === 0) return [];
  // Quoted, so that no word is an operator.
  const match = `${words.map((word) => `"${word}"`).join(" ")} *`;
  const rows = database.all<JobRow>(
    searchSql,
    match,
    search.status ?? null,
    search.type ?? null,
    search.workspaceId ?? null,
    limit,
  );
  return rows.map(toRecord);
}
