import type { VNode } from "preact";
import { elapsedWords } from "./elapsed-words.ts";
import { useNow } from "./use-now.ts";

// Work that says nothing for so long is worth a remark; longer, a warning.
const quietMs = 10_000;
const silentMs = 30_000;

/** Says how long something runs, and since when nothing was heard of it. */
export function Elapsed({ sinceMs, lastNewsMs }: { sinceMs: number; lastNewsMs?: number }): VNode {
  const nowMs = useNow(true);
  const quietForMs = lastNewsMs === undefined ? 0 : nowMs - lastNewsMs;
  return (
    <span class="elapsed">
      {elapsedWords(nowMs - sinceMs)}
      {quietForMs > quietMs && (
        <span class={quietForMs > silentMs ? "quiet silent" : "quiet"}> · quiet for {elapsedWords(quietForMs)}</span>
      )}
    </span>
  );
}
