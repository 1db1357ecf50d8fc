import type { JsonValue } from "./json.ts";

/** The payload of each event type, field for field as it becomes a line. Times are ms; shares are from 0 to 1. [S8]
 *
 * The store writes those marked (store) itself; the others are appended by the app. */
export interface EventPayloads {
  /** (store) */
  readonly task_described: {
    readonly task_id: string;
    readonly title: string;
    readonly parent_id?: string;
    readonly intent_type?: string;
    readonly complexity?: number;
  };
  /** (store) */
  readonly status_update: { readonly entity_id: string; readonly status: string; readonly progress: number };
  readonly task_ready: { readonly task_id: string; readonly confidence: number; readonly routing: string };
  readonly task_complete: {
    readonly task_id: string;
    readonly result: JsonValue;
    readonly next_steps?: JsonValue;
  };
  readonly context_loaded: { readonly context_id: string; readonly summary: string };
  readonly error: { readonly code: string; readonly message: string; readonly recovery?: string };
  readonly utterance_recorded: { readonly utterance_id: string; readonly text: string; readonly at: number };
  readonly reply: {
    readonly utterance_id: string;
    readonly text: string;
    readonly by: string;
    readonly state: string;
    readonly at: number;
  };
  /** (store) */
  readonly run_described: {
    readonly run_id: string;
    readonly workflow_id: string;
    readonly title: string;
    readonly steps?: JsonValue;
  };
  /** (store) Once the key was forgotten, the value reads null and `forgotten` is true. */
  readonly memory_stored: {
    readonly key: string;
    readonly value: JsonValue;
    readonly type: string;
    readonly at: number;
    readonly forgotten?: boolean;
  };
  /** (store) */
  readonly memory_forgotten: { readonly key: string; readonly at: number };
  /** (store) */
  readonly task_related: { readonly task_id: string; readonly kind: string; readonly other_id: string };
  /** (store) */
  readonly project_described: { readonly project_id: string; readonly title: string };
  /** (store) Another program changed a row of `table`: written by a trigger in that program's own transaction. [S94] */
  readonly changed_outside: {
    readonly table: string;
    readonly id: string;
    readonly operation: "insert" | "update" | "delete";
  };
}

/** The name of an event type that this package knows. */
export type EventType = keyof EventPayloads;
