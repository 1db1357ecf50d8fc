import type { JsonObject } from "./json.ts";
import type { TaskRow } from "./store-tables.ts";
import type { TaskStatus } from "./task-states.ts";

/** The current version of a task. What was never said is null. */
export interface Task {
  readonly id: string;
  readonly workspaceId: string;
  readonly projectId: string | null;
  readonly parentId: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly intentType: string | null;
  readonly intentSource: string | null;
  readonly businessGoal: string | null;
  readonly contextAdaptations: string | null;
  readonly parentContext: string | null;
  readonly status: TaskStatus;
  /** From 0 to 1, as are the next two. */
  readonly progress: number;
  readonly confidence: number;
  readonly complexity: number;
  readonly routingDecision: string | null;
  readonly metadata: JsonObject;
  /** 1, 2, ...: one more with every change. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What of a task can be said by `create` and changed by `update`; null takes a text back. */
export interface TaskFields {
  /** 1 to 1,024 characters. */
  readonly title?: string;
  /** Up to 65,536 characters. */
  readonly description?: string | null;
  /** Up to 4,096 characters, as are the next four. */
  readonly intentType?: string | null;
  readonly intentSource?: string | null;
  readonly businessGoal?: string | null;
  readonly contextAdaptations?: string | null;
  readonly parentContext?: string | null;
  /** A project of the same workspace. */
  readonly projectId?: string | null;
  /** A task of the same workspace, not one of its own descendants. */
  readonly parentId?: string | null;
  /** 0 to 1. @default 0.5 */
  readonly confidence?: number;
  /** 0 to 1. @default 0.5 */
  readonly complexity?: number;
  /** Up to 4,096 characters. */
  readonly routingDecision?: string | null;
  /** Replaced as a whole. @default {} */
  readonly metadata?: JsonObject;
}

/** What a task is created from. */
export interface TaskInput extends TaskFields {
  readonly id: string;
  readonly workspaceId: string;
  readonly title: string;
  /** @default "queued" */
  readonly status?: TaskStatus;
  /** 0 to 1. @default 1 when completed, else 0 */
  readonly progress?: number;
  /** When it came to be in the world, ms, not later than now. @default now */
  readonly createdAtMs?: number;
}

/** Makes a task out of its row. */
export function toTask(row: TaskRow): Task {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    projectId: row.project_id,
    parentId: row.parent_id,
    title: row.title,
    description: row.description,
    intentType: row.intent_type,
    intentSource: row.intent_source,
    businessGoal: row.business_goal,
    contextAdaptations: row.context_adaptations,
    parentContext: row.parent_context,
    status: row.status as TaskStatus,
    progress: row.progress,
    confidence: row.confidence,
    complexity: row.complexity,
    routingDecision: row.routing_decision,
    metadata: JSON.parse(row.metadata) as JsonObject,
    version: row.version,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}
