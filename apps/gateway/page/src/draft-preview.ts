import type { Answer } from "@kingly/link/browser";
import type { Clock, Timer } from "@kingly/runtime";

/** Shows what would be understood of a text while it is typed. */
export interface DraftPreview {
  /** The text is another one now. */
  change(text: string): void;
  /** Nothing is asked while it is off, which it is at first. */
  turn(isOn: boolean): void;
}

// A person who types has pauses of this length between words, not within them.
const pauseMs = 200;
const longestDraft = 400;

/** Creates the preview. It asks after a pause, one question at a time, and shows no answer to a text that is gone. [G26] */
export function createDraftPreview(deps: {
  readonly clock: Clock;
  ask(text: string): Promise<Answer>;
  /** Called with the preview of the text as it stands, or undefined. */
  show(preview: string | undefined): void;
}): DraftPreview {
  let isOn = false;
  let wanted = "";
  let timer: Timer | undefined;
  let isAsking = false;

  const look = async (): Promise<void> => {
    timer = undefined;
    if (isAsking || wanted === "") return;
    isAsking = true;
    const asked = wanted;
    const answer = await deps.ask(asked);
    isAsking = false;
    if (asked === wanted) deps.show(answer.ok ? previewOf(answer.value) : undefined);
    else later();
  };
  const later = (): void => {
    timer?.cancel();
    timer = deps.clock.setTimer(pauseMs, () => void look());
  };
  const change = (text: string): void => {
    const next = isOn && text.length <= longestDraft ? text.trim() : "";
    if (next === wanted) return;
    wanted = next;
    deps.show(undefined);
    if (next !== "") later();
  };
  return {
    change,
    turn(next) {
      isOn = next;
      if (!isOn) change("");
    },
  };
}

function previewOf(value: unknown): string | undefined {
  const { preview, passedOn } = (value ?? {}) as { readonly preview?: unknown; readonly passedOn?: unknown };
  if (typeof preview !== "string") return undefined;
  return passedOn === true ? "The orchestrator will read this." : preview;
}
