import { digest } from "@kingly/codec";
import type { Event } from "@kingly/codec";
import type { Board } from "../board/board.ts";
import type { Thought } from "./channel-event.ts";

// How much of the board a model is told of; the newest of each kind.
const most = { tasks: 50, turns: 5, memories: 20, digestTokens: 500 } as const;

/** Gives what a front model may know of a board: how things stand, the last turns, and names and memories as data. */
export function boardContext(board: Board): Pick<Thought, "digest" | "recent" | "untrusted"> {
  const tasks = board.tasks.values().slice(-most.tasks);
  const runs = board.runs.values().slice(-most.tasks);
  const events = [...tasks, ...runs].map(({ id, status, ...rest }): Event => ({
    op: "status_update",
    entity_id: id,
    status,
    ...(rest.progress === undefined ? {} : { progress: Math.min(1, Math.max(0, rest.progress)) }),
  }));
  return {
    digest: digest(events, { maxTokens: most.digestTokens }).text,
    recent: board.turns
      .values()
      .slice(-most.turns)
      .map((turn) => ({ text: turn.text, reply: turn.replies.at(-1)?.text ?? "" })),
    untrusted: [
      { source: "names of tasks", text: tasks.map(({ id, title }) => `${id}: ${title}`).join("\n") },
      {
        source: "memories",
        text: board.memories
          .values()
          .slice(-most.memories)
          .map(({ key, value }) => `${key}: ${value}`)
          .join("\n"),
      },
    ],
  };
}
