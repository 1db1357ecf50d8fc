import type { Unit } from "@kingly/sqlite";
import type { AsOf, ReadFrom, Sight } from "./as-of.ts";
import { atomically } from "./atomically.ts";
import { taskBeliefs } from "./belief-tables.ts";
import { assertBelief, lastVersion, patchBeliefs } from "./beliefs.ts";
import type { Thing } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkId, checkShare, checkTimeMs, refused } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { heldOne, heldPage } from "./held.ts";
import { changeInterval } from "./interval.ts";
import type { Validity } from "./interval.ts";
import type { JsonLimits } from "./json.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import type { Refusal, Result } from "./result.ts";
import { retractThing } from "./retract-thing.ts";
import { StoreError } from "./store-error.ts";
import type { TaskRow } from "./store-tables.ts";
import { taskColumns, taskDefaults } from "./task-columns.ts";
import { isTaskStatus, progressIn, taskStates } from "./task-states.ts";
import type { TaskStatus } from "./task-states.ts";
import { toTask } from "./task.ts";
import type { Task, TaskFields, TaskInput } from "./task.ts";

/** Which tasks a list holds. */
export interface TaskListOptions extends PageOptions {
  readonly status?: TaskStatus;
  /** Only the children of this task; null for those without a parent. */
  readonly parentId?: string | null;
  readonly projectId?: string;
  readonly asOf?: AsOf;
}

/** The tasks of all workspaces; every call names its workspace. */
export interface Tasks {
  /** Creates a task with `task_described` and `status_update`. The same id again returns the present one unchanged. [S14] */
  create(unit: Unit, input: TaskInput, cause: Cause): Task;
  /** Changes fields (never the status): a new version and `task_described`. Equal values change nothing. [S17] [S31] */
  update(
    unit: Unit,
    workspaceId: string,
    id: string,
    patch: TaskFields & Validity,
    cause: Cause,
  ): Result<Task, "not_found">;
  /** Ends what is believed of the task in the interval (from now on, unless told otherwise). False when nothing was. [S32] */
  retract(unit: Unit, workspaceId: string, id: string, validity: Validity, cause: Cause): boolean;
  /** Moves a task to a state that its present one allows, with `status_update`. [S15] [S16] */
  transition(
    unit: Unit,
    workspaceId: string,
    id: string,
    status: TaskStatus,
    options: { readonly progress?: number },
    cause: Cause,
  ): Result<Task, "not_found" | "bad_transition">;
  /** Returns what holds now, or as of a moment. Pass the unit to see its own changes. [S34] */
  get(workspaceId: string, id: string, from?: ReadFrom): Task | undefined;
  /** Returns a page, newest first. Throws StoreError BAD_CURSOR. [S13] */
  list(workspaceId: string, options?: TaskListOptions): Promise<Page<Task>>;
  /** Returns up to `limit` (1 to 200) tasks that share words with the text, best first. Never throws for a text. [S25] */
  search(workspaceId: string, text: string, limit?: number, asOf?: AsOf): readonly Task[];
}

