import { createLinkClient, createMemoryCursorStore } from "@kingly/link/browser";
import type { Answer, Connect, Cursor, JsonObject } from "@kingly/link/browser";
import { createSilentLog } from "@kingly/runtime";
import type { Clock, Random } from "@kingly/runtime";
import type { LogRow } from "../../src/board/board.ts";
import { readSuggest } from "../../src/suggestions/read-suggest.ts";
import type { SuggestedNext } from "../../src/suggestions/read-suggest.ts";
import type { Connection } from "./connection-words.ts";
import type { SessionOutbox } from "./session-outbox.ts";
import { readRow } from "./snapshot.ts";
import type { Refusal } from "./turn-view.ts";

/** What the link tells the page. */
export interface PageLinkHandlers {
  onRows(rows: readonly LogRow[]): void;
  /** Loads a snapshot; awaited. */
  onResync(): Promise<void>;
  onReply(id: string, body: JsonObject): void;
  onState(id: string, state: string): void;
  onRefused(id: string, refusal: Refusal): void;
  onConnection(connection: Connection): void;
  /** The orchestrator is reached, or is not any more. */
  onBack(isThere: boolean): void;
  /** What may be said next; undefined when nothing is suggested. [G87] */
  onSuggest(next: SuggestedNext | undefined): void;
}

/** The page's end of the link. */
export interface PageLink {
  say(id: string, said: { readonly text: string; readonly command?: string }): Promise<unknown>;
  /** Asks once; `offline` without a WebSocket. */
  ask(question: string, params: unknown): Promise<Answer>;
  retryNow(): void;
  close(): void;
}

/** Opens the link after a cursor. */
export type OpenPageLink = (cursor: Cursor, handlers: PageLinkHandlers) => PageLink;

/** Creates the opener of links to the gateway, over the page's outbox; `connect` knows the way. */
export function createPageLink(deps: {
  readonly clock: Clock;
  readonly random: Random;
  readonly outbox: SessionOutbox;
  readonly connect: Connect;
}): OpenPageLink {
  const { clock, random, outbox, connect } = deps;
  return (cursor, handlers) => {
    const client = createLinkClient(
      { clock, random, log: createSilentLog(), connect },
      {
        outbox,
        cursorStore: createMemoryCursorStore(cursor),
        onEvent: (events) => handlers.onRows(events.map((event) => readRow(event.seq, event.body))),
        onResync: () => handlers.onResync(),
        onReply: (id, body) => handlers.onReply(id, body),
        onState: (id, state) => handlers.onState(id, state),
        onRefused: (id, { message, hint }) =>
          handlers.onRefused(id, { message, ...(hint === undefined ? {} : { hint }) }),
        onNote({ back, suggest }) {
          if (suggest !== undefined) handlers.onSuggest(readSuggest(suggest));
          if (back === "there" || back === "away") handlers.onBack(back === "there");
        },
        onStatus(status, { retryInMs, replayed }) {
          handlers.onConnection({
            status,
            ...(retryInMs === undefined ? {} : { retryAtMs: clock.nowMs() + retryInMs }),
            ...(replayed === undefined ? {} : { replayed, openedAtMs: clock.nowMs() }),
          });
        },
        // `heard` is not kept yet: it is said again until it is on record.
        settledBy: (_id, body) => (body["reply"] as { readonly state?: unknown } | undefined)?.state !== "heard",
      },
    );
    return {
      say: (id, said) => client.say(id, said),
      ask: (question, params) => client.ask(question, params),
      retryNow: () => client.retryNow(),
      close: () => client.close(),
    };
  };
}
