import type { Unit } from "@kingly/sqlite";
import type { AsOf, ReadFrom, Sight } from "./as-of.ts";
import { atomically } from "./atomically.ts";
import { runBeliefs } from "./belief-tables.ts";
import { assertBelief, lastVersion, patchBeliefs } from "./beliefs.ts";
import type { Thing } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkId, checkShare, checkText } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { heldOne, heldPage } from "./held.ts";
import { changeInterval } from "./interval.ts";
import type { Validity } from "./interval.ts";
import { canonicalJson } from "./json.ts";
import type { JsonLimits } from "./json.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Refusal, Result } from "./result.ts";
import { retractThing } from "./retract-thing.ts";
import { toRun } from "./run.ts";
import type { Run, RunInput, RunPatch } from "./run.ts";
import type { RunRow } from "./store-tables.ts";

/** Which runs a list holds. */
export interface RunListOptions extends PageOptions {
  readonly status?: string;
  readonly asOf?: AsOf;
}

/** The runs of all workspaces (table `workflows`); every call names its workspace. */
export interface Runs {
  /** Creates a run with `run_described` and `status_update`. The same id again returns the present one unchanged. [S19] */
  create(unit: Unit, input: RunInput, cause: Cause): Run;
  /** Writes a new version. `status_update` follows when status or progress changed; equal values change nothing. [S19] */
  update(
    unit: Unit,
    workspaceId: string,
    id: string,
    patch: RunPatch & Validity,
    cause: Cause,
  ): Result<Run, "not_found">;
  /** Ends what is believed of the run in the interval (from now on, unless told otherwise). False when nothing was. [S32] */
  retract(unit: Unit, workspaceId: string, id: string, validity: Validity, cause: Cause): boolean;
  /** Returns what holds now, or as of a moment. Pass the unit to see its own changes. [S34] */
  get(workspaceId: string, id: string, from?: ReadFrom): Run | undefined;
  /** Returns a page, newest first. Throws StoreError BAD_CURSOR. [S13] [S35] */
  list(workspaceId: string, options?: RunListOptions): Promise<Page<Run>>;
}

/** Creates the runs over the store's tables. */
export function createRuns(deps: Sight & { readonly events: EventLog; readonly limits: JsonLimits }): Runs {
  const { events, limits } = deps;
  const thingOf = (workspaceId: string, id: string): Thing => ({ workspace_id: workspaceId, id });
  const held = (workspaceId: string, id: string, from?: ReadFrom): RunRow | undefined =>
    heldOne<RunRow>(deps, runBeliefs, thingOf(workspaceId, id), from);
  /** The row of a run, whether it is held now or not. */
  const read = (unit: Unit, workspaceId: string, id: string): RunRow | undefined =>
    unit.get<RunRow>(runBeliefs.sql.current, workspaceId, id);
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
      const { workspaceId, id } = input;
      const present = held(workspaceId, id, unit);
      if (present !== undefined) return toRun(present);
      checkId(id, "id");
      checkId(input.workflowId, "workflowId");
      checkText(input.title, "title", 1, 1024);
      const columns = patchColumns(input);
      return atomically(unit, () => {
        const { atMs } = events.nextChange(unit, workspaceId);
        // A run that was retracted begins again as its next version; what it runs stays what it was.
        const former = read(unit, workspaceId, id);
        const told = {
          state: "null",
          context: "{}",
          status: "queued",
          progress: 0,
          ...columns,
          workflow_id: input.workflowId,
          name: input.title,
          definition: canonicalJson(input.definition, "definition", limits),
          steps: canonicalJson(input.steps ?? null, "steps", limits),
          version: lastVersion(unit, runBeliefs, thingOf(workspaceId, id)) + 1,
          created_at: former?.created_at ?? atMs,
          updated_at: atMs,
        };
        assertBelief(unit, runBeliefs, thingOf(workspaceId, id), told, { fromMs: atMs, toMs: forever }, atMs);
        const run = toRun(held(workspaceId, id, unit) as RunRow);
        const payload = { run_id: run.id, workflow_id: run.workflowId, title: run.title, steps: input.steps };
        const event = { eventType: "run_described", entityType: "run", entityId: run.id, payload };
        events.append(unit, run.workspaceId, event, cause);
        announceStatus(unit, run, cause);
        return run;
      });
    },

    update(unit, workspaceId, id, patch, cause) {
      const columns = patchColumns(patch);
      const before = held(workspaceId, id, unit);
      if (before === undefined && read(unit, workspaceId, id) === undefined) return notFound(id);
      const { atMs } = events.nextChange(unit, workspaceId);
      const interval = changeInterval(patch, atMs);
      return atomically(unit, () => {
        const { met, changed } = patchBeliefs(unit, runBeliefs, thingOf(workspaceId, id), columns, interval, atMs);
        const after: RunRow | undefined = held(workspaceId, id, unit) ?? read(unit, workspaceId, id);
        if (met === 0 || after === undefined) return notFound(id);
        const run = toRun(after);
        if (after.status !== before?.status || after.progress !== before.progress) announceStatus(unit, run, cause);
        else if (changed > 0) events.noteChange(unit, workspaceId, atMs);
        return { ok: true, value: run };
      });
    },

    retract(unit, workspaceId, id, validity, cause) {
      const told = { eventType: "run_retracted", entityType: "run", entityId: id, named: "run_id" };
      const retraction = { table: runBeliefs, thing: thingOf(workspaceId, id), workspaceId, ...told };
      return retractThing(unit, events, retraction, validity, cause);
    },

    get(workspaceId, id, from) {
      const row = held(workspaceId, id, from);
      return row === undefined ? undefined : toRun(row);
    },

    async list(workspaceId, options = {}) {
      const where = options.status === undefined ? [] : [["status", options.status] as const];
      return heldPage<RunRow, Run>(deps, runBeliefs, workspaceId, options, where, toRun);
    },
  };
}

function notFound(id: string): { readonly ok: false; readonly error: Refusal<"not_found"> } {
  const message = `There is no run ${JSON.stringify(id)} in this workspace.`;
  return { ok: false, error: { code: "not_found", message, hint: "Check the id, or create the run first." } };
}
