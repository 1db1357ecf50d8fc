import type { ClaimedJob } from "./claim-jobs.ts";
import type { Handler, OnDead } from "./job.ts";

/** How one type is worked here. */
export interface WorkedType {
  readonly name: string;
  readonly slots: number;
  readonly handle: Handler<never, never>;
  readonly onDead: OnDead<never> | undefined;
  /** Jobs of this type held now. */
  held: number;
}

/** One claim of one job in the hands of this process. */
export interface HeldJob {
  readonly claimed: ClaimedJob;
  readonly type: WorkedType;
  readonly controller: AbortController;
  /** The handler has returned or thrown; what is left is to write it down. */
  handlerEnded: boolean;
}
