import type { Log } from "@kingly/runtime";
import { fault } from "./fault.ts";
import type { Checked } from "./fault.ts";
import { isFrameId } from "./frame-id.ts";
import { maxFrameBytes, maxFrameDepth } from "./frames.ts";
import { isHarmless } from "./is-harmless.ts";
import { isJsonObject } from "./is-json-object.ts";
import type { JsonObject } from "./is-json-object.ts";
import { LinkError } from "./link-error.ts";
import type { Outbox, OutboxEntry } from "./outbox.ts";
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
  readonly wake: () => void;
  settle(id: string): Promise<void>;
}

const pageEntries = 64;

/** Creates the uplink: at least once, in the order of the outbox, until settled; at most `maxUnsettled` are on their
 * way at once, so that a long outage does not end in a flood. [LK25][LK40] */
export function createUplink(log: Log, outbox: Outbox, maxUnsettled: number): Uplink {
  let socket: UplinkSocket | undefined;
  // Listed and not sent yet: a page that did not fit is not listed again for every say that is settled.
  let page: OutboxEntry[] = [];
  let sentOrder = 0;
  // What went into this socket and is not settled yet.
  const unsettled = new Set<string>();
  let isDue = false;
  // One step after the other: a listing that began before a reopen must not go into the new socket.
  let steps: Promise<unknown> = Promise.resolve();

  const wake = (): void => {
    if (isDue) return;
    isDue = true;
    steps = steps.then(sendAll).catch((cause: unknown) => {
      log.error("link: the outbox was not read", { cause: String(cause) });
    });
  };
  const sendAll = async (): Promise<void> => {
    isDue = false;
    while (unsettled.size < maxUnsettled && socket?.hasRoom()) {
      if (page.length === 0) page = [...(await outbox.list(sentOrder, pageEntries))];
      const next = page.shift();
      if (!next) return;
      sentOrder = next.order;
      unsettled.add(next.id);
      socket.send(sayFrame(next.id, next.body));
    }
  };

  return {
    wake,
    async say(id, body) {
      if (!isFrameId(id)) return fault("invalid_id", "an id is 1 to 64 of A-Z a-z 0-9 _ -");
      const plain = plainBody(body);
      const bytes = utf8Bytes(sayFrame(id, plain));
      if (bytes >= maxFrameBytes) return fault("too_large", `${bytes} bytes do not fit a frame`);
      const kept = await outbox.add(id, plain);
      // Not awaited: what is kept is promised; when it is sent is the link's concern.
      if (kept.ok) wake();
      return kept;
    },
    open(opened) {
      steps = steps.then(() => {
        socket = opened;
        page = [];
        sentOrder = 0;
        unsettled.clear();
        wake();
      });
    },
    async settle(id) {
      await outbox.remove(id);
      if (unsettled.size >= maxUnsettled) wake();
      unsettled.delete(id);
    },
  };
}

function sayFrame(id: string, body: object): string {
  return JSON.stringify({ ...body, t: "say", id });
}

/** What JSON makes of a body: later changes of the caller's object are not said. What no server takes would stay in the
 * outbox for ever. [LK5] */
function plainBody(body: object): JsonObject {
  try {
    const plain: unknown = JSON.parse(JSON.stringify(body));
    if (isJsonObject(plain) && isHarmless(plain, maxFrameDepth)) return plain;
  } catch {
    // A cycle, a bigint, a function: it has no JSON form.
  }
  throw new LinkError("UNTELLABLE_BODY", "a body must be a harmless JSON object");
}
