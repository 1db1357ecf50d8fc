import type { JsonValue } from "./json.ts";

interface RetractedInterval {
  readonly valid_from?: number;
  readonly valid_to?: number;
}

/** The other task may stand in another workspace, which is then named. */
interface RelationshipPayload {
  readonly task_id: string;
  readonly kind: string;
  readonly other_id: string;
  readonly task_workspace?: string;
  readonly other_workspace?: string;
}

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
    /** Set when the memory is significant enough for the layers that look at meaning. */
    readonly semantic?: boolean;
    /** The key whose place this one takes. */
    readonly supersedes?: string;
    /** Told when it is not so from now on without end. */
    readonly valid_from?: number;
    readonly valid_to?: number;
  };
  /** (store) `ended`: nothing is believed of the key from now on. The interval is told when it is not from now on. */
  readonly memory_retracted: { readonly key: string; readonly at: number; readonly ended: boolean } & RetractedInterval;
  /** (store) Another key took the place of this one; `ended` when it has done so by now. */
  readonly memory_superseded: {
    readonly key: string;
    readonly by: string;
    readonly at: number;
    readonly ended: boolean;
  };
  /** (store) */
  readonly task_retracted: { readonly task_id: string; readonly ended: boolean } & RetractedInterval;
  /** (store) */
  readonly project_retracted: { readonly project_id: string; readonly ended: boolean } & RetractedInterval;
  /** (store) */
  readonly run_retracted: { readonly run_id: string; readonly ended: boolean } & RetractedInterval;
  /** (store) The relationship ended. */
  readonly task_unrelated: RelationshipPayload;
  /** (store) In the log of the workspace that grants. */
  readonly link_granted: { readonly to_workspace: string; readonly note?: string };
  /** (store) In the log of the workspace that granted. */
  readonly link_revoked: { readonly to_workspace: string };
  /** (store) */
  readonly memory_forgotten: { readonly key: string; readonly at: number };
  /** (store) */
  readonly task_related: RelationshipPayload;
  /** (store) */
  readonly project_described: { readonly project_id: string; readonly title: string };
  /** (store) Another program changed a row of `table`: written by a trigger in that program's own transaction. [S94] */
  readonly changed_outside: {
    readonly table: string;
    readonly id: string;
    readonly operation: "insert" | "update" | "delete";
  };
  /** (store) Something was said of an entity: how many observations were news. The graph's payloads name ids, no texts. */
  readonly entity_described: {
    readonly entity_id: string;
    readonly entity_type: string;
    readonly observations: number;
    readonly at: number;
  };
  /** (store) */
  readonly observations_ended: { readonly entity_id: string; readonly observations: number; readonly at: number };
  /** (store) Ended with its observations and relations, from `from` until `to` (for ever when left out). */
  readonly entity_retracted: {
    readonly entity_id: string;
    readonly observations: number;
    readonly relations: number;
    readonly at: number;
    readonly from: number;
    readonly to?: number;
  };
  /** (store) */
  readonly entity_forgotten: { readonly entity_id: string; readonly at: number };
  /** (store) From now on `alias_id` is read as `entity_id`. */
  readonly entities_merged: { readonly entity_id: string; readonly alias_id: string; readonly at: number };
  /** (store) */
  readonly entities_separated: { readonly entity_id: string; readonly alias_id: string; readonly at: number };
  /** (store) Holds from `from` until `to` (for ever when left out). */
  readonly relation_stated: {
    readonly relation_id: string;
    readonly from_id: string;
    readonly relation_type: string;
    readonly to_id: string;
    readonly at: number;
    readonly from: number;
    readonly to?: number;
  };
  /** (store) Holds no more from `from` until `to`; `by` is the fact that contradicts it. */
  readonly relation_ended: {
    readonly relation_id: string;
    readonly by?: string;
    readonly at: number;
    readonly from: number;
    readonly to?: number;
  };
  /** (store) */
  readonly relation_forgotten: { readonly relation_id: string; readonly at: number };
}

/** The name of an event type that this package knows. */
export type EventType = keyof EventPayloads;
