import type { VNode } from "preact";
import type { SuggestedItem } from "../../src/suggestions/read-suggest.ts";
import { visibleText } from "./visible-text.ts";

/** Shows what may be said next, as buttons under the newest turn. The words are a person's earlier ones: text only. [G87] */
export function NextSteps({ items, onSay }: { items: readonly SuggestedItem[]; onSay: (text: string) => void }): VNode {
  return (
    <li class="next" data-testid="next">
      <div role="group" aria-label="Suggestions for what to say next">
        <span class="soft" aria-hidden="true">
          Next:
        </span>
        <ol>
          {items.map(({ say, why }) => (
            <li key={say}>
              <button type="button" dir="auto" title={visibleText(why)} onClick={() => onSay(say)}>
                {visibleText(say)}
                <span class="unseen">. {visibleText(why)}</span>
              </button>
              <span class="soft why" aria-hidden="true">
                {visibleText(why)}
              </span>
            </li>
          ))}
        </ol>
      </div>
    </li>
  );
}
