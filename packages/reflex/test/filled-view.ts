import type { View } from "../src/index.ts";

/** A Saturday afternoon in UTC, with a little of everything. Each test may spread and change it. */
export const filledView: View = {
  nowMs: Date.UTC(2025, 10, 22, 15, 0),
  backConnected: true,
  tasks: [
    { id: "task_auth", title: "Auth system", status: "running", progress: 0.42, updatedAtMs: 5 },
    { id: "task_billing_1", title: "Billing for shops", status: "ready", updatedAtMs: 4 },
    { id: "task_billing_2", title: "Billing reminders", status: "ready", updatedAtMs: 3 },
    { id: "task_import", title: "Customer import", status: "failed", updatedAtMs: 2 },
    { id: "task_export", title: "Invoice export", status: "done", progress: 1, updatedAtMs: 1 },
  ],
  runs: [{ id: "run_review", workflowId: "weekly_review", title: "Weekly review", status: "running", progress: 0.2 }],
  memories: [
    memory("user_preference_dark_mode", "I prefer dark mode", Date.UTC(2025, 10, 21, 14, 2)),
    memory("user_preference_green_tea", "I like green tea", Date.UTC(2025, 9, 3, 8, 30)),
    memory("user_sister_name", "my sister's name is Ida", Date.UTC(2024, 11, 24, 18, 0)),
  ],
  workflows: [
    { id: "weekly_review", name: "Weekly review" },
    { id: "release_notes", name: "Release notes" },
  ],
  conversation: [
    turn("u1", "Create auth system", "I'll create the task “Auth system”.", Date.UTC(2025, 10, 21, 9, 10)),
    turn("u2", "Is it raining?", "I heard you.", Date.UTC(2025, 10, 22, 14, 2)),
  ],
};

function memory(key: string, value: string, atMs: number): View["memories"][number] {
  return { key, value, type: "semantic", atMs };
}

function turn(utteranceId: string, text: string, reply: string, atMs: number): View["conversation"][number] {
  return { utteranceId, text, reply, atMs };
}
