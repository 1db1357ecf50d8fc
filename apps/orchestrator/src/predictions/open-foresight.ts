import type { Servers } from "@kingly/mcp-batcher/servers";
import type { Back } from "../back.ts";
import { createGatewayNotes } from "./gateway-notes.ts";
import { createPredictions } from "./predictions.ts";
import type { Predictions } from "./predictions.ts";
import { createPrefetch } from "./prefetch.ts";
import type { PrefetchStats } from "./prefetch.ts";

/** What is done before anybody asks: suggestions for the person, and what they will need, loaded ahead. */
export interface Foresight {
  /** A gateway comes into a workspace; the function it gets is called when it goes. */
  join(workspaceId: string, note: (body: object) => void): () => void;
  stats(): { readonly predictions: ReturnType<Predictions["stats"]>; readonly prefetch: PrefetchStats };
  close(): void;
}

const nothing: ReturnType<Foresight["stats"]> = {
  predictions: { workspaces: 0, turns: 0, told: 0, skipped: 0 },
  prefetch: { loaded: 0, used: 0, wasted: 0, left: 0, stopped: 0 },
};

/** Opens it over the back. With `isOn` false nothing is learned, suggested or loaded ahead. [O72][O66] */
export function openForesight(back: Back, servers: Pick<Servers, "states">, isOn: boolean): Foresight {
  if (!isOn) return { join: () => () => {}, stats: () => nothing, close: () => {} };
  const notes = createGatewayNotes();
  const prefetch = createPrefetch(back, (server) =>
    servers.states().some(({ name, status }) => name === server && status === "ready"),
  );
  const predictions = createPredictions(back, {
    onPrediction(prediction) {
      const { workspaceId, turn, items } = prediction;
      const suggest = { turn: turn.id, items: items.map(({ say, why }) => ({ say, why })) };
      notes.tell(workspaceId, { suggest });
      prefetch.take(prediction);
    },
    onTurn: (workspaceId, turn) => prefetch.onTurn(workspaceId, turn),
  });
  return {
    join(workspaceId, note) {
      predictions.open(workspaceId);
      return notes.join(workspaceId, note);
    },
    stats: () => ({ predictions: predictions.stats(), prefetch: prefetch.stats() }),
    close() {
      predictions.close();
      prefetch.close();
    },
  };
}
