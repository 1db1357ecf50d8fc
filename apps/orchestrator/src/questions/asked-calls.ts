import type { Back } from "../back.ts";
import { callApprovalId } from "../mind/call-approval-id.ts";
import type { Work } from "../mind/work.ts";

/** A card: a call that waits for a person, with exactly the arguments that its id decides about. [O45] */
export interface AskedCall {
  readonly id: string;
  readonly message: string;
  readonly arguments: unknown;
}

/** The cards of one work; only one that waits has any. */
export function askedCalls(back: Back, work: Work | undefined): readonly AskedCall[] {
  if (work?.status !== "waiting") return [];
  return back.mind.works.steps(work).flatMap((step) =>
    step.kind === "call" && step.state === "asked"
      ? [
          {
            id: callApprovalId(work.taskId, step),
            message: `May the model call ${step.server}.${step.tool}?`,
            arguments: step.args,
          },
        ]
      : [],
  );
}
