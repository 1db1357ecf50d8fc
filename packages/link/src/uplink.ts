import type { Log } from "@kingly/runtime";
import { fault } from "./fault.ts";
import type { Checked } from "./fault.ts";
import { maxFrameBytes } from "./frames.ts";
import { joinBody } from "./join-body.ts";
import type { Outbox, OutboxEntry } from "./outbox.ts";
import { isFrameId } from "./read-client-frame.ts";
import { utf8Bytes } from "./utf8-bytes.ts";

/** The way down to a socket, as long as it is open. */
export interface UplinkSocket {
  send(text: string): void;
  hasRoom(): boolean;
}

/** Pulls an outbox into the open socket, from its beginning after each open. */
export interface Uplink {
  say(id: string, body: object): Promise<Checked<null>>;
  /** Says everything unsettled again, in order. */
  open(socket: UplinkSocket): void;
  /** The socket has room again. */
  wake(): void;
  settle(id: string): Promise<void>;
}

const pageEntries = 64;

/** Creates the uplink: at least once, in the order of the outbox, until settled; at most `maxUnsettled` are on their
 * way at once, so that a long outage does not end in a flood. [LK25][LK40] */
export function createUplink(
  deps: { readonly outbox: Outbox; readonly log: Log },
  maxUnsettled: number = Number.POSITIVE_INFINITY,
): Uplink {
  const { outbox, log } = deps;
  let socket: UplinkSocket | undefined;
  let sentOrder = 0;
  // What went into this socket and is not settled yet.
  const unsettled = new Set<string>();
  // A listing that began before a reopen must not go into the new socket.
  let generation = 0;
  let listing = false;
  let again = false;

  const sendPage = (entries: readonly OutboxEntry[]): boolean => {
    for (const { order, id, body } of entries) {
      if (socket === undefined || unsettled.size >= maxUnsettled || !socket.hasRoom()) return false;
      sentOrder = order;
      unsettled.add(id);
      socket.send(sayFrame(id, body));
    }
    return entries.length === pageEntries;
  };
  const pump = async (): Promise<void> => {
    if (listing) {
      again = true;
      return;
    }
    listing = true;
    try {
      for (let more = true; more && socket !== undefined && unsettled.size < maxUnsettled && socket.hasRoom();) {
        again = false;
        const began = generation;
        const listed = outbox.list(sentOrder, pageEntries);
        const entries = listed instanceof Promise ? await listed : listed;
        more = began === generation ? sendPage(entries) : true;
        more ||= again;
      }
    } catch (cause) {
      log.error("link: the outbox could not be read", { cause: String(cause) });
    } finally {
      listing = false;
    }
  };

  return {
    async say(id, body) {
      const frame = checkSay(id, body);
      if (!frame.ok) return frame;
      const added = outbox.add(id, body);
      const kept = added instanceof Promise ? await added : added;
      // Not awaited: what is kept is promised; when it is sent is the link's concern.
      if (kept.ok) void pump();
      return kept;
    },
    open(opened) {
      generation += 1;
      socket = opened;
      sentOrder = 0;
      unsettled.clear();
      void pump();
    },
    wake: () => void pump(),
    async settle(id) {
      await outbox.remove(id);
      const wasFull = unsettled.size >= maxUnsettled;
      unsettled.delete(id);
      if (wasFull) void pump();
    },
  };
}

function checkSay(id: string, body: object): Checked<null> {
  if (!isFrameId(id)) return fault("invalid_id", "the id is malformed", "use 1 to 64 of A-Z a-z 0-9 _ -");
  const bytes = utf8Bytes(sayFrame(id, body));
  if (bytes < maxFrameBytes) return { ok: true, value: null };
  return fault("too_large", `the frame would be ${bytes} bytes, the limit is ${maxFrameBytes}`, "say less at once");
}

function sayFrame(id: string, body: object): string {
  return joinBody({ t: "say", id }, body);
}
