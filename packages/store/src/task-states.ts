/** The states of a task. */
export type TaskStatus = "queued" | "ready" | "split" | "running" | "completed" | "failed" | "cancelled";

/** From each state, the states that may follow. This table is the one in SPEC.md. [S15] */
export const taskStates: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  queued: ["ready", "split", "running", "failed", "cancelled"],
  ready: ["running", "split", "completed", "cancelled", "failed"],
  split: ["running", "completed", "failed", "cancelled"],
  running: ["completed", "failed", "cancelled", "ready"],
  completed: [],
  failed: ["queued"],
  cancelled: [],
};

/** Tells whether a word is a state of a task. */
export function isTaskStatus(word: string): word is TaskStatus {
  return Object.hasOwn(taskStates, word);
}

/** Returns the progress that a state begins with: 0 when waiting anew, 1 when complete, else the present one. */
export function progressIn(status: TaskStatus, present: number): number {
  if (status === "completed") return 1;
  return status === "queued" ? 0 : present;
}
