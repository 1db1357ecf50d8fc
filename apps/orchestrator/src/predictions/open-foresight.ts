import { LRUCache } from "lru-cache";
import type { Servers } from "@kingly/mcp-batcher/servers";
import type { Back } from "../back.ts";
import { createGatewayNotes } from "./gateway-notes.ts";
import { createPredictions, predictionTimes } from "./predictions.ts";
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

type Items = readonly { readonly say: string; readonly why: string }[];

/** What the gateways were told for one turn. */
interface Told {
  readonly turn: string;
  readonly offered?: Items;
  readonly predicted?: Items;
}

const maxItems = 3;

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
  // By workspace what was told for its newest turn: what the reply offered comes first, whichever is known first.
  const told = new LRUCache<string, Told>({ max: predictionTimes.maxWorkspaces });
  const tell = (workspaceId: string, turn: string, more: Partial<Told>): void => {
    const before = told.get(workspaceId);
    const now = { turn, ...(before?.turn === turn ? before : {}), ...more };
    told.set(workspaceId, now);
    const items = [...(now.offered ?? []), ...(now.predicted ?? [])].slice(0, maxItems);
    notes.tell(workspaceId, { suggest: { turn, items } });
  };
  const stopWatching = back.offers.watch(({ workspaceId, turnId, say }) =>
    tell(workspaceId, turnId, { offered: [{ say, why: "As offered" }] }),
  );
  const predictions = createPredictions(back, {
    onPrediction(prediction) {
      const { workspaceId, turn, items } = prediction;
      tell(workspaceId, turn.id, { predicted: items.map(({ say, why }) => ({ say, why })) });
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
      stopWatching();
      predictions.close();
      prefetch.close();
    },
  };
}
