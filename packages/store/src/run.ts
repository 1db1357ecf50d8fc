import type { JsonObject, JsonValue } from "./json.ts";
import type { RunRow } from "./store-tables.ts";

/** The current version of a run of a workflow. */
export interface Run {
  readonly id: string;
  readonly workspaceId: string;
  readonly workflowId: string;
  readonly title: string;
  /** The workflow's definition as it was when the run began. */
  readonly definition: JsonValue;
  /** What a person is shown of the steps; null when nothing was said. */
  readonly steps: JsonValue;
  /** Parameters and context of this run. */
  readonly context: JsonObject;
  /** The state of the machine that runs it; null before it began. */
  readonly state: JsonValue;
  /** The words belong to the room that runs workflows; 1 to 64 characters. */
  readonly status: string;
  /** From 0 to 1. */
  readonly progress: number;
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What changes while a run runs. */
export interface RunPatch {
  readonly state?: JsonValue;
  readonly context?: JsonObject;
  readonly status?: string;
  readonly progress?: number;
}

/** What a run is created from. */
export interface RunInput extends RunPatch {
  readonly id: string;
  readonly workspaceId: string;
  readonly workflowId: string;
  /** 1 to 1,024 characters. */
  readonly title: string;
  readonly definition: JsonValue;
  /** Becomes `steps` of `run_described`. */
  readonly steps?: JsonValue;
}

/** Makes a run out of its row. */
export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    workflowId: row.workflow_id,
    title: row.name,
    definition: JSON.parse(row.definition) as JsonValue,
    steps: JSON.parse(row.steps) as JsonValue,
    context: JSON.parse(row.context) as JsonObject,
    state: JSON.parse(row.state) as JsonValue,
    status: row.status,
    progress: row.progress,
    version: row.version,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}
