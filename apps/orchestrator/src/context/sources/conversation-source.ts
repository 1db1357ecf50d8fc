import { cutText } from "../../cut-text.ts";
import type { ContextDeps } from "../context-deps.ts";
import type { Source } from "../source.ts";

const maxText = 1000;
const maxReply = 300;

/** Reads what was said in a span of time, the latest first; with replies where `withReplies` is set. */
export function conversationSource(
  { store }: ContextDeps,
  workspaceId: string,
  asked: { readonly day: string; readonly fromMs: number; readonly toMs: number },
  options: { readonly turns: number; readonly withReplies: boolean },
): Source {
  const { day, fromMs, toMs } = asked;
  return {
    name: "conversation",
    heading: `Around ${day} we discussed`,
    read: () =>
      store.conversation
        .read(workspaceId, { fromMs, toMs, limit: options.turns })
        .toReversed()
        .map(({ utteranceId, text, atMs, replies }) => {
          const reply = options.withReplies ? replies.at(-1) : undefined;
          const answered = reply === undefined ? "" : `, answered “${cutText(reply.text, maxReply)}”`;
          return {
            kind: "conversation",
            id: utteranceId,
            atMs,
            text: `you said “${cutText(text, maxText)}”${answered}`,
          } as const;
        }),
  };
}
