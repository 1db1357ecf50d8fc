import type { Database, Unit } from "@kingly/sqlite";
import { afterStart } from "./after-start.ts";
import { atomically } from "./atomically.ts";
import { runBeliefs } from "./belief-tables.ts";
import { assertBelief, lastVersion } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkId, checkShare, checkText } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { canonicalJson } from "./json.ts";
import type { JsonLimits } from "./json.ts";
import { pageLimit, readCursor, toPage } from "./page.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import type { Result } from "./result.ts";
import { toRun } from "./run.ts";
import type { Run, RunInput, RunPatch } from "./run.ts";
import type { RunRow, StoreTables } from "./store-tables.ts";

/** The runs of all workspaces (table `workflows`); every call names its workspace. */
export interface Runs {
  /** Creates a run with `run_described` and `status_update`. The same id again returns the present one unchanged. [S19] */
  create(unit: Unit, input: RunInput, cause: Cause): Run;
  /** Writes a new version. `status_update` follows when status or progress changed; equal values change nothing. [S19] */
  update(unit: Unit, workspaceId: string, id: string, patch: RunPatch, cause: Cause): Result<Run, "not_found">;
  get(workspaceId: string, id: string, reader?: Reader): Run | undefined;
  /** Returns a page, newest first. Throws StoreError BAD_CURSOR. [S13] */
  list(workspaceId: string, options?: PageOptions & { readonly status?: string }): Promise<Page<Run>>;
}

/** Creates the runs over the store's tables. */
export function createRuns(deps: {
  readonly database: Database;
  readonly events: EventLog;
  readonly limits: JsonLimits;
}): Runs {
  const { database, events, limits } = deps;
  const read = (reader: Reader, workspaceId: string, id: string): RunRow | undefined =>
    reader.get<RunRow>("SELECT * FROM workflows WHERE workspace_id = ? AND id = ?", workspaceId, id);
  const announceStatus = (unit: Unit, run: Run, cause: Cause): void => {
    const payload = { entity_id: run.id, status: run.status, progress: run.progress };
    const event = { eventType: "status_update", entityType: "run", entityId: run.id, payload };
    events.append(unit, run.workspaceId, event, cause);
  };
  const patchColumns = (patch: RunPatch): Partial<RunRow> => ({
    ...(patch.state === undefined ? {} : { state: canonicalJson(patch.state, "state", limits) }),
    ...(patch.context === undefined ? {} : { context: canonicalJson(patch.context, "context", limits) }),
    ...(patch.status === undefined ? {} : { status: checkText(patch.status, "status", 1, 64) }),
    ...(patch.progress === undefined ? {} : { progress: checkShare(patch.progress, "progress") }),
  });

  return {
    create(unit, input, cause) {
      const present = read(unit, input.workspaceId, input.id);
      if (present !== undefined) return toRun(present);
      checkId(input.id, "id");
      checkId(input.workflowId, "workflowId");
      checkText(input.title, "title", 1, 1024);
      const columns = patchColumns(input);
      return atomically(unit, () => {
        const { atMs } = events.nextChange(unit, input.workspaceId);
        const told = {
          workflow_id: input.workflowId,
          name: input.title,
          definition: canonicalJson(input.definition, "definition", limits),
          steps: canonicalJson(input.steps ?? null, "steps", limits),
          ...columns,
          created_at: atMs,
          updated_at: atMs,
        };
        const thing = { workspace_id: input.workspaceId, id: input.id };
        assertBelief(unit, runBeliefs, thing, told, { fromMs: atMs, toMs: forever }, atMs);
        const run = toRun(read(unit, input.workspaceId, input.id) as RunRow);
        const payload = { run_id: run.id, workflow_id: run.workflowId, title: run.title, steps: input.steps };
        const event = { eventType: "run_described", entityType: "run", entityId: run.id, payload };
        events.append(unit, run.workspaceId, event, cause);
        announceStatus(unit, run, cause);
        return run;
      });
    },

    update(unit, workspaceId, id, patch, cause) {
      const row = read(unit, workspaceId, id);
      if (row === undefined) {
        const message = `There is no run ${JSON.stringify(id)} in this workspace.`;
        return { ok: false, error: { code: "not_found", message, hint: "Check the id, or create the run first." } };
      }
      const columns = patchColumns(patch);
      const next: RunRow = { ...row, ...columns };
      const isNews = next.status !== row.status || next.progress !== row.progress;
      if (!isNews && next.state === row.state && next.context === row.context) return { ok: true, value: toRun(row) };
      return atomically(unit, () => {
        const { atMs } = events.nextChange(unit, workspaceId);
        const thing = { workspace_id: workspaceId, id };
        const told = { ...next, version: lastVersion(unit, runBeliefs, thing) + 1, updated_at: atMs };
        assertBelief(unit, runBeliefs, thing, told, { fromMs: atMs, toMs: forever }, atMs);
        const run = toRun(read(unit, workspaceId, id) as RunRow);
        if (isNews) announceStatus(unit, run, cause);
        return { ok: true, value: run };
      });
    },

    get(workspaceId, id, reader = database) {
      const row = read(reader, workspaceId, id);
      return row === undefined ? undefined : toRun(row);
    },

    async list(workspaceId, options = {}) {
      const limit = pageLimit(options.limit);
      let query = database
        .kysely<StoreTables>()
        .selectFrom("workflows")
        .selectAll()
        .where("workspace_id", "=", workspaceId)
        .where(afterStart(readCursor(options.cursor)))
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (options.status !== undefined) query = query.where("status", "=", options.status);
      return toPage(await query.execute(), limit, toRun, (row) => ({ atMs: row.created_at, id: row.id }));
    },
  };
}
