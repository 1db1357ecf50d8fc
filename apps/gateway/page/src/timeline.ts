import type { Notice } from "../../src/board/board.ts";
import type { TurnView } from "./turn-view.ts";

/** One thing in the conversation. `key` is its own for as long as the page is open. */
export type TimelineItem =
  | { readonly kind: "turn"; readonly key: string; readonly atMs: number; readonly turn: TurnView }
  | { readonly kind: "notice"; readonly key: string; readonly atMs: number; readonly notice: Notice };

/** Orders turns and notices by time; what happened in the same millisecond stays as it came, turns first. [G15] */
export function timeline(turns: readonly TurnView[], notices: readonly Notice[]): readonly TimelineItem[] {
  const items: TimelineItem[] = [
    ...turns.map((turn): TimelineItem => ({ kind: "turn", key: `turn-${turn.utteranceId}`, atMs: turn.atMs, turn })),
    ...notices.map((notice): TimelineItem => ({
      kind: "notice",
      key: `notice-${notice.seq}`,
      atMs: notice.atMs,
      notice,
    })),
  ];
  return items.toSorted((a, b) => a.atMs - b.atMs);
}
