import type { Command } from "@kingly/codec";

/** A command that the planner may give: what the front itself could have said, and no house code that speaks for a person. */
export type PlannedCommand = Extract<
  Command,
  { readonly op: "task_create" | "task_split" | "workflow_start" | "context_load" | "memory_store" }
>;
