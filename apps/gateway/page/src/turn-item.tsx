import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { ClockTime } from "./clock-time.tsx";
import { Elapsed } from "./elapsed.tsx";
import { StatusChip } from "./status-chip.tsx";
import type { Tone } from "./status-tone.ts";
import type { Reply, TurnProgress, TurnView } from "./turn-view.ts";
import { visibleText } from "./visible-text.ts";

const tones: Readonly<Record<TurnProgress, Tone>> = {
  sending: "ask",
  heard: "rest",
  recorded: "rest",
  accepted: "rest",
  running: "go",
  done: "good",
  cancelled: "off",
  failed: "bad",
};

/** Shows one turn: what was said, what was replied, and how far it has come. Painted again only when it changed. */
export function TurnItem({ turn, onAgain }: { turn: TurnView; onAgain: (text: string) => void }): VNode {
  return useMemo(() => draw(turn, onAgain), [turn, onAgain]);
}

function draw(turn: TurnView, onAgain: (text: string) => void): VNode {
  const { replies, refusal } = turn;
  const speakers = [...new Set(replies.map((reply) => reply.by))];
  return (
    <li class="turn" data-testid="turn" data-utterance={turn.utteranceId} data-state={turn.state}>
      <div class="said">
        <span class="unseen">You said: </span>
        <p dir="auto">{visibleText(turn.text)}</p>
      </div>
      {replies.map((reply, index) => (
        <Said key={index} reply={reply} />
      ))}
      {refusal !== undefined && (
        <div class="refusal">
          <p>{visibleText(refusal.message)}</p>
          {refusal.hint !== undefined && <p class="soft">{visibleText(refusal.hint)}</p>}
          <button type="button" class="plain" onClick={() => onAgain(turn.text)}>
            Put it back into the message field
          </button>
        </div>
      )}
      <p class="about">
        <StatusChip status={turn.state} tone={tones[turn.state]} />
        {speakers.length > 0 && <span>by {speakers.join(", ")}</span>}
        {turn.state === "running" && <Elapsed sinceMs={turn.atMs} />}
        <ClockTime atMs={turn.atMs} />
      </p>
    </li>
  );
}

function Said({ reply }: { reply: Reply }): VNode {
  return (
    <div class="reply">
      <span class="unseen">{reply.by} replied: </span>
      <p dir="auto" data-testid="reply" data-by={reply.by}>
        {visibleText(reply.text)}
      </p>
    </div>
  );
}
