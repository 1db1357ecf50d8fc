import { readRun } from "../jobs/read-run.ts";
import { findApproval } from "../jobs/approval-id.ts";
import { tellRun } from "../jobs/apply-advance.ts";
import { findAskedCall } from "../mind/call-approval-id.ts";
import { acknowledge, complete } from "../steps/acknowledge.ts";
import { queueWork } from "../steps/queue.ts";
import type { Acceptor } from "./accepting.ts";
import { answerServerQuestion, isServerQuestion } from "./answer-server-question.ts";
import { approveTools, isToolsApproval } from "./approve-tools.ts";

const decisions: ReadonlyMap<string, "approved" | "rejected"> = new Map([
  ["yes", "approved"],
  ["approve", "approved"],
  ["approved", "approved"],
  ["no", "rejected"],
  ["reject", "rejected"],
  ["rejected", "rejected"],
]);

/** Decides what waits for a person, by the id that was told with it; the id names exactly what was shown. [O10][O23][O82][O89] */
export const acceptApprove: Acceptor<"approve"> = (command, accepting) => {
  const { back, unit, workspaceId, cause } = accepting;
  const { target_id: id } = command;
  if (cause.origin !== "user" && cause.origin !== "reflex") {
    return {
      code: "not_a_person",
      message: `${id} is for a person to decide.`,
      recovery: "Ask the person, who says it themselves.",
    };
  }
  const decision = decisions.get(command.decision.toLowerCase());
  if (decision === undefined) {
    return {
      code: "bad_decision",
      message: `${command.decision.slice(0, 80)} is no decision.`,
      recovery: "Say yes or no.",
    };
  }
  if (isToolsApproval(id)) return approveTools(accepting, id, decision);
  if (isServerQuestion(id)) return answerServerQuestion(accepting, id, decision);
  // The id of a run may hold dots; behind it stand a step, an item or none, an attempt, and the hash.
  const parts = id.split(".");
  for (const behind of [3, 4]) {
    const runId = parts.slice(0, -behind).join(".");
    const known = runId === "" ? undefined : readRun(back.store, workspaceId, runId, unit);
    const found = known && findApproval(known.run, id);
    if (found === undefined) continue;
    const { hash, ...ref } = found;
    acknowledge(accepting, "run", `${id}:decision`);
    tellRun({ back, unit, workspaceId, cause }, runId, { ...ref, kind: "decided", decision, hash, by: cause.origin });
    complete(accepting, "run", `${id}:decision`);
    return undefined;
  }
  const asked = findAskedCall(back, workspaceId, id, unit);
  if (asked !== undefined) {
    const { work, call } = asked;
    acknowledge(accepting, "task", `${id}:decision`);
    const isYes = decision === "approved";
    back.mind.works.setCall(unit, work, call.seq, decision, isYes ? undefined : "A person has refused this call.");
    queueWork(back, unit, workspaceId, work.taskId, work.cid);
    complete(accepting, "task", `${id}:decision`);
    return undefined;
  }
  return {
    code: "nothing_to_approve",
    message: `${id} does not wait for a decision.`,
    recovery: "Look at the list of runs for what waits.",
  };
};
