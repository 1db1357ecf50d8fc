import { checkId, checkShare, checkText } from "./check-value.ts";
import { canonicalJson } from "./json.ts";
import type { JsonLimits } from "./json.ts";
import type { TaskRow } from "./store-tables.ts";
import type { TaskFields } from "./task.ts";

/** What a task says of what was never said of it. A belief is written whole, also in the history. */
export const taskDefaults: Readonly<Pick<TaskRow, "confidence" | "complexity" | "metadata">> = {
  confidence: 0.5,
  complexity: 0.5,
  metadata: "{}",
};

/** Checks the fields that were given and names them as columns; a field that is undefined is left out. [S9] */
export function taskColumns(fields: TaskFields, limits: JsonLimits): Partial<TaskRow> {
  const columns: Partial<TaskRow> = {};
  const text = (
    field: keyof TaskFields,
    column: "description" | "intent_type" | "intent_source" | "business_goal" | OtherTexts,
    maxLength = 4096,
  ): void => {
    const value = fields[field];
    if (value !== undefined) columns[column] = value === null ? null : checkText(value as string, field, 0, maxLength);
  };
  if (fields.title !== undefined) columns.title = checkText(fields.title, "title", 1, 1024);
  text("description", "description", 65_536);
  text("intentType", "intent_type");
  text("intentSource", "intent_source");
  text("businessGoal", "business_goal");
  text("contextAdaptations", "context_adaptations");
  text("parentContext", "parent_context");
  text("routingDecision", "routing_decision");
  if (fields.projectId !== undefined) {
    columns.project_id = fields.projectId === null ? null : checkId(fields.projectId, "projectId");
  }
  if (fields.parentId !== undefined) {
    columns.parent_id = fields.parentId === null ? null : checkId(fields.parentId, "parentId");
  }
  if (fields.confidence !== undefined) columns.confidence = checkShare(fields.confidence, "confidence");
  if (fields.complexity !== undefined) columns.complexity = checkShare(fields.complexity, "complexity");
  if (fields.metadata !== undefined) columns.metadata = canonicalJson(fields.metadata, "metadata", limits);
  return columns;
}

type OtherTexts = "context_adaptations" | "parent_context" | "routing_decision";
