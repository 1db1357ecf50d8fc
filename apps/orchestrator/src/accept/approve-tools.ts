import { acknowledge, complete } from "../steps/acknowledge.ts";
import type { Accepting, CommandRefusal } from "./accepting.ts";
import { houseOnly } from "./house-only.ts";

/** Whether an id is one of descriptions of tools; ids of runs begin otherwise. */
export function isToolsApproval(id: string): boolean {
  return /^tools\..*\.[0-9a-f]{16}$/.test(id);
}

/** Decides about descriptions of tools that wait: exactly those whose hash is in the id. The pins are written after the
 * commit; when the process dies in between, the tools stay blocked and are told again. [O82] */
export function approveTools(
  accepting: Accepting,
  id: string,
  decision: "approved" | "rejected",
): CommandRefusal | undefined {
  const { back, unit, workspaceId } = accepting;
  const elsewhere = houseOnly(workspaceId);
  if (elsewhere !== undefined) return elsewhere;
  const found = back.toolsApprovals?.list().find((approval) => approval.id === id);
  if (found === undefined) {
    return {
      code: "nothing_to_approve",
      message: `${id} does not wait for a decision, or its tools have changed again.`,
      recovery: "Look at the list of servers for what waits.",
    };
  }
  acknowledge(accepting, "tools", `${id}:decision`);
  if (decision === "approved") {
    unit.afterCommit(() => back.toolsApprovals?.approve(found));
  }
  complete(accepting, "tools", `${id}:decision`);
  return undefined;
}
