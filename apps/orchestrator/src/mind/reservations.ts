import type { Most } from "./budget-room.ts";
import type { Spender } from "./spending.ts";

/** What questions that run may still cost: without it, two at once would both find the same room. [O42] */
export interface Reservations {
  /** Puts aside what one question may cost; call the answer when it is over. */
  hold(spender: Required<Spender>, most: Most): () => void;
  /** What is put aside; what is left out is any. */
  held(spender: Spender): { readonly tokens: number; readonly microUsd: number };
}

/** Creates them; as many are held as questions run. */
export function createReservations(): Reservations {
  const running = new Set<{ readonly spender: Required<Spender>; readonly most: Most }>();
  return {
    hold(spender, most) {
      const held = { spender, most };
      running.add(held);
      return () => void running.delete(held);
    },
    held({ brain, workspaceId }) {
      let [tokens, microUsd] = [0, 0];
      for (const { spender, most } of running) {
        if (brain !== undefined && spender.brain !== brain) continue;
        if (workspaceId !== undefined && spender.workspaceId !== workspaceId) continue;
        tokens += most.tokens;
        microUsd += most.microUsd;
      }
      return { tokens, microUsd };
    },
  };
}
