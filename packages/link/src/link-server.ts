import type { Clock, Log, Random } from "@kingly/runtime";
import { defaultAskLimits } from "./ask-desk.ts";
import type { Question } from "./ask-desk.ts";
import { checkOptions } from "./check-options.ts";
import * as closeCodes from "./close-codes.ts";
import type { Cursor } from "./cursor.ts";
import type { EventLog } from "./event-log.ts";
import { createEventReader } from "./event-reader.ts";
import type { EventReader } from "./event-reader.ts";
import type { Answer } from "./frames.ts";
import { defaultHeartbeat } from "./heartbeat.ts";
import { openLinkSession } from "./link-session.ts";
import type { LinkConnection, Say, SessionLimits } from "./link-session.ts";
import { defaultSendLimits } from "./send-gate.ts";
import type { Socket } from "./socket.ts";

/** Options of {@link createLinkServer}. `Session` is what the app knows of a connection: the person, their scopes. */
export interface LinkServerOptions<Session> {
  /** Chooses the log that a session may follow. Return the same object for the same stream: it is read once for all. */
  eventLog(session: Session): EventLog;
  /** Takes what was said. Called in order, at once; the same id may come again and must have its effect once. */
  onSay(say: Say, session: Session): void | Promise<void>;
  /** Answers a question; changes nothing. */
  onAsk(question: Question, session: Session): Answer | Promise<Answer>;
  /** Told the cursor with which a client comes, before its stream begins: what it has seen of the log. Default: nothing. */
  onCursor?(cursor: Cursor, session: Session): void;
  /** Told that the client dealt with all events up to here. Default: nothing. */
  onAck?(cursor: Cursor, session: Session): void;
  /** Limits of each connection; what is not given has its default. */
  readonly limits?: Partial<SessionLimits>;
}

/** The server's side of the link: one for all connections. */
export interface LinkServer<Session> {
  /** Takes over an open socket whose peer was authenticated; it must not have been listened to. */
  accept(socket: Socket, session: Session): LinkConnection;
  connections(): number;
  /** Closes every connection with 1001; later sockets are closed at once. */
  close(): void;
}

/** The defaults of {@link SessionLimits}. */
export const defaultSessionLimits: SessionLimits = {
  ...defaultSendLimits,
  ...defaultAskLimits,
  ...defaultHeartbeat,
  helloMs: 5_000,
  pageEvents: 256,
  maxBadFrames: 16,
};

/** Creates the server's side: hello, replay, live events, says and questions, over any {@link Socket}.
 *
 * Throws {@link LinkError} `INVALID_OPTIONS`. */
export function createLinkServer<Session>(
  deps: { readonly clock: Clock; readonly random: Random; readonly log: Log },
  options: LinkServerOptions<Session>,
): LinkServer<Session> {
  const limits = checkOptions({ ...defaultSessionLimits, ...options.limits });
  const readers = new WeakMap<EventLog, EventReader>();
  const connections = new Set<LinkConnection>();
  let closed = false;

  const readerOf = (eventLog: EventLog): EventReader => {
    const known = readers.get(eventLog);
    if (known !== undefined) return known;
    const reader = createEventReader(eventLog);
    readers.set(eventLog, reader);
    return reader;
  };

  return {
    accept(socket, session) {
      // The socket may be closed already: then the end comes before there is a connection to forget.
      let ended = false;
      let leave = (): void => void (ended = true);
      const connection = openLinkSession(
        { clock: deps.clock, log: deps.log, socket },
        {
          ...limits,
          handlers: {
            reader: () => readerOf(options.eventLog(session)),
            onSay: (say) => options.onSay(say, session),
            onAsk: (question) => options.onAsk(question, session),
            onCursor: (cursor) => options.onCursor?.(cursor, session),
            onAck: (cursor) => options.onAck?.(cursor, session),
            onEnd: () => leave(),
          },
        },
      );
      leave = () => void connections.delete(connection);
      if (!ended) connections.add(connection);
      if (closed) connection.close(closeCodes.goingAway, "stopping");
      return connection;
    },
    connections: () => connections.size,
    close() {
      closed = true;
      for (const connection of connections) connection.close(closeCodes.goingAway, "stopping");
    },
  };
}
