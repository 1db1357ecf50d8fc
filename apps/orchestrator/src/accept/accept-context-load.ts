import { priorities } from "../jobs/jobs.ts";
import { acknowledge } from "../steps/acknowledge.ts";
import type { Acceptor } from "./accepting.ts";

/** Queues the loading of a context: a conversation of a day, or what is remembered about something. [O6] */
export const acceptContextLoad: Acceptor<"context_load"> = (command, accepting) => {
  const { back, unit, workspaceId, cid } = accepting;
  if (command.context_id.includes("${")) {
    return {
      code: "unresolved",
      message: "The context id still holds a placeholder.",
      recovery: "Write the date itself, e.g. conversation_2026-01-31.",
    };
  }
  acknowledge(accepting, "context", command.context_id);
  back.queue.add(unit, {
    type: "context_load",
    payload: { contextId: command.context_id, depth: command.depth ?? "full" },
    workspaceId,
    cid,
    priority: priorities.context_load,
  });
  return undefined;
};
