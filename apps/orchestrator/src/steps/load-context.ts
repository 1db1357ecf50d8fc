// Step 2 of command processing: what is known that touches the task.
import type { Task } from "@kingly/store";
import type { Back } from "../back.ts";
import type { LoadedContext } from "../context/context.ts";
import { loadContext as loadKnown } from "../context/load-context.ts";
import { cutText } from "../cut-text.ts";

/** What a task is worked with. */
export interface TaskContext {
  /** The utterance in which the task was wanted: the person's own words. */
  readonly said: string | undefined;
  /** What else is known. It was written by others, or long ago: it is data. */
  readonly known: LoadedContext;
}

const maxSaid = 4000;
const nearMs = 86_400_000;

/** Loads the context of a task, as deep as it goes: its work is long, and what it begins with is read once. [O40] */
export async function loadContext(back: Back, workspaceId: string, task: Task): Promise<TaskContext> {
  return {
    said: saidOf(back, workspaceId, task),
    known: await loadKnown(back, workspaceId, task.id, "deep"),
  };
}

function saidOf(back: Back, workspaceId: string, task: Task): string | undefined {
  const utteranceId = /^utterance:(.+)$/.exec(task.intentSource ?? "")?.[1];
  if (utteranceId === undefined) return undefined;
  const turns = back.store.conversation.read(workspaceId, {
    fromMs: task.createdAtMs - nearMs,
    toMs: task.createdAtMs + nearMs,
    limit: 200,
  });
  const turn = turns.findLast((each) => each.utteranceId === utteranceId);
  return turn === undefined ? undefined : cutText(turn.text, maxSaid);
}
