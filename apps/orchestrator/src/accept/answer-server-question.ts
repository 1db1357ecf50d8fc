import { acknowledge, complete } from "../steps/acknowledge.ts";
import type { Accepting, CommandRefusal } from "./accepting.ts";
import { houseOnly } from "./house-only.ts";

/** Whether an id is one of a server's questions; ids of runs and tasks begin otherwise. */
export function isServerQuestion(id: string): boolean {
  return /^question\..*\.[0-9a-f]{16}$/.test(id);
}

/** Decides about what a server asks: yes gives it exactly the values that the card shows, no declines. It is answered after
 * the commit; when the process dies in between, its call is lost with it and nothing was given. [O89] */
export function answerServerQuestion(
  accepting: Accepting,
  id: string,
  decision: "approved" | "rejected",
): CommandRefusal | undefined {
  const { back, unit, workspaceId } = accepting;
  const elsewhere = houseOnly(workspaceId);
  if (elsewhere !== undefined) return elsewhere;
  if (back.serverQuestions?.list().some((question) => question.id === id) !== true) {
    return {
      code: "nothing_to_approve",
      message: `${id} does not wait for a decision: its server has stopped waiting, or it was answered.`,
      recovery: "Look at the list of workflows for what waits.",
    };
  }
  acknowledge(accepting, "question", `${id}:decision`);
  unit.afterCommit(() => back.serverQuestions?.decide(id, decision));
  complete(accepting, "question", `${id}:decision`);
  return undefined;
}
