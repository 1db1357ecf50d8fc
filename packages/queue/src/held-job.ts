import type { ClaimedJob } from "./claim-jobs.ts";
import type { Rate } from "./define-jobs.ts";
import type { JsonSchema } from "./infer-schema.ts";
import type { Handler, OnDead } from "./job.ts";
import type { QueueError } from "./queue-error.ts";

/** How one type is worked here. */
export interface WorkedType {
  readonly name: string;
  readonly slots: number;
  readonly handle: Handler<never, never>;
  readonly onDead: OnDead<never> | undefined;
  readonly rate: Rate | undefined;
  readonly result: JsonSchema | undefined;
  /** Jobs of this type held now. */
  held: number;
}

/** One claim of one job in the hands of this process. */
export interface HeldJob {
  readonly claimed: ClaimedJob;
  readonly type: WorkedType;
  /** The handler has returned or thrown; what is left is to write it down. */
  handlerEnded: boolean;
  /** Why the handler was told to stop; undefined while it was not. */
  readonly stopped: QueueError | undefined;
  signal(): AbortSignal;
  abort(reason: QueueError): void;
}

/** Creates a held job. Its signal is made when the handler first asks for it: most jobs never do. */
export function createHeldJob(claimed: ClaimedJob, type: WorkedType): HeldJob {
  let controller: AbortController | undefined;
  let stopped: QueueError | undefined;
  return {
    claimed,
    type,
    handlerEnded: false,
    get stopped() {
      return stopped;
    },
    signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (stopped !== undefined) controller.abort(stopped);
      }
      return controller.signal;
    },
    abort(reason) {
      if (stopped !== undefined) return;
      stopped = reason;
      controller?.abort(reason);
    },
  };
}
