import type { Command } from "@kingly/codec";
import type { Answer, Offer, ViewDialogue } from "@kingly/reflex";

/** What passed between a person and the reflex last, so that "yes", "undo" and "the second" have a meaning. [G30] */
export interface Dialogue {
  /** What the reflex may know of it now. `otherReplyAtMs` is when somebody else replied last: who asks something after an
   * offer is who a "yes" answers, so the offer is gone. */
  view(nowMs: number, otherReplyAtMs: () => number): ViewDialogue;
  /** Tells what was answered; `cids` are those of its commands, in their order. */
  onAnswer(answer: Answer, cids: readonly string[], atMs: number): void;
}

/** How long an offer stands: who comes back later has something else in mind. */
const offerLifeMs = 300_000;

/** Creates the dialogue of one person. It is kept in memory only: after a restart a "yes" goes to the back. */
export function createDialogue(): Dialogue {
  let offers: readonly Offer[] = [];
  let offeredAtMs = 0;
  let lastReply: string | undefined;
  let lastCommand: ViewDialogue["lastCommand"];
  return {
    view(nowMs, otherReplyAtMs) {
      const stands = offers.length > 0 && nowMs - offeredAtMs <= offerLifeMs && otherReplyAtMs() <= offeredAtMs;
      return {
        ...(stands ? { offers } : {}),
        ...(lastReply === undefined ? {} : { lastReply }),
        ...(lastCommand === undefined ? {} : { lastCommand }),
      };
    },
    onAnswer(answer, cids, atMs) {
      ({ offers } = answer);
      offeredAtMs = atMs;
      // What the back will say is in the log; until then there is nothing to say again.
      lastReply = answer.route === "front" ? answer.reply.text : undefined;
      const changing = answer.commands.some((command) => command.op !== "context_load");
      if (!changing) return;
      const { title, workflowId, value } = answer.slots;
      lastCommand = { atMs, title: title ?? value ?? workflowId ?? "that", undo: undoOf(answer.commands, cids) };
    },
  };
}

/** What takes commands back: what they create is cancelled. Empty when one of them cannot be taken back. */
function undoOf(commands: readonly Command[], cids: readonly string[]): readonly Command[] {
  const undo = commands.map((command, index): readonly Command[] | undefined => {
    const cid = cids[index] ?? "";
    if (command.op === "task_create") return [{ op: "cancel", target_id: `task_${cid}` }];
    if (command.op === "workflow_start") return [{ op: "cancel", target_id: `run_${cid}` }];
    const goesWithIt = command.op === "context_load" || (command.op === "task_split" && command.task_id === "auto");
    return goesWithIt ? [] : undefined;
  });
  return undo.includes(undefined) ? [] : undo.flatMap((part) => part ?? []);
}
