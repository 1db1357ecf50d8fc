// The public API of @kingly/link/browser: the client and a browser's WebSocket. Imports nothing of Node.
export { createMemoryCursorStore } from "../cursor-store.ts";
export type { CursorStore } from "../cursor-store.ts";
export type { Cursor } from "../cursor.ts";
export type { LoggedEvent, Position } from "../event-log.ts";
export type { Checked, Fault } from "../fault.ts";
export type { Answer } from "../frames.ts";
export { createLinkClient } from "../link-client.ts";
export type { LinkClient, LinkClientOptions, LinkStatus, LinkStatusDetail } from "../link-client.ts";
export { createMemoryOutbox } from "../outbox.ts";
export type { MemoryOutbox, Outbox, OutboxEntry } from "../outbox.ts";
export type { JsonObject } from "../is-json-object.ts";
export type { Connect } from "../socket.ts";
export { createStorageOutbox } from "../storage-outbox.ts";
export type { KeptSay, StorageOutbox, TextStorage } from "../storage-outbox.ts";
export { connectAnywhere } from "./connect-anywhere.ts";
export { connectWebSocket } from "./connect-web-socket.ts";
export type { AnywhereAddress } from "./connect-anywhere.ts";
export type { ConnectWebSocketOptions } from "./connect-web-socket.ts";
