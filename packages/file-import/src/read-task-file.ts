import type { JsonObject, RelationshipKind, TaskInput, TaskStatus } from "@kingly/store";
import { Ajv } from "ajv";
import type { ErrorObject } from "ajv";
import { parseJson } from "./parse-json.ts";
import type { Problem } from "./problem.ts";
import { taskFileSchema } from "./task-file-schema.ts";
import type { TaskFile } from "./task-file-schema.ts";

/** A task as its file tells it. Parent and relationships are ids that may or may not exist. */
export interface FiledTask {
  readonly task: Omit<TaskInput, "workspaceId" | "parentId" | "projectId">;
  readonly parentId?: string;
  readonly relationships: readonly {
    readonly kind: RelationshipKind;
    readonly taskId: string;
    readonly path: string;
  }[];
}

/** A task, or everything that keeps the file from being one. */
export type ReadTaskFile =
  | { readonly ok: true; readonly value: FiledTask }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const maxProblems = 20;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile<TaskFile>(taskFileSchema);

// Nobody here works on what was in progress there, so it waits like the rest. The file's own word stays in metadata.
const statuses: Readonly<Record<NonNullable<TaskFile["status"]>, TaskStatus>> = {
  pending: "ready",
  in_progress: "ready",
  completed: "completed",
  failed: "failed",
};

/** Reads one file `.kingly/tasks/{id}.json` from its text; `name` is the file's name. Pure. [F2] [F3] [F4] [F5] [F6]
 *
 * Every field but id, title, description, intent_type and confidence is kept in metadata as it stands in the file. */
export function readTaskFile(text: string, name: string): ReadTaskFile {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (!validate(value)) {
    return { ok: false, problems: (validate.errors ?? []).slice(0, maxProblems).map((error) => toProblem(error)) };
  }
  const problems: Problem[] = [];
  if (name !== `${value.id}.json`) {
    const message = `The id is ${value.id} and the file is named ${name}.`;
    problems.push({ path: "/id", message, hint: "Give both the same name, so that no task is read twice." });
  }
  const createdAtMs = timeOf(value.created, "/created", problems);
  timeOf(value.updated, "/updated", problems);
  if (problems.length > 0) return { ok: false, problems };

  const { id, title, description, intent_type: intentType, confidence, ...rest } = value;
  return {
    ok: true,
    value: {
      task: {
        id,
        title,
        ...(typeof description === "string" ? { description } : {}),
        ...(typeof intentType === "string" ? { intentType } : {}),
        ...(typeof confidence === "number" ? { confidence } : {}),
        status: statuses[value.status ?? "pending"],
        intentSource: "file",
        ...(createdAtMs === undefined ? {} : { createdAtMs }),
        metadata: { importedFrom: `tasks/${name}`, ...(rest as JsonObject) },
      },
      ...(typeof value.parent_task_id === "string" && value.parent_task_id !== ""
        ? { parentId: value.parent_task_id }
        : {}),
      relationships: relationshipsOf(value),
    },
  };
}

function relationshipsOf(file: TaskFile): FiledTask["relationships"] {
  return (["blocks", "blocked_by", "relates_to"] as const).flatMap((kind) =>
    (file.relationships?.[kind] ?? []).map((entry, index) => ({
      kind,
      taskId: typeof entry === "string" ? entry : entry.taskId,
      path: `/relationships/${kind}/${index}`,
    })),
  );
}

function timeOf(value: string | number | null | undefined, path: string, problems: Problem[]): number | undefined {
  if (value === null || value === undefined) return undefined;
  const isTime =
    typeof value === "number" || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value);
  const timeMs = isTime ? new Date(value).getTime() : Number.NaN;
  if (timeMs >= 0) return timeMs;
  const message = `${path.slice(1)} is ${JSON.stringify(value).slice(0, 80)}.`;
  problems.push({ path, message, hint: "Write it as 2025-01-31T12:00:00.000Z, or as ms since 1970." });
  return undefined;
}

function toProblem(error: ErrorObject): Problem {
  const parameters = error.params as Readonly<Record<string, unknown>>;
  const missing = parameters["missingProperty"];
  if (typeof missing === "string") {
    const path = `${error.instancePath}/${missing}`;
    return { path, message: `${missing} is missing.`, hint: `Add ${missing} to the file.` };
  }
  const allowed = parameters["allowedValues"];
  const message = `The value ${error.message ?? "does not fit"}.`;
  const hint = Array.isArray(allowed) ? `Use one of ${allowed.join(", ")}.` : "Mend the value in the file.";
  return { path: error.instancePath, message, hint };
}
