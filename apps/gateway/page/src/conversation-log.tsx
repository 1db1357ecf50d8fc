import type { VNode } from "preact";
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import { dayWords } from "./clock-time.tsx";
import type { SuggestedNext } from "../../src/suggestions/read-suggest.ts";
import { NextSteps } from "./next-steps.tsx";
import { NoticeCard } from "./notice-card.tsx";
import { suggestions } from "./suggestions.ts";
import type { TimelineItem } from "./timeline.ts";
import { TurnItem } from "./turn-item.tsx";

// So near to the end counts as being there.
const nearEndPx = 80;

/** Shows the conversation. It follows what is new as long as its end is in view. */
export function ConversationLog(props: {
  items: readonly TimelineItem[];
  isReady: boolean;
  /** Grows with everything that is said here: then the end comes into view. */
  saidCount: number;
  onSay: (text: string) => void;
  onAgain: (text: string) => void;
  /** What may be said after the newest turn. */
  next: SuggestedNext | undefined;
}): VNode {
  const { items, saidCount, next } = props;
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [isAway, setAway] = useState(false);

  const toEnd = useCallback(() => {
    follows.current = true;
    if (log.current !== null) log.current.scrollTop = log.current.scrollHeight;
  }, []);
  const onScroll = useCallback(() => {
    const { current } = log;
    if (current === null) return;
    follows.current = current.scrollHeight - current.scrollTop - current.clientHeight < nearEndPx;
    setAway(!follows.current);
  }, []);
  useLayoutEffect(toEnd, [saidCount]);
  useLayoutEffect(() => {
    if (follows.current) toEnd();
  }, [items, next]);
  useLayoutEffect(() => {
    // The field below grows, the window turns: the end stays in view.
    const observer = new ResizeObserver(() => follows.current && toEnd());
    if (log.current !== null) observer.observe(log.current);
    return () => observer.disconnect();
  }, []);

  return (
    <div class="log-frame">
      <div class="log" role="log" aria-live="off" aria-label="Conversation" tabIndex={0} ref={log} onScroll={onScroll}>
        {items.length === 0 && props.isReady && <Welcome onSay={props.onSay} />}
        <ol>
          {items.flatMap((item, index) => [
            ...drawItem(item, items[index - 1], props.onAgain),
            ...(next !== undefined && item.kind === "turn" && item.turn.utteranceId === next.turn
              ? [<NextSteps key={`next-${next.turn}`} items={next.items} onSay={props.onSay} />]
              : []),
          ])}
        </ol>
      </div>
      {isAway && (
        <button type="button" class="to-end" onClick={toEnd}>
          <span aria-hidden="true">↓</span> Latest
        </button>
      )}
    </div>
  );
}

function drawItem(item: TimelineItem, before: TimelineItem | undefined, onAgain: (text: string) => void): VNode[] {
  const day = dayWords(item.atMs);
  const drawn =
    item.kind === "turn" ? (
      <TurnItem key={item.key} turn={item.turn} onAgain={onAgain} />
    ) : (
      <NoticeCard key={item.key} notice={item.notice} />
    );
  if (before !== undefined && dayWords(before.atMs) === day) return [drawn];
  return [
    <li key={`day-${item.key}`} class="day">
      {day}
    </li>,
    drawn,
  ];
}

function Welcome({ onSay }: { onSay: (text: string) => void }): VNode {
  return (
    <div class="welcome">
      <h2>What would you like to get done?</h2>
      <p class="soft">You get an answer at once. The work goes on behind it, and shows up here when it is done.</p>
      <ul aria-label="Things to say">
        {suggestions.map((text) => (
          <li key={text}>
            <button type="button" onClick={() => onSay(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
