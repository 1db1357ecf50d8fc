/** What the reflex can understand. `unknown` always goes to the back. */
export type Intent =
  | "task_create"
  | "task_build"
  | "task_split"
  | "task_list"
  | "plan"
  | "workflow_start"
  | "remember"
  | "recall"
  | "conversation"
  | "status"
  | "cancel"
  | "retry"
  | "help"
  | "small_talk"
  | "unknown";
