// The messages of the hot codes, as literals: an object made in one go is several times faster than one that grows.
// What is not here is put together field by field, with the same result; a test compares each with its template.
import type { Value } from "./value.ts";

/** Makes a message from the values of its first fields, all of them present; `cid` is absent when undefined. */
export type Shape = (values: readonly (Value | undefined)[], cid: string | undefined) => object;

/** The shapes of some codes, keyed by op: one for each number of fields that is often sent. */
export type Shapes = Readonly<Record<string, Readonly<Record<number, Shape>>>>;

/** Shapes of commands. */
export const commandShapes: Shapes = {
  task_create: {
    2: (values, cid) =>
      cid === undefined
        ? { op: "task_create", title: values[0], intent_type: values[1] }
        : { op: "task_create", cid, title: values[0], intent_type: values[1] },
    3: (values, cid) =>
      cid === undefined
        ? { op: "task_create", title: values[0], intent_type: values[1], complexity: values[2] }
        : { op: "task_create", cid, title: values[0], intent_type: values[1], complexity: values[2] },
  },
  task_split: {
    2: (values, cid) =>
      cid === undefined
        ? { op: "task_split", task_id: values[0], confidence: values[1] }
        : { op: "task_split", cid, task_id: values[0], confidence: values[1] },
    3: (values, cid) =>
      cid === undefined
        ? { op: "task_split", task_id: values[0], confidence: values[1], reason: values[2] }
        : { op: "task_split", cid, task_id: values[0], confidence: values[1], reason: values[2] },
  },
  workflow_start: {
    2: (values, cid) =>
      cid === undefined
        ? { op: "workflow_start", workflow_id: values[0], params: values[1] }
        : { op: "workflow_start", cid, workflow_id: values[0], params: values[1] },
  },
  context_load: {
    2: (values, cid) =>
      cid === undefined
        ? { op: "context_load", context_id: values[0], depth: values[1] }
        : { op: "context_load", cid, context_id: values[0], depth: values[1] },
  },
  memory_store: {
    2: (values, cid) =>
      cid === undefined
        ? { op: "memory_store", key: values[0], value: values[1] }
        : { op: "memory_store", cid, key: values[0], value: values[1] },
    3: (values, cid) =>
      cid === undefined
        ? { op: "memory_store", key: values[0], value: values[1], type: values[2] }
        : { op: "memory_store", cid, key: values[0], value: values[1], type: values[2] },
  },
};

/** Shapes of events. */
export const eventShapes: Shapes = {
  task_ready: {
    3: (values, cid) =>
      cid === undefined
        ? { op: "task_ready", task_id: values[0], confidence: values[1], routing: values[2] }
        : { op: "task_ready", cid, task_id: values[0], confidence: values[1], routing: values[2] },
  },
  task_complete: {
    2: (values, cid) =>
      cid === undefined
        ? { op: "task_complete", task_id: values[0], result: values[1] }
        : { op: "task_complete", cid, task_id: values[0], result: values[1] },
    3: (values, cid) =>
      cid === undefined
        ? { op: "task_complete", task_id: values[0], result: values[1], next_steps: values[2] }
        : { op: "task_complete", cid, task_id: values[0], result: values[1], next_steps: values[2] },
  },
  status_update: {
    2: (values, cid) =>
      cid === undefined
        ? { op: "status_update", entity_id: values[0], status: values[1] }
        : { op: "status_update", cid, entity_id: values[0], status: values[1] },
    3: (values, cid) =>
      cid === undefined
        ? { op: "status_update", entity_id: values[0], status: values[1], progress: values[2] }
        : { op: "status_update", cid, entity_id: values[0], status: values[1], progress: values[2] },
  },
  context_loaded: {
    2: (values, cid) =>
      cid === undefined
        ? { op: "context_loaded", context_id: values[0], summary: values[1] }
        : { op: "context_loaded", cid, context_id: values[0], summary: values[1] },
  },
  error: {
    2: (values, cid) =>
      cid === undefined
        ? { op: "error", code: values[0], message: values[1] }
        : { op: "error", cid, code: values[0], message: values[1] },
    3: (values, cid) =>
      cid === undefined
        ? { op: "error", code: values[0], message: values[1], recovery: values[2] }
        : { op: "error", cid, code: values[0], message: values[1], recovery: values[2] },
  },
};
