const text = { type: "string", maxLength: 4096 };
const optionalText = { type: ["string", "null"], maxLength: 4096 };
const time = { type: ["string", "integer", "null"] };
const related = {
  type: "array",
  maxItems: 1000,
  items: {
    anyOf: [
      { type: "string", minLength: 1, maxLength: 128 },
      {
        type: "object",
        required: ["taskId"],
        properties: { taskId: { type: "string", minLength: 1, maxLength: 128 } },
      },
    ],
  },
};

/** JSON Schema of `.kingly/tasks/{id}.json`. Fields that are not named here are allowed and kept. [F2] [F6] */
export const taskFileSchema: Readonly<Record<string, unknown>> = {
  type: "object",
  required: ["id", "title"],
  properties: {
    id: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$" },
    title: { ...text, minLength: 1, maxLength: 1024 },
    description: { type: ["string", "null"], maxLength: 65_536 },
    status: { enum: ["pending", "in_progress", "completed", "failed"] },
    confidence: { type: ["number", "null"], minimum: 0, maximum: 1 },
    intent_type: optionalText,
    parent_task_id: { type: ["string", "null"], maxLength: 128 },
    created: time,
    updated: time,
    relationships: {
      type: ["object", "null"],
      properties: { blocks: related, blocked_by: related, relates_to: related },
    },
  },
};

type RelatedEntry = string | { readonly taskId: string };

/** A file that fits the schema. */
export interface TaskFile {
  readonly id: string;
  readonly title: string;
  readonly description?: string | null;
  readonly status?: "pending" | "in_progress" | "completed" | "failed";
  readonly confidence?: number | null;
  readonly intent_type?: string | null;
  readonly parent_task_id?: string | null;
  readonly created?: string | number | null;
  readonly updated?: string | number | null;
  readonly relationships?: {
    readonly blocks?: readonly RelatedEntry[];
    readonly blocked_by?: readonly RelatedEntry[];
    readonly relates_to?: readonly RelatedEntry[];
  } | null;
}
