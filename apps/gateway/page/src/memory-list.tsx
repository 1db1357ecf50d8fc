import type { VNode } from "preact";
import type { BoardMemory } from "../../src/board/board.ts";
import { visibleText } from "./visible-text.ts";

/** Shows what is remembered, newest first. */
export function MemoryList({ memories }: { memories: readonly BoardMemory[] }): VNode {
  if (memories.length === 0) return <p class="soft">Nothing yet. Say “Remember that I prefer dark mode”.</p>;
  return (
    <dl class="memories">
      {memories
        .toSorted((a, b) => b.atMs - a.atMs)
        .map((memory) => (
          <div key={memory.key} data-testid="memory" data-key={memory.key}>
            <dt>{visibleText(memory.key.replaceAll("_", " "))}</dt>
            <dd dir="auto">{visibleText(memory.value)}</dd>
          </div>
        ))}
    </dl>
  );
}
