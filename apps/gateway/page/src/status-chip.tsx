import type { VNode } from "preact";
import { statusWords } from "./status-tone.ts";
import type { Tone } from "./status-tone.ts";

/** Shows a status as a word with a dot; the colour only repeats what the word says. */
export function StatusChip({ status, tone }: { status: string; tone: Tone }): VNode {
  return (
    <span class="chip" data-tone={tone}>
      {statusWords(status)}
    </span>
  );
}
