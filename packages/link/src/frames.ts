// The wire of the link, version `kingly.1`: one JSON object per WebSocket text frame, each under 64 KiB.
//
// client -> server
//   {"t":"hello","after":"epoch:seq"|"0"|0|null,"chain"?}   first, once; chain: what the client was told at its cursor
//   {"t":"say","id",...body}                          told once; repeated until answered; the server dedupes by id
//   {"t":"ack","seq"}                                 every event up to seq is dealt with
//   {"t":"ask","id","question","params"}              a question; never repeated
//   {"t":"ping"}
//
// server -> client
//   {"t":"hello","epoch","head","low","chain"?}       first; chain: of a log that has one, at its head
//   {"t":"event","seq","chain"?,...body}              one event
//   {"t":"events","events":[{"seq","chain"?,...body}, ...]}   several
//   {"t":"resync","epoch","head","low","chain"?}      no continuation: take a snapshot, events go on after head
//   {"t":"reply","id",...body}                        to a say; any number
//   {"t":"state","id","state"}                        of a say; any number
//   {"t":"answer","id","value"} or {"t":"answer","id","error":{code,message}}
//   {"t":"pong"}
//   {"t":"note",...body}                              what is true now; not kept, not repeated
//   {"t":"error","code","message","hint","retryAfterMs"?,"id"?}   with the id of a say: it is refused
//
// Over plain HTTP the same frames go down as server-sent events (`data:` one frame) and up by POSTs, one frame each. The
// stream begins with `event: kingly.1` and the id of the socket as `data:`, to which is posted; `event: probe` asks for a
// ping, `event: close` tells {"code","reason"}.
//
// Names of the link's own (`t`, `id`, `seq`, `chain`) cannot be used in bodies: the link's value wins.
import type { LoggedEvent, Position } from "./event-log.ts";
import type { Fault } from "./fault.ts";
import type { JsonObject } from "./is-json-object.ts";

/** The WebSocket subprotocol, and with it the version of the wire. */
export const linkSubprotocol: string = "kingly.1";

/** The largest frame, in bytes; both sides close 1009 on a larger one. */
export const maxFrameBytes: number = 65_536;

/** The deepest nesting of a frame. */
export const maxFrameDepth: number = 32;

/** The most keys of a client's frame, at all depths together. A server's frame of many events has more. */
export const maxFrameKeys: number = 1_024;

/** What a client says, after the check. */
export type ClientFrame =
  | { readonly t: "hello"; readonly after: string | 0 | null; readonly chain?: string }
  | { readonly t: "say"; readonly id: string; readonly body: JsonObject }
  | { readonly t: "ack"; readonly seq: number }
  | { readonly t: "ask"; readonly id: string; readonly question: string; readonly params: unknown }
  | { readonly t: "ping" };

/** What a server says, after the check. An event and several events are one thing; the id of an error of no say is "";
 * `other` is a sign of life: a pong, or what a later version says. */
export type ServerFrame =
  | { readonly t: "hello"; readonly position: Position }
  | { readonly t: "events"; readonly events: readonly LoggedEvent<JsonObject>[] }
  | { readonly t: "resync"; readonly position: Position }
  | { readonly t: "reply"; readonly id: string; readonly body: JsonObject }
  | { readonly t: "state"; readonly id: string; readonly state: string }
  | { readonly t: "answer"; readonly id: string; readonly answer: Answer }
  | { readonly t: "note"; readonly body: JsonObject }
  | { readonly t: "error"; readonly fault: Fault; readonly id: string }
  | { readonly t: "other" };

/** What a question came to. `error.code` is the app's, or `deadline`, `busy`, `internal`, `too_large`, `offline`, `closed`. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string; readonly retryAfterMs?: number | undefined };
    };
