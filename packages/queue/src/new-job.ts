import type { JobDefinition } from "./define-jobs.ts";
import { encodeJson } from "./encode-json.ts";
import type { JobMap } from "./job.ts";
import { QueueError } from "./queue-error.ts";
import { checkWhole } from "./queue-options.ts";
import { schemaCheckOf } from "./schema-checker.ts";

/** A job to be added. Give `delayMs` or `runAtMs` or neither, never both. */
export type NewJob<Jobs extends JobMap> = {
  [Type in keyof Jobs & string]: JobFields & { readonly type: Type; readonly payload: Jobs[Type] };
}[keyof Jobs & string];

/** What a job may say of itself, whatever its type. */
export interface JobFields {
  readonly workspaceId?: string | null | undefined;
  readonly cid?: string | null | undefined;
  /** Who it is done for: claims go round the groups. 200 signs at most. @default workspaceId, or "" [Q31] */
  readonly group?: string | undefined;
  /** -1000 to 1000; the highest runs first. @default that of its type, or 0 */
  readonly priority?: number | undefined;
  /** Wait this long, in ms. @default 0 */
  readonly delayMs?: number | undefined;
  /** Run at this time, in ms since 1970; a time that is past means now. */
  readonly runAtMs?: number | undefined;
  /** While a job of this type and key is pending or running, that job is returned instead. 1 to 200 signs. [Q5] */
  readonly key?: string | null | undefined;
  /** `replace`: a pending job of the key gets this payload, priority and time instead. @default "keep" [Q29] */
  readonly onDuplicate?: "keep" | "replace" | undefined;
  /** Run when no job of the key was added for so long; each add replaces the payload. Needs a key. [Q30] */
  readonly debounceMs?: number | undefined;
  /** Jobs with this key run `concurrencyLimit` at a time, whatever their types. 1 to 200 signs. [Q33] */
  readonly concurrencyKey?: string | null | undefined;
  /** 1 to 1000. @default 1 */
  readonly concurrencyLimit?: number | undefined;
  /** The job whose child this is; it must be alive. [Q41] */
  readonly parentId?: number | null | undefined;
  /** 1 to 1000. @default that of its type, or the queue's maxAttempts */
  readonly maxAttempts?: number | undefined;
}

/** Bounds of `priority`, both included. */
export const maxPriority = 1000;

const longestMs = Number.MAX_SAFE_INTEGER / 2;

/** A new job that was checked, with every default filled in. */
export interface CheckedJob {
  readonly type: string;
  readonly payload: string;
  readonly workspaceId: string | null;
  readonly cid: string | null;
  readonly group: string;
  readonly priority: number;
  readonly runAtMs: number;
  readonly key: string | null;
  readonly replaces: boolean;
  readonly concurrencyKey: string | null;
  readonly keyLimit: number | null;
  readonly parentId: number | null;
  readonly maxAttempts: number;
}

/** Checks a job and fills in its defaults. Throws QueueError BAD_JOB or BAD_PAYLOAD with the place. [Q3] [Q27] */
export function checkNewJob(
  job: NewJob<JobMap>,
  nowMs: number,
  settings: { readonly maxAttempts: number; readonly maxPayloadBytes: number },
  definitions: ReadonlyMap<string, JobDefinition> | undefined,
): CheckedJob {
  checkText("type", job.type, 100);
  const definition = definitions?.get(job.type);
  if (definitions !== undefined && definition === undefined) {
    throw new QueueError("BAD_JOB", `The type ${JSON.stringify(job.type)} is not defined. Add it to defineJobs.`);
  }
  const key = job.key ?? null;
  const concurrencyKey = job.concurrencyKey ?? null;
  if (key !== null) checkText("key", key, 200);
  if (concurrencyKey !== null) checkText("concurrencyKey", concurrencyKey, 200);
  const workspaceId = job.workspaceId ?? null;
  if (workspaceId !== null) checkText("workspaceId", workspaceId, 200);
  const cid = job.cid ?? null;
  if (cid !== null) checkText("cid", cid, 200);
  if (job.group !== undefined && job.group !== "") checkText("group", job.group, 200);
  checkCombinations(job);
  checkNumbers(job);
  const payload = encodeJson("payload", job.payload, settings.maxPayloadBytes);
  if (definition?.payload !== undefined) {
    const fault = schemaCheckOf(definition.payload)(job.payload);
    if (fault !== undefined) {
      throw new QueueError("BAD_PAYLOAD", `The payload of ${job.type} does not fit its schema: ${fault}.`);
    }
  }
  return {
    type: job.type,
    payload,
    workspaceId,
    cid,
    group: job.group ?? workspaceId ?? "",
    priority: job.priority ?? definition?.priority ?? 0,
    runAtMs: job.runAtMs ?? nowMs + (job.delayMs ?? job.debounceMs ?? 0),
    key,
    replaces: job.onDuplicate === "replace" || job.debounceMs !== undefined,
    concurrencyKey,
    keyLimit: concurrencyKey === null ? null : (job.concurrencyLimit ?? 1),
    parentId: job.parentId ?? null,
    maxAttempts: job.maxAttempts ?? definition?.maxAttempts ?? settings.maxAttempts,
  };
}

function checkCombinations(job: JobFields): void {
  if (job.delayMs !== undefined && job.runAtMs !== undefined) {
    throw new QueueError("BAD_JOB", "A job has delayMs or runAtMs, not both. Leave one out.");
  }
  if (job.debounceMs !== undefined && (job.key ?? null) === null) {
    throw new QueueError("BAD_JOB", "debounceMs needs a key: it waits for later jobs of the same key.");
  }
  if (job.debounceMs !== undefined && (job.delayMs !== undefined || job.runAtMs !== undefined)) {
    throw new QueueError("BAD_JOB", "debounceMs says when the job runs. Leave delayMs and runAtMs out.");
  }
  if (job.concurrencyLimit !== undefined && (job.concurrencyKey ?? null) === null) {
    throw new QueueError("BAD_JOB", "concurrencyLimit needs a concurrencyKey. Give both or neither.");
  }
}

function checkNumbers(job: JobFields): void {
  try {
    if (job.priority !== undefined) checkWhole("priority", job.priority, -maxPriority, maxPriority);
    if (job.delayMs !== undefined) checkWhole("delayMs", job.delayMs, 0, longestMs);
    if (job.debounceMs !== undefined) checkWhole("debounceMs", job.debounceMs, 1, longestMs);
    if (job.runAtMs !== undefined) checkWhole("runAtMs", job.runAtMs, 0, Number.MAX_SAFE_INTEGER);
    if (job.maxAttempts !== undefined) checkWhole("maxAttempts", job.maxAttempts, 1, 1000);
    if (job.concurrencyLimit !== undefined) checkWhole("concurrencyLimit", job.concurrencyLimit, 1, 1000);
    if (job.parentId !== undefined && job.parentId !== null)
      checkWhole("parentId", job.parentId, 1, Number.MAX_SAFE_INTEGER);
  } catch (thrown) {
    throw new QueueError("BAD_JOB", thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
  }
}

function checkText(name: string, value: unknown, maxSigns: number): void {
  if (typeof value === "string" && value.length >= 1 && value.length <= maxSigns) return;
  const given = typeof value === "string" ? `a text of ${value.length} signs` : `a ${typeof value}`;
  throw new QueueError("BAD_JOB", `${name} must be a text of 1 to ${maxSigns} signs, not ${given}.`);
}