/** Creates the tasks over the store's tables; they are searched by `createReadRooms`. */
export function createTasks(
  deps: Sight & { readonly events: EventLog; readonly limits: JsonLimits },
): Omit<Tasks, "search"> {
  const { events } = deps;
  const thingOf = (workspaceId: string, id: string): Thing => ({ workspace_id: workspaceId, id });
  /** The row of a task, whether it is held now or not. */
  const read = (reader: Reader, workspaceId: string, id: string): TaskRow | undefined =>
    reader.get<TaskRow>(taskBeliefs.sql.current, workspaceId, id);
  const held = (workspaceId: string, id: string, from?: ReadFrom): TaskRow | undefined =>
    heldOne<TaskRow>(deps, taskBeliefs, thingOf(workspaceId, id), from);
  const reread = (unit: Unit, workspaceId: string, id: string): Task =>
    toTask(held(workspaceId, id, unit) ?? (read(unit, workspaceId, id) as TaskRow));

  const describe = (unit: Unit, task: Task, cause: Cause): void => {
    const payload = {
      task_id: task.id,
      title: task.title,
      parent_id: task.parentId ?? undefined,
      intent_type: task.intentType ?? undefined,
      complexity: task.complexity,
    };
    const event = { eventType: "task_described", entityType: "task", entityId: task.id, payload };
    events.append(unit, task.workspaceId, event, cause);
  };
  const announceStatus = (unit: Unit, task: Task, cause: Cause): void => {
    const payload = { entity_id: task.id, status: task.status, progress: task.progress };
    const event = { eventType: "status_update", entityType: "task", entityId: task.id, payload };
    events.append(unit, task.workspaceId, event, cause);
  };
  const checkReferences = (unit: Unit, workspaceId: string, id: string, columns: Partial<TaskRow>): void => {
    const { parent_id: parentId, project_id: projectId } = columns;
    if (typeof projectId === "string") {
      const found = unit.get("SELECT 1 FROM projects WHERE workspace_id = ? AND id = ?", workspaceId, projectId);
      if (found === undefined) throw unknownReference("projectId", projectId);
    }
    if (typeof parentId !== "string") return;
    if (read(unit, workspaceId, parentId) === undefined) throw unknownReference("parentId", parentId);
    const circle = unit.get(
      `WITH RECURSIVE above (id) AS (
         SELECT ? UNION SELECT t.parent_id FROM tasks AS t JOIN above ON t.id = above.id
         WHERE t.workspace_id = ? AND t.parent_id IS NOT NULL
       ) SELECT 1 FROM above WHERE id = ?`,
      parentId,
      workspaceId,
      id,
    );
    if (circle !== undefined) throw refused("parentId", parentId, "a task that is not the task itself or below it");
  };

  return {
    create(unit, input, cause) {
      const { workspaceId, id } = input;
      const present = held(workspaceId, id, unit);
      if (present !== undefined) return toTask(present);
      checkId(id, "id");
      const status = input.status ?? "queued";
      if (!isTaskStatus(status)) throw refused("status", status, `one of ${Object.keys(taskStates).join(", ")}`);
      const columns = taskColumns(input, deps.limits);
      const progress = checkShare(input.progress ?? progressIn(status, 0), "progress");
      return atomically(unit, () => {
        const { atMs, rowId } = events.nextChange(unit, workspaceId);
        const bornMs = checkTimeMs(input.createdAtMs ?? atMs, "createdAtMs");
        if (bornMs > atMs) throw refused("createdAtMs", bornMs, `a time that is not later than now (${atMs})`);
        checkReferences(unit, workspaceId, id, columns);
        // A task that was retracted, or is over, begins again as its next version.
        const former = read(unit, workspaceId, id);
        const told = { ...taskDefaults, ...columns, status, progress, updated_at: atMs };
        const first = former ?? { row_id: rowId, created_at: bornMs };
        const version = lastVersion(unit, taskBeliefs, thingOf(workspaceId, id)) + 1;
        const row = { ...told, row_id: first.row_id, created_at: first.created_at, version };
        assertBelief(unit, taskBeliefs, thingOf(workspaceId, id), row, { fromMs: bornMs, toMs: forever }, atMs);
        const task = reread(unit, workspaceId, id);
        describe(unit, task, cause);
        announceStatus(unit, task, cause);
        return task;
      });
    },

    update(unit, workspaceId, id, patch, cause) {
      const row = read(unit, workspaceId, id);
      if (row === undefined) return notFound(id);
      const columns = taskColumns(patch, deps.limits);
      const { atMs } = events.nextChange(unit, workspaceId);
      const interval = changeInterval(patch, atMs);
      return atomically(unit, () => {
        checkReferences(unit, workspaceId, id, changed(row, columns));
        const { met, changed: count } = patchBeliefs(
          unit,
          taskBeliefs,
          thingOf(workspaceId, id),
          columns,
          interval,
          atMs,
        );
        if (met === 0) return notFound(id);
        const task = reread(unit, workspaceId, id);
        if (count > 0) describe(unit, task, cause);
        return { ok: true, value: task };
      });
    },

    transition(unit, workspaceId, id, status, options, cause) {
      const row = held(workspaceId, id, unit);
      if (row === undefined) return notFound(id);
      const from = row.status as TaskStatus;
      const progress = checkShare(
        options.progress ?? (status === from ? row.progress : progressIn(status, row.progress)),
        "progress",
      );
      if (status === from && progress === row.progress) return { ok: true, value: toTask(row) };
      const isReport = status === from && from !== "completed" && from !== "failed" && from !== "cancelled";
      if (!isReport && !taskStates[from].includes(status)) return badTransition(id, from, status);
      return atomically(unit, () => {
        const { atMs } = events.nextChange(unit, workspaceId);
        const interval = { fromMs: atMs, toMs: forever };
        patchBeliefs(unit, taskBeliefs, thingOf(workspaceId, id), { status, progress }, interval, atMs);
        const task = reread(unit, workspaceId, id);
        announceStatus(unit, task, cause);
        return { ok: true, value: task };
      });
    },

    retract(unit, workspaceId, id, validity, cause) {
      const told = { eventType: "task_retracted", entityType: "task", entityId: id, named: "task_id" };
      const retraction = { table: taskBeliefs, thing: thingOf(workspaceId, id), workspaceId, ...told };
      return retractThing(unit, events, retraction, validity, cause);
    },

    get(workspaceId, id, from) {
      const row = held(workspaceId, id, from);
      return row === undefined ? undefined : toTask(row);
    },

    async list(workspaceId, options = {}) {
      const { status, parentId, projectId } = options;
      return heldPage<TaskRow, Task>(
        deps,
        taskBeliefs,
        workspaceId,
        options,
        [
          ...(status === undefined ? [] : [["status", status] as const]),
          ...(parentId === undefined ? [] : [["parent_id", parentId] as const]),
          ...(projectId === undefined ? [] : [["project_id", projectId] as const]),
        ],
        toTask,
      );
    },
  };
}

function changed(row: TaskRow, columns: Partial<TaskRow>): Partial<TaskRow> {
  const before: Readonly<Record<string, unknown>> = { ...row };
  return Object.fromEntries(Object.entries(columns).filter(([column, value]) => before[column] !== value));
}

function unknownReference(field: string, id: string): StoreError {
  const message = `${field} got ${JSON.stringify(id)}, which is not in this workspace. Create it first, or leave it out.`;
  return new StoreError("UNKNOWN_REFERENCE", message);
}

function notFound(id: string): { readonly ok: false; readonly error: Refusal<"not_found"> } {
  const message = `There is no task ${JSON.stringify(id)} in this workspace.`;
  return { ok: false, error: { code: "not_found", message, hint: "Check the id, or create the task first." } };
}

function badTransition(
  id: string,
  from: TaskStatus,
  to: TaskStatus,
): { readonly ok: false; readonly error: Refusal<"bad_transition"> } {
  const allowed = taskStates[from];
  const hint = allowed.length === 0 ? `${from} is final; create a new task.` : `From ${from}: ${allowed.join(", ")}.`;
  return {
    ok: false,
    error: { code: "bad_transition", message: `Task ${id} cannot go from ${from} to ${to}.`, hint },
  };
}
