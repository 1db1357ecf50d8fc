import type { VNode } from "preact";
import { useCallback, useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Act } from "./act.ts";
import { Composer } from "./composer.tsx";
import { ConnectionBadge } from "./connection-badge.tsx";
import { ConversationLog } from "./conversation-log.tsx";
import { HelpSheet } from "./help-sheet.tsx";
import { listenForPageKeys } from "./page-keys.ts";
import type { PageState } from "./page-state.ts";
import type { PageStore } from "./page-store.ts";
import { SignedOut } from "./signed-out.tsx";
import { toneOf } from "./status-tone.ts";
import { visibleText } from "./visible-text.ts";
import { WorkPanel } from "./work-panel.tsx";

/** The whole page over its store. */
export function Page({ store }: { store: PageStore }): VNode {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => store.subscribe(() => again(undefined)), [store]);
  const state = store.state();
  useEffect(() => {
    document.title = state.unseen === 0 ? "Kingly" : `(${state.unseen}) Kingly`;
  }, [state.unseen]);
  return state.phase === "signed-out" ? <SignedOut /> : <House store={store} state={state} />;
}

function House({ store, state }: { store: PageStore; state: PageState }): VNode {
  const [view, setView] = useState<"talk" | "work">("talk");
  const [text, setText] = useState("");
  const [saidCount, setSaidCount] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  const sheet = useRef<HTMLDialogElement>(null);

  const focus = useCallback(() => {
    setView("talk");
    // At once, so that not a letter of what is typed next is lost; again where only the next paint shows the field.
    field.current?.focus();
    if (document.activeElement !== field.current) requestAnimationFrame(() => field.current?.focus());
  }, []);
  const say = useCallback(
    (said: string) => {
      const why = store.say(said);
      if (why === undefined) setSaidCount((count) => count + 1);
      return why;
    },
    [store],
  );
  const act = useCallback<Act>((words, command) => store.act(words, command), [store]);
  const type = useCallback(
    (next: string) => {
      setText(next);
      store.type(next);
    },
    [store],
  );
  const put = useCallback((said: string) => {
    type(said);
    focus();
  }, []);
  const saySuggestion = useCallback((said: string) => {
    if (say(said) !== undefined) put(said);
    else focus();
  }, []);
  const help = useCallback(() => sheet.current?.showModal(), []);
  useEffect(() => listenForPageKeys({ focus, help }), []);
  useEffect(() => {
    // Where a keyboard would cover the page, a person asks for it.
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, []);

  const waits = state.workflows.asks.length;
  const atWork = [...state.tasks, ...state.runs].filter((thing) => toneOf(thing.status) === "go").length;
  return (
    <div class="house" data-view={view}>
      <header>
        <h1>
          <Crown /> Kingly
        </h1>
        <nav aria-label="Views">
          <button type="button" aria-current={view === "talk"} onClick={() => setView("talk")}>
            Conversation
          </button>
          <button type="button" aria-current={view === "work"} onClick={() => setView("work")}>
            Work{atWork > 0 && <span class="count">{atWork} running</span>}
            {waits > 0 && <span class="count">{waits} for you</span>}
          </button>
        </nav>
        {state.house.mind !== undefined && (
          <span class="soft mind" data-testid="mind" title="Who thinks behind the first answer">
            Mind: {visibleText(state.house.mind)}
          </span>
        )}
        <ConnectionBadge connection={state.connection} backAway={state.backAway} onLook={() => store.lookAround()} />
        <button type="button" class="plain help-button" aria-label="Help" title="Help (?)" onClick={help}>
          ?
        </button>
      </header>
      <main>
        <ConversationLog
          items={state.timeline}
          isReady={state.phase === "ready"}
          saidCount={saidCount}
          onSay={saySuggestion}
          onAgain={put}
          next={state.next}
        />
        <Composer
          field={field}
          text={text}
          onText={type}
          said={state.said}
          note={state.preview.text ?? noteOf(state)}
          isPreviewing={state.preview.isOn}
          onPreview={(isOn) => store.setPreview(isOn)}
          notices={state.notices}
          onNotices={(isOn) => store.setNotices(isOn)}
          onSay={say}
        />
      </main>
      <WorkPanel state={state} onAct={act} />
      <HelpSheet sheet={sheet} onPick={put} />
      <div class="unseen" role="status" aria-live="polite">
        <span key={state.announcement.turn}>{state.announcement.text}</span>
      </div>
    </div>
  );
}

function noteOf({ connection, sending, backAway }: PageState): string | undefined {
  if (connection.status !== "open") {
    if (sending === 0) return "Not connected. What you say is kept in this tab, and sent when the connection is back.";
    return `Not connected: ${sending} ${sending === 1 ? "message waits" : "messages wait"} for the connection.`;
  }
  return backAway === undefined
    ? undefined
    : "The orchestrator is away. What you ask for is kept and done when it is back.";
}

function Crown(): VNode {
  return (
    <svg class="crown" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M5 24h22l2-14-7 5-6-9-6 9-7-5z" />
    </svg>
  );
}
