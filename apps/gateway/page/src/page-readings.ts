import type { Clock } from "@kingly/runtime";
import type { GatewayApi } from "./gateway-api.ts";
import type { HouseNews } from "./house-news.ts";
import type { Snapshot } from "./snapshot.ts";
import type { WorkflowNews } from "./workflow-news.ts";

/** Reads over HTTP what no row tells. */
export interface PageReadings {
  /** Something waits for a decision, or has moved: reads what is asked and shown with it. */
  workflows(): void;
  /** Looks how the house is. */
  house(): void;
  /** Turns that were not said here tell their commands to others: reads their states from the board. */
  states(): void;
}

/** What is done with what was read. */
export interface ReadingHandlers {
  /** Not called while the orchestrator is away: it takes nothing back. */
  onWorkflows(news: WorkflowNews): void;
  onHouse(news: HouseNews): void;
  onStates(turns: Snapshot["turns"]): void;
}

// Many rows come together: one reading for all of them.
const gatherMs = 100;
const othersMs = 500;

/** Creates the readings. What fails is read again with the next news: that the gateway is gone, the link says. */
export function createPageReadings(
  deps: {
    readonly clock: Clock;
    readonly api: GatewayApi;
    /** Passes a result on, and ends the session on a 401. */
    readonly guard: <T>(promise: Promise<T>) => Promise<T>;
  },
  handlers: ReadingHandlers,
): PageReadings {
  const { clock, api, guard } = deps;
  const read = <T>(reading: Promise<T>, take: (news: T) => void): void => void guard(reading).then(take, () => {});
  const gathered = (waitMs: number, go: () => void): (() => void) => {
    let isDue = false;
    return () => {
      if (isDue) return;
      isDue = true;
      clock.setTimer(waitMs, () => {
        isDue = false;
        go();
      });
    };
  };
  return {
    workflows: gathered(gatherMs, () =>
      read(api.workflows(), (news) => {
        if (!news.isStale) handlers.onWorkflows(news);
      }),
    ),
    states: gathered(othersMs, () => read(api.board(), ({ turns }) => handlers.onStates(turns))),
    house: () => read(api.house(), (news) => handlers.onHouse(news)),
  };
}
