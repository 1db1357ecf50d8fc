import type { Intent } from "../intent.ts";

const intents: Readonly<Record<string, Intent>> = {
  "task.create": "task_create",
  "task.query": "task_list",
  "task.remove": "cancel",
  "task.split": "task_split",
  "task.retry": "retry",
  "status.query": "status",
  "workflow.start": "workflow_start",
  "plan.start": "plan",
  "memory.store": "remember",
  "memory.recall": "recall",
  conversation: "conversation",
  smalltalk: "small_talk",
  help: "help",
  "control.cancel": "cancel",
  "control.repeat": "repeat",
  "control.affirm": "yes",
  "control.negate": "no",
};

/** Returns the intent that a label of the classifier means. `none`, and a label of another version, mean none. */
export function labelIntent(label: string): Intent {
  return Object.hasOwn(intents, label) ? (intents[label] ?? "unknown") : "unknown";
}
