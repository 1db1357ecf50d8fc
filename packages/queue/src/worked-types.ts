import type { JobDefinition } from "./define-jobs.ts";
import type { WorkedType } from "./held-job.ts";
import type { Handler, HandlerOptions, Handlers, JobMap, JobOf, OnDead } from "./job.ts";
import { QueueError } from "./queue-error.ts";
import { checkWhole } from "./queue-options.ts";

/** How jobs are worked. */
export interface WorkOptions<Jobs extends JobMap> {
  /** Jobs of a type that run at once here, 1 to 1000. @default the queue's concurrency */
  readonly concurrency?: Partial<Readonly<Record<keyof Jobs & string, number>>>;
  /** Says what to write in the unit in which a job dies, for every type without an `onDead` of its own. [Q17] */
  readonly onDead?: OnDead<JobOf<Jobs>>;
}

/** Turns the handlers of `work` into one entry for each type. Throws QueueError UNKNOWN_TYPE or BAD_OPTION. [Q9] */
export function workedTypes<Jobs extends JobMap, Results extends JobMap>(
  handlers: Handlers<Jobs, Results>,
  options: WorkOptions<Jobs>,
  concurrency: number,
  definitions: ReadonlyMap<string, JobDefinition> | undefined,
): WorkedType[] {
  const slotsByType = new Map(Object.entries<number | undefined>(options.concurrency ?? {}));
  const unknown = [...slotsByType.keys()].find((name) => !Object.hasOwn(handlers, name));
  if (unknown !== undefined) {
    const message = `concurrency names the type ${JSON.stringify(unknown)}, which has no handler. Add one or leave it out.`;
    throw new QueueError("UNKNOWN_TYPE", message);
  }
  // A handler takes only its own payload; the claim hands each one jobs of its own type only.
  const entries = Object.entries<Handler<never, never> | HandlerOptions<never, never>>(handlers);
  return entries.map(([name, entry]) => {
    const definition = definitions?.get(name);
    const slots = slotsByType.get(name) ?? definition?.concurrency ?? concurrency;
    checkWhole(`concurrency.${name}`, slots, 1, 1000);
    const own = typeof entry === "function" ? { handle: entry } : entry;
    const { rate, result } = definition ?? {};
    return { name, slots, handle: own.handle, onDead: own.onDead ?? options.onDead, rate, result, held: 0 };
  });
}
