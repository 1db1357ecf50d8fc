// Step 5 of the walk: the store's log, one row one line, as the link's event log.
import type { EventLog } from "@kingly/link";
import type { Store, StoredEvent } from "@kingly/store";
import { eventLine } from "./event-line.ts";

/** What one event carries to the front. */
export interface LineBody {
  readonly line: string;
  readonly cid?: string;
  /** When it was committed, in ms. */
  readonly at: number;
}

/** Gives each workspace's log to the link; the same object for the same workspace. [O15] */
export function createAnnounceEvents(deps: { readonly store: Store }): (workspaceId: string) => EventLog<LineBody> {
  // As many as there are workspaces, which are limited when they are opened.
  const logs = new Map<string, EventLog<LineBody>>();
  const { events } = deps.store;
  return (workspaceId) => {
    const known = logs.get(workspaceId);
    if (known !== undefined) return known;
    const log: EventLog<LineBody> = {
      position: () => {
        const position = events.position(workspaceId);
        if (position === undefined) throw new Error(`The workspace ${workspaceId} was not opened.`);
        return position;
      },
      read: (afterSeq, limit) =>
        events.readAfter(workspaceId, afterSeq, Math.min(limit, 1000)).map((event) => ({
          seq: event.seq,
          ...(event.chain === undefined ? {} : { chain: shortChain(event.chain) }),
          body: bodyOf(event),
        })),
      chainAt(seq) {
        const chain = events.chainAt(workspaceId, seq);
        return chain === undefined ? undefined : shortChain(chain);
      },
      subscribe: (onAppend) => events.subscribe(workspaceId, onAppend),
    };
    logs.set(workspaceId, log);
    return log;
  };
}

// 64 bits: enough to tell two logs apart, and little on the wire.
const chainDigits = 16;

function shortChain(chain: string): string {
  return chain.slice(0, chainDigits);
}

/** The body of one event. */
export function bodyOf(event: StoredEvent): LineBody {
  return { line: eventLine(event), ...(event.cid === undefined ? {} : { cid: event.cid }), at: event.atMs };
}
