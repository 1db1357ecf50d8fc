// The public API of @kingly/link: the core, without ws and without the DOM. Sockets are at ./node and ./browser.
export type { AskLimits, Question } from "./ask-desk.ts";
export { closeCodes } from "./close-codes.ts";
export { connectEventStream } from "./connect-event-stream.ts";
export type { EventStreamAddress } from "./connect-event-stream.ts";
export { connectWithFallback } from "./connect-with-fallback.ts";
export type { FallbackOptions } from "./connect-with-fallback.ts";
export { formatCursor, isEpoch, parseCursor, placeCursor } from "./cursor.ts";
export type { Cursor, Start } from "./cursor.ts";
export { createMemoryCursorStore } from "./cursor-store.ts";
export type { CursorStore } from "./cursor-store.ts";
export type { EventLog, LoggedEvent, Position } from "./event-log.ts";
export { createEventStreams } from "./event-stream.ts";
export type { EventStreamOptions, EventStreams, StreamSink, StreamStart } from "./event-stream.ts";
export type { Checked, Fault } from "./fault.ts";
export { linkSubprotocol, maxFrameBytes, maxFrameDepth, maxFrameKeys } from "./frames.ts";
export type { Answer, ClientFrame, ServerFrame } from "./frames.ts";
export type { HeartbeatTimes } from "./heartbeat.ts";
export { createLinkClient, defaultClientLimits } from "./link-client.ts";
export type {
  LinkClient,
  LinkClientLimits,
  LinkClientOptions,
  LinkStatus,
  LinkStatusDetail,
} from "./link-client.ts";
export { isLinkError, LinkError } from "./link-error.ts";
export type { LinkErrorCode } from "./link-error.ts";
export { createLinkServer, defaultSessionLimits } from "./link-server.ts";
export type { LinkServer, LinkServerOptions } from "./link-server.ts";
export type { LinkConnection, Say, SessionLimits } from "./link-session.ts";
export { createMemoryOutbox } from "./outbox.ts";
export type { MemoryOutbox, Outbox, OutboxEntry } from "./outbox.ts";
export type { JsonObject } from "./is-json-object.ts";
export { readClientFrame } from "./read-client-frame.ts";
export type { ReadClientFrame } from "./read-client-frame.ts";
export { readServerFrame } from "./read-server-frame.ts";
export { reconnectDelay } from "./reconnect-delay.ts";
export type { ReconnectTimes } from "./reconnect-delay.ts";
export type { SendLimits } from "./send-gate.ts";
export type { Connect, Socket, SocketListener } from "./socket.ts";
export { createStorageOutbox } from "./storage-outbox.ts";
export type { KeptSay, StorageOutbox, TextStorage } from "./storage-outbox.ts";
