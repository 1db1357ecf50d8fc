import { isChain } from "./cursor.ts";
import type { ClientFrame } from "./frames.ts";
import { isFrameId } from "./frame-id.ts";
import { maxFrameDepth, maxFrameKeys } from "./frames.ts";
import { fault } from "./fault.ts";
import type { Checked, Fault } from "./fault.ts";
import { parseJson } from "./parse-json.ts";
import type { JsonObject } from "./is-json-object.ts";

/** A frame from a client, or what is wrong with it and the id it carried, if any. */
export type ReadClientFrame =
  | { readonly ok: true; readonly value: ClientFrame }
  | { readonly ok: false; readonly error: Fault; readonly id: string | undefined };

/** Reads one frame of a client: {@link parseJson}, then `t`, then the types of its fields. Never throws. [LK5][LK6]
 *
 * Faults: those of parseJson, `unknown_frame`, `invalid_frame`. */
export function readClientFrame(text: string): ReadClientFrame {
  const parsed = parseJson(text, maxFrameDepth, maxFrameKeys);
  if (!parsed.ok) return { ...parsed, id: undefined };
  const read = readFields(parsed.value);
  return read.ok ? read : { ...read, id: isFrameId(parsed.value["id"]) ? parsed.value["id"] : undefined };
}

function readFields(frame: JsonObject): Checked<ClientFrame> {
  const { t, ...fields } = frame;
  switch (t) {
    case "hello":
      return readHello(fields);
    case "say": {
      const { id, ...body } = fields;
      return isFrameId(id) ? { ok: true, value: { t, id, body } } : invalidId;
    }
    case "ack": {
      const seq = fields["seq"];
      if (typeof seq === "number" && Number.isSafeInteger(seq) && seq >= 0) return { ok: true, value: { t, seq } };
      return fault("invalid_frame", "ack has no seq", "send the seq of the last event you dealt with");
    }
    case "ask": {
      const { id, question, params } = fields;
      if (!isFrameId(id)) return invalidId;
      if (typeof question === "string" && question !== "" && question.length <= 128) {
        return { ok: true, value: { t, id, question, params } };
      }
      return fault("invalid_frame", "ask has no question", "send its name, 1 to 128 characters");
    }
    case "ping":
      return { ok: true, value: { t } };
    default:
      return fault("unknown_frame", "this t is not known here", "send hello, say, ack, ask or ping");
  }
}

const invalidId = fault("invalid_frame", "the id is missing or malformed", "send 1 to 64 of A-Z a-z 0-9 _ -");

function readHello(fields: JsonObject): Checked<ClientFrame> {
  const after = fields["after"] ?? null;
  // A chain of another form proves nothing: it is left out, as an older client leaves it out.
  const chain = isChain(fields["chain"]) ? { chain: fields["chain"] } : {};
  // A text that is no cursor is no fault: it is a cursor of another log, and answered by a resync.
  if (after === null || after === 0 || typeof after === "string") {
    return { ok: true, value: { t: "hello", after, ...chain } };
  }
  return fault("invalid_frame", "after is not a cursor", 'send null, "0", or the last id you received');
}
