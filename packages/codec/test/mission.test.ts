import { expect, test } from "vitest";
import { formatCommand, formatEvent, parseCommand, parseEvent } from "../src/index.ts";
import type { Command, Event } from "../src/index.ts";

const commands: readonly (readonly [string, Command])[] = [
  [
    "tc:User Authentication System|business_growth|high",
    { op: "task_create", title: "User Authentication System", intent_type: "business_growth", complexity: "high" },
  ],
  [
    "ts:auto|0.3|Complex multi-component system",
    { op: "task_split", task_id: "auto", confidence: 0.3, reason: "Complex multi-component system" },
  ],
  [
    "wf:project_planning|{name:'MyApp',scope:'web,mobile'}",
    { op: "workflow_start", workflow_id: "project_planning", params: { name: "MyApp", scope: "web,mobile" } },
  ],
  [
    "ms:user_preference|{theme:'dark'}|semantic",
    { op: "memory_store", key: "user_preference", value: { theme: "dark" }, type: "semantic" },
  ],
  // Double quotes do not interpolate in JavaScript, so this is what stands on the wire.
  ["cl:conversation_${date}|full", { op: "context_load", context_id: "conversation_${date}", depth: "full" }],
];

const events: readonly (readonly [string, Event])[] = [
  ["tr:task_123|0.85|one_shot", { op: "task_ready", task_id: "task_123", confidence: 0.85, routing: "one_shot" }],
  [
    "su:task_123|in_progress|0.45",
    { op: "status_update", entity_id: "task_123", status: "in_progress", progress: 0.45 },
  ],
  [
    "tc:task_123|success|{next:['task_124','task_125']}",
    { op: "task_complete", task_id: "task_123", result: "success", next_steps: { next: ["task_124", "task_125"] } },
  ],
  [
    "cl:conversation_123|Summary: Discussed auth implementation...",
    { op: "context_loaded", context_id: "conversation_123", summary: "Summary: Discussed auth implementation..." },
  ],
];

test.for(commands)("[C26] command %s", ([line, command]) => {
  expect(parseCommand(line)).toEqual({ ok: true, value: command });
  expect(formatCommand(command)).toBe(line);
});

test.for(events)("[C26] event %s", ([line, event]) => {
  expect(parseEvent(line)).toEqual({ ok: true, value: event });
  expect(formatEvent(event)).toBe(line);
});

test("[C26] the response patterns' holes are text, once the program has not filled them", () => {
  for (const line of ["tc:${title}|${intent}|high", "wf:${workflow}|${params}"]) {
    const parsed = parseCommand(line);
    expect(parsed.ok && formatCommand(parsed.value)).toBe(line);
  }
});
