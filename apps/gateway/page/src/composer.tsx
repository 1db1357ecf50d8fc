import type { RefObject, TargetedEvent, TargetedKeyboardEvent, VNode } from "preact";
import { useState } from "preact/hooks";
import { maxTextLength } from "../../src/check-utterance.ts";
import type { PageState } from "./page-state.ts";
import { recalled, recallStep } from "./recall.ts";
import type { RecallPlace } from "./recall.ts";

// From here on the length is worth showing.
const longText = maxTextLength - 500;

/** The field in which people speak. */
export function Composer(props: {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  said: readonly string[];
  /** What is worth knowing before sending, e.g. that the link is down. */
  note: string | undefined;
  /** Whether what would be understood is shown while one types. */
  isPreviewing: boolean;
  onPreview: (isOn: boolean) => void;
  notices: PageState["notices"];
  onNotices: (isOn: boolean) => void;
  /** Returns in words why it was not taken, or undefined. */
  onSay: (text: string) => string | undefined;
}): VNode {
  const { text, onText, said, note } = props;
  const [place, setPlace] = useState<RecallPlace>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const isTooLong = text.length > maxTextLength;
  const isBlank = text.trim() === "";

  const change = (next: string, at: RecallPlace): void => {
    onText(next);
    setPlace(at);
    setProblem(undefined);
  };
  const send = (): void => {
    if (isBlank || isTooLong) return;
    const why = props.onSay(text.trim());
    if (why === undefined) change("", undefined);
    else setProblem(why);
    props.field.current?.focus();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // The Enter that ends a composition belongs to the input method.
    if (event.isComposing) return;
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    if (key === "Enter" && !shiftKey && !altKey && !ctrlKey && !metaKey) send();
    else if (key === "Escape" && text !== "") change("", undefined);
    else if ((key === "ArrowUp" || key === "ArrowDown") && (text === "" || text === recalled(said, place))) {
      const at = recallStep(said, place, key === "ArrowUp" ? "older" : "newer");
      change(recalled(said, at), at);
    } else return;
    event.preventDefault();
  };
  const told = isTooLong
    ? `${text.length} of ${maxTextLength} characters: too long. Say it in parts, or put it in a file.`
    : problem;

  return (
    <form
      class="composer"
      onSubmit={(event: TargetedEvent<HTMLFormElement>) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="unseen" for="composer">
        Message
      </label>
      <div class="field">
        <textarea
          id="composer"
          data-testid="composer"
          ref={props.field}
          rows={1}
          value={text}
          placeholder="Say what to get done"
          autocomplete="off"
          enterkeyhint="send"
          aria-describedby="composer-note"
          aria-invalid={told !== undefined}
          onInput={(event) => change(event.currentTarget.value, undefined)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="send" data-testid="send" aria-disabled={isBlank || isTooLong}>
          Send
        </button>
      </div>
      <label class="soft preview">
        <input
          type="checkbox"
          data-testid="preview"
          checked={props.isPreviewing}
          onChange={(event) => props.onPreview(event.currentTarget.checked)}
        />
        Show what is understood while I type
      </label>
      <label class="soft preview">
        <input
          type="checkbox"
          data-testid="notices"
          checked={props.notices.isOn}
          onChange={(event) => props.onNotices(event.currentTarget.checked)}
        />
        Notify me when work completes while I look elsewhere
        {props.notices.why !== undefined && <span class="problem">{props.notices.why}</span>}
      </label>
      <p id="composer-note" class={told === undefined ? "soft note" : "note problem"}>
        {told ?? note ?? (text.length > longText ? `${text.length} of ${maxTextLength} characters` : "")}
      </p>
    </form>
  );
}
