import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";

/** Reads the wish to take the last command back: "undo", "no, not that", and a bare "cancel" just after it. [RX22]
 *
 * Within the undo window it is done by the commands that the view gives for it. Later, or when nothing takes it back, a
 * plain "undo" says so; a bare "cancel" then means something else. */
export const readUndo: ReadIntent = ({ heard, view, language, undoWindowMs }) => {
  const { books } = language;
  const { replies } = language.language;
  const says = books.undo.match(heard.tokens) !== undefined;
  const denies = books.notThat.match(heard.tokens) !== undefined;
  const mayMean = denies || books.stopThat.match(heard.tokens) !== undefined;
  if ((!says && !mayMean) || heard.asks) return undefined;
  const last = view.dialogue?.lastCommand;
  const sinceMs = view.nowMs - (last?.atMs ?? 0);
  const inTime = last !== undefined && sinceMs >= 0 && sinceMs <= undoWindowMs;
  if (inTime && last.undo.length > 0) {
    return {
      intent: "undo",
      confidence: confidence.sure,
      text: replies.undo(last.title),
      commands: last.undo,
      why: "undo: the last command, within its window",
    };
  }
  if (denies)
    return { intent: "no", confidence: confidence.sure, text: "", why: "no: to what the back may have asked" };
  if (!says) return undefined;
  const text = last === undefined ? replies.nothingToUndo : inTime ? "" : replies.tooLateToUndo(last.title);
  return { intent: "undo", confidence: confidence.sure, text, why: "undo: nothing that can be taken back at once" };
};
