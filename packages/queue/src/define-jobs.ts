import type { InferSchema, JsonSchema } from "./infer-schema.ts";
import type { JobMap } from "./job.ts";
import { maxPriority } from "./new-job.ts";
import { QueueError } from "./queue-error.ts";
import { checkWhole } from "./queue-options.ts";

/** At most `max` starts in any window of `windowMs`, over all processes of the file. [Q34] */
export interface Rate {
  /** 1 to 10,000. */
  readonly max: number;
  /** In ms, 1 to a day. */
  readonly windowMs: number;
}

/** One type of job: what its payload looks like, and how its jobs run unless a job says otherwise. */
export interface JobDefinition {
  /** JSON Schema 2020-12 of the payload; the payload's type is inferred from it. [Q27] */
  readonly payload?: JsonSchema;
  /** JSON Schema of what the handler gives as its result. [Q39] */
  readonly result?: JsonSchema;
  /** Handlers of this type that run at once in one process, 1 to 1000. @default the queue's concurrency */
  readonly concurrency?: number;
  /** Attempts before a job is dead, 1 to 1000. @default the queue's maxAttempts */
  readonly maxAttempts?: number;
  /** -1000 to 1000. @default 0 */
  readonly priority?: number;
  readonly rate?: Rate;
}

/** The payload types of a set of definitions. */
export type PayloadsOf<D> = {
  readonly [T in keyof D]: D[T] extends { readonly payload: infer S } ? InferSchema<S> : unknown;
};

/** The result types of a set of definitions. */
export type ResultsOf<D> = {
  readonly [T in keyof D]: D[T] extends { readonly result: infer S } ? InferSchema<S> : unknown;
};

/** Definitions that were checked, with the types they stand for. Give them to `openQueue`. */
export interface JobDefinitions<Jobs extends JobMap = JobMap, Results extends JobMap = JobMap> {
  readonly byType: ReadonlyMap<string, JobDefinition>;
  /** Only a type: there is never a value. */
  readonly types?: { readonly jobs: Jobs; readonly results: Results };
}

/** Defines the jobs of a queue; payload and result types are inferred from the schemas. Throws BAD_OPTION. [Q27] */
export function defineJobs<const D extends Readonly<Record<string, JobDefinition>>>(
  definitions: D,
): JobDefinitions<PayloadsOf<D>, ResultsOf<D>> {
  for (const [type, definition] of Object.entries<JobDefinition>(definitions)) {
    if (type.length < 1 || type.length > 100) {
      throw new QueueError("BAD_OPTION", `A type of job must have a name of 1 to 100 signs, not ${type.length}.`);
    }
    const check = (name: string, value: number | undefined, min: number, max: number): void => {
      if (value !== undefined) checkWhole(`${type}.${name}`, value, min, max);
    };
    check("concurrency", definition.concurrency, 1, 1000);
    check("maxAttempts", definition.maxAttempts, 1, 1000);
    check("priority", definition.priority, -maxPriority, maxPriority);
    check("rate.max", definition.rate?.max, 1, 10_000);
    check("rate.windowMs", definition.rate?.windowMs, 1, 86_400_000);
  }
  return { byType: new Map(Object.entries<JobDefinition>(definitions)) };
}
