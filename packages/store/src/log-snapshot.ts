import type { EventInput, EventLog, LogPosition } from "./event-log.ts";
import { unknownWorkspace } from "./event-log.ts";
import type { JsonObject } from "./json.ts";
import type { Memories } from "./memories.ts";
import type { Page } from "./page.ts";
import type { Projects } from "./projects.ts";
import { StoreError } from "./store-error.ts";
import type { Runs } from "./runs.ts";
import type { TaskRelationships } from "./task-relationships.ts";
import type { Tasks } from "./tasks.ts";

/** One page of what a new follower of a log needs, as events that it would have been told. */
export interface SnapshotPage {
  /** Where the log stood when the page was read. Go on after that of the first page: events may repeat what pages say. */
  readonly position: LogPosition;
  readonly events: readonly EventInput[];
  /** The cursor of the next page, or null at the end. */
  readonly next: string | null;
}

/** Returns the present state of a workspace as events: for a cursor before `low`, and for whoever begins. [S106] */
export type LogSnapshot = (workspaceId: string, cursor?: string) => Promise<SnapshotPage>;

const stages = ["projects", "tasks", "runs", "memory"] as const;

/** Creates the snapshot over the rooms' lists: it is what they say now, so nothing of it is kept or can be stale. */
export function createLogSnapshot(deps: {
  readonly events: EventLog;
  readonly projects: Projects;
  readonly tasks: Tasks;
  readonly relationships: TaskRelationships;
  readonly runs: Runs;
  readonly memory: Memories;
}): LogSnapshot {
  const status = (entityType: string, entityId: string, payload: JsonObject): EventInput => ({
    eventType: "status_update",
    entityType,
    entityId,
    payload,
  });
  const read: Record<
    (typeof stages)[number],
    (workspaceId: string, cursor: string | undefined) => Promise<Page<EventInput[]>>
  > = {
    projects: async (workspaceId, cursor) =>
      mapPage(await deps.projects.list(workspaceId, options(cursor)), ({ id, name }) => [
        described("project_described", "project", id, { project_id: id, title: name }),
      ]),
    tasks: async (workspaceId, cursor) =>
      mapPage(await deps.tasks.list(workspaceId, options(cursor)), (task) => [
        described("task_described", "task", task.id, {
          task_id: task.id,
          title: task.title,
          parent_id: task.parentId ?? undefined,
          intent_type: task.intentType ?? undefined,
          complexity: task.complexity,
        }),
        status("task", task.id, { entity_id: task.id, status: task.status, progress: task.progress }),
        // Each fact stands on two tasks and is told by one.
        ...deps.relationships
          .list(workspaceId, task.id)
          .filter(({ kind, taskId }) => kind === "blocks" || (kind === "relates_to" && task.id < taskId))
          .map(({ kind, taskId }) =>
            described("task_related", "task", task.id, { task_id: task.id, kind, other_id: taskId }),
          ),
      ]),
    runs: async (workspaceId, cursor) =>
      mapPage(await deps.runs.list(workspaceId, options(cursor)), (run) => [
        described("run_described", "run", run.id, {
          run_id: run.id,
          workflow_id: run.workflowId,
          title: run.title,
          ...(run.steps === null ? {} : { steps: run.steps }),
        }),
        status("run", run.id, { entity_id: run.id, status: run.status, progress: run.progress }),
      ]),
    memory: async (workspaceId, cursor) =>
      mapPage(
        await deps.memory.list(workspaceId, options(cursor)),
        ({ key, value, memoryType, updatedAtMs, semantic }) => [
          described("memory_stored", "memory", key, {
            key,
            value,
            type: memoryType,
            at: updatedAtMs,
            ...(semantic ? { semantic } : {}),
          }),
        ],
      ),
  };

  return async (workspaceId, cursor) => {
    const position = deps.events.position(workspaceId);
    if (position === undefined) throw unknownWorkspace(workspaceId);
    const [name = stages[0], ...rest] = cursor === undefined ? [] : cursor.split("~");
    const stage = stages.findIndex((known) => known === name);
    if (stage === -1)
      throw new StoreError(
        "BAD_CURSOR",
        `cursor got ${JSON.stringify(name.slice(0, 80))}. Expected the "next" of a former page.`,
      );
    const inner = rest.join("~");
    const page = await read[stages[stage] ?? "projects"](workspaceId, inner === "" ? undefined : inner);
    const following = stages[stage + 1];
    const next = page.next === null ? (following === undefined ? null : `${following}~`) : `${name}~${page.next}`;
    return { position, events: page.items.flat(), next };
  };
}

function described(eventType: string, entityType: string, entityId: string, payload: JsonObject): EventInput {
  return { eventType, entityType, entityId, payload };
}

function options(cursor: string | undefined): { readonly limit: number; readonly cursor?: string } {
  return { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
}

function mapPage<T>(page: Page<T>, toEvents: (item: T) => EventInput[]): Page<EventInput[]> {
  return { items: page.items.map((item) => toEvents(item)), next: page.next };
}
