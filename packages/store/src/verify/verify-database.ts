import type { Database } from "@kingly/sqlite";
import type { LogAnchorRow, WorkspaceRow } from "../store-tables.ts";
import { watchedTables } from "../watched-tables.ts";
import { checkBeliefs, checkMemoryValues } from "./check-beliefs.ts";
import { checkCounts, checkFile, checkSchema, checkWords } from "./check-file.ts";
import { checkLog } from "./check-log.ts";
import { checkVectors } from "./check-vectors.ts";
import { createFindings, restoreHint } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** How far a verification is. */
export interface VerifyProgress {
  /** What is checked now: `file`, `schema`, `log`, `beliefs`, `words`, `vectors`, `counts`. */
  readonly check: string;
  /** The workspace or table that it is about. */
  readonly of?: string;
}

/** What was found, and how much was looked at. */
export interface VerifyReport {
  /** True when nothing was found. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly events: number;
  readonly workspaces: number;
  /** Rows that no seal protects: changed by another program, and not changed by this one since. */
  readonly unsealed: number;
}

/** Verifies the store in an open database: everything is recomputed and compared. Blocks; meant for copies. [S102]
 *
 * A check that cannot even read is a finding, and the others go on. */
export async function verifyDatabase(
  database: Database,
  options: { readonly onProgress?: (progress: VerifyProgress) => void } = {},
): Promise<VerifyReport> {
  const findings = createFindings();
  const attempt = async (check: string, of: string | undefined, work: () => unknown): Promise<void> => {
    options.onProgress?.(of === undefined ? { check } : { check, of });
    try {
      await work();
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const table = of === undefined ? {} : { table: of };
      findings.add({
        code: "FILE_DAMAGED",
        message: `Checking ${check} ${of ?? ""} failed: ${why}`,
        hint: restoreHint,
        ...table,
      });
    }
  };
  let events = 0;
  let unsealed = 0;
  let workspaces: readonly WorkspaceRow[] = [];
  const log = new Map<string, { times: Float64Array; sinceMs: number }>();

  await attempt("file", undefined, () => checkFile(database, findings));
  await attempt("schema", undefined, () => checkSchema(database, findings));
  await attempt("log", undefined, () => {
    workspaces = database.all<WorkspaceRow>("SELECT * FROM workspaces ORDER BY row_id");
  });
  for (const workspace of workspaces) {
    await attempt("log", workspace.id, () => {
      const times = checkLog(database, workspace, findings);
      const anchor = database.get<LogAnchorRow>("SELECT * FROM log_anchors WHERE workspace_id = ?", workspace.id);
      events += times.length;
      log.set(workspace.id, { times, sinceMs: anchor?.through_at ?? 0 });
    });
  }
  for (const watched of watchedTables) {
    await attempt("beliefs", watched.table.name, () => {
      unsealed += checkBeliefs(database, watched, log, findings);
    });
  }
  await attempt("beliefs", "memory", () => checkMemoryValues(database, findings));
  await attempt("words", undefined, () => checkWords(database, findings));
  await attempt("vectors", undefined, () => checkVectors(database, findings));
  await attempt("counts", undefined, () => checkCounts(database, findings));
  const all = findings.all();
  return { ok: all.length === 0, findings: all, events, workspaces: workspaces.length, unsealed };
}
