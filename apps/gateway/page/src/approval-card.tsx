import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Act } from "./act.ts";
import { exactJson } from "./exact-json.ts";
import { visibleText } from "./visible-text.ts";
import type { Ask } from "./workflow-news.ts";

/** Asks a person: what would be done, with exactly what, and two buttons. The id names both, so nothing else is decided. [G22] */
export function ApprovalCard({ ask, onAct }: { ask: Ask; onAct: Act }): VNode {
  // A decision is on its way until the card goes; another would only be refused.
  const [decided, setDecided] = useState<string>();
  const decide = (decision: "approved" | "rejected", word: string): void => {
    const why = onAct(`${word}: ${ask.message}`.slice(0, 1000), { op: "approve", target_id: ask.id, decision });
    setDecided(why ?? word);
  };
  const title = `ask-${ask.id}`;
  return (
    <li class="ask" data-testid="approval" data-id={ask.id} aria-labelledby={title}>
      <p class="about">
        <span class="soft" dir="auto">
          {visibleText(ask.runTitle)}
        </span>
      </p>
      <p class="notice-title" id={title} dir="auto">
        {visibleText(ask.message)}
      </p>
      <pre data-testid="approval-arguments" tabIndex={0} aria-label="What it would be done with">
        {exactJson(ask.arguments)}
      </pre>
      <p class="acts">
        <button type="button" disabled={decided !== undefined} onClick={() => decide("approved", "Approve")}>
          Approve
        </button>
        <button
          type="button"
          class="plain"
          disabled={decided !== undefined}
          onClick={() => decide("rejected", "Refuse")}
        >
          Refuse
        </button>
        {decided !== undefined && <span role="status">{decided}</span>}
      </p>
    </li>
  );
}
