import { formatCommand, formatEvent } from "@kingly/codec";
import type { Command, Event } from "@kingly/codec";

/** One message of the fixed twenty, as an object and as its canonical line. */
export interface Sample {
  readonly direction: "command" | "event";
  readonly message: Command | Event;
  readonly line: string;
}

const commands: readonly Command[] = [
  { op: "task_create", title: "Team calendar for on-call rota", intent_type: "business_growth", complexity: "high" },
  { op: "task_create", title: "Fix login | password reset", intent_type: "maintenance", complexity: 0.4 },
  { op: "task_split", task_id: "auto", confidence: 0.35, reason: "Four services must change together" },
  { op: "task_split", task_id: "task_208", confidence: 0.6, reason: "Design first, then two ways to build it" },
  { op: "workflow_start", workflow_id: "release_check", params: { branch: "main", notes: "short" } },
  {
    op: "workflow_start",
    workflow_id: "invoice_run",
    params: { month: "2026-11", limit: 250, dry: true, tags: ["eu", "monthly"] },
  },
  { op: "context_load", context_id: "conversation_${date}", depth: "full" },
  { op: "context_load", context_id: "project_atlas", depth: "summary" },
  { op: "memory_store", key: "editor_settings", value: { tabs: 2, theme: "light" }, type: "semantic" },
  {
    op: "memory_store",
    key: "deploy_window",
    value: "We deploy on Tuesday and Thursday before noon, never on Friday",
    type: "procedural",
  },
];

const events: readonly Event[] = [
  { op: "task_ready", task_id: "task_311", confidence: 0.92, routing: "one_shot" },
  { op: "task_ready", task_id: "task_312", confidence: 0.48, routing: "split" },
  { op: "task_complete", task_id: "task_311", result: "success", next_steps: { next: ["task_313", "task_314"] } },
  {
    op: "task_complete",
    task_id: "task_290",
    result: "partial",
    next_steps: [
      { do: "review", who: "ann" },
      { do: "merge", who: "bo" },
    ],
  },
  { op: "status_update", entity_id: "task_313", status: "in_progress", progress: 0.65 },
  { op: "status_update", entity_id: "run_17", status: "waiting_for_tool", progress: 0.2 },
  { op: "context_loaded", context_id: "project_atlas", summary: "Three open tasks, one waits for the design" },
  {
    op: "context_loaded",
    context_id: "conversation_2026_11_20",
    summary: "Agreed on [two] regions\nOpen: prices | currency",
  },
  { op: "error", code: "tool_timeout", message: "The calendar did not answer in 30 s", recovery: "retry" },
  { op: "error", code: "not_found", message: "No task has this id", recovery: { try: "cl:project_atlas|summary" } },
];

/** The fixed twenty: two of each of the ten kinds that a model writes or reads. */
export const samples: readonly Sample[] = [
  ...commands.map((message): Sample => ({ direction: "command", message, line: formatCommand(message) })),
  ...events.map((message): Sample => ({ direction: "event", message, line: formatEvent(message) })),
];
