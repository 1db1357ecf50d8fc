import type { Database, Unit } from "@kingly/sqlite";
import { afterStart } from "./after-start.ts";
import { atomically } from "./atomically.ts";
import { taskBeliefs } from "./belief-tables.ts";
import { assertBelief, lastVersion } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkId, checkShare, checkTimeMs, refused } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import type { JsonLimits } from "./json.ts";
import { pageLimit, readCursor, toPage } from "./page.ts";
import type { Page, PageOptions } from "./page.ts";
import type { RankedSearch } from "./ranked-search.ts";
import type { Reader } from "./reader.ts";
import type { Refusal, Result } from "./result.ts";
import { StoreError } from "./store-error.ts";
import type { StoreTables, TaskRow } from "./store-tables.ts";
import { taskColumns } from "./task-columns.ts";
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
}

/** The tasks of all workspaces; every call names its workspace. */
export interface Tasks {
  /** Creates a task with `task_described` and `status_update`. The same id again returns the present one unchanged. [S14] */
  create(unit: Unit, input: TaskInput, cause: Cause): Task;
  /** Changes fields (never the status): a new version and `task_described`. Equal values change nothing. [S17] */
  update(unit: Unit, workspaceId: string, id: string, patch: TaskFields, cause: Cause): Result<Task, "not_found">;
  /** Moves a task to a state that its present one allows, with `status_update`. [S15] [S16] */
  transition(
    unit: Unit,
    workspaceId: string,
    id: string,
    status: TaskStatus,
    options: { readonly progress?: number },
    cause: Cause,
  ): Result<Task, "not_found" | "bad_transition">;
  /** Returns the current version. Pass the unit to see its own changes. */
  get(workspaceId: string, id: string, reader?: Reader): Task | undefined;
  /** Returns a page, newest first. Throws StoreError BAD_CURSOR. [S13] */
  list(workspaceId: string, options?: TaskListOptions): Promise<Page<Task>>;
  /** Returns up to `limit` (1 to 200) tasks that share words with the text, best first. Never throws for a text. [S25] */
  search(workspaceId: string, text: string, limit?: number): readonly Task[];
}

/** Creates the tasks over the store's tables. */
export function createTasks(deps: {
  readonly database: Database;
  readonly events: EventLog;
  readonly search: RankedSearch;
  readonly limits: JsonLimits;
}): Tasks {
  const { database, events } = deps;
  const read = (reader: Reader, workspaceId: string, id: string): TaskRow | undefined =>
    reader.get<TaskRow>("SELECT * FROM tasks WHERE workspace_id = ? AND id = ?", workspaceId, id);
  const reread = (unit: Unit, row: { workspace_id: string; id: string }): Task =>
    toTask(read(unit, row.workspace_id, row.id) as TaskRow);

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
  const newVersion = (unit: Unit, row: TaskRow, columns: Partial<TaskRow>): Task => {
    const { atMs } = events.nextChange(unit, row.workspace_id);
    const thing = { workspace_id: row.workspace_id, id: row.id };
    const version = lastVersion(unit, taskBeliefs, thing) + 1;
    const told = { ...row, ...columns, version, updated_at: atMs };
    assertBelief(unit, taskBeliefs, thing, told, { fromMs: atMs, toMs: forever }, atMs);
    return reread(unit, row);
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
      const present = read(unit, input.workspaceId, input.id);
      if (present !== undefined) return toTask(present);
      checkId(input.id, "id");
      const status = input.status ?? "queued";
      if (!isTaskStatus(status)) throw refused("status", status, `one of ${Object.keys(taskStates).join(", ")}`);
      const columns = taskColumns(input, deps.limits);
      const progress = checkShare(input.progress ?? progressIn(status, 0), "progress");
      return atomically(unit, () => {
        const { atMs, rowId } = events.nextChange(unit, input.workspaceId);
        const bornMs = checkTimeMs(input.createdAtMs ?? atMs, "createdAtMs");
        if (bornMs > atMs) throw refused("createdAtMs", bornMs, `a time that is not later than now (${atMs})`);
        checkReferences(unit, input.workspaceId, input.id, columns);
        const thing = { workspace_id: input.workspaceId, id: input.id };
        const told = { ...columns, row_id: rowId, status, progress, created_at: bornMs, updated_at: atMs };
        assertBelief(unit, taskBeliefs, thing, told, { fromMs: bornMs, toMs: forever }, atMs);
        const task = reread(unit, thing);
        describe(unit, task, cause);
        announceStatus(unit, task, cause);
        return task;
      });
    },

    update(unit, workspaceId, id, patch, cause) {
      const row = read(unit, workspaceId, id);
      if (row === undefined) return notFound(id);
      const columns = changed(row, taskColumns(patch, deps.limits));
      if (Object.keys(columns).length === 0) return { ok: true, value: toTask(row) };
      return atomically(unit, () => {
        checkReferences(unit, workspaceId, id, columns);
        const task = newVersion(unit, row, columns);
        describe(unit, task, cause);
        return { ok: true, value: task };
      });
    },

    transition(unit, workspaceId, id, status, options, cause) {
      const row = read(unit, workspaceId, id);
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
        const task = newVersion(unit, row, { status, progress });
        announceStatus(unit, task, cause);
        return { ok: true, value: task };
      });
    },

    get(workspaceId, id, reader = database) {
      const row = read(reader, workspaceId, id);
      return row === undefined ? undefined : toTask(row);
    },

    async list(workspaceId, options = {}) {
      const limit = pageLimit(options.limit);
      const { status, parentId, projectId } = options;
      let query = database
        .kysely<StoreTables>()
        .selectFrom("tasks")
        .selectAll()
        .where("workspace_id", "=", workspaceId)
        .where(afterStart(readCursor(options.cursor)))
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (status !== undefined) query = query.where("status", "=", status);
      if (projectId !== undefined) query = query.where("project_id", "=", projectId);
      if (parentId === null) query = query.where("parent_id", "is", null);
      else if (parentId !== undefined) query = query.where("parent_id", "=", parentId);
      return toPage(await query.execute(), limit, toTask, (row) => ({ atMs: row.created_at, id: row.id }));
    },

    search: (workspaceId, text, limit = 20) =>
      deps.search<TaskRow>("tasks", workspaceId, text, limit).map((row) => toTask(row)),
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
