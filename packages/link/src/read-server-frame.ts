import { isChain, isEpoch } from "./cursor.ts";
import type { LoggedEvent, Position } from "./event-log.ts";
import { fault } from "./fault.ts";
import type { Checked } from "./fault.ts";
import type { Answer, ServerFrame } from "./frames.ts";
import { maxFrameDepth } from "./frames.ts";
import { isJsonObject, parseJson } from "./parse-json.ts";
import type { JsonObject } from "./parse-json.ts";

/** Reads one frame of a server. Never throws. Faults: those of parseJson, `unknown_frame`, `invalid_frame`. [LK5] */
export function readServerFrame(text: string): Checked<ServerFrame> {
  const parsed = parseJson(text, maxFrameDepth);
  return parsed.ok ? readFields(parsed.value) : parsed;
}

function readFields(frame: JsonObject): Checked<ServerFrame> {
  const { t, ...fields } = frame;
  const value = readKnown(t, fields);
  if (value === undefined)
    return fault("unknown_frame", "this t is not known here", "use the same version on both sides");
  return value === null
    ? fault("invalid_frame", `a field of ${String(t)} is wrong`, "mend the server")
    : { ok: true, value };
}

/** Undefined: an unknown frame. Null: a known one with a wrong field. */
function readKnown(t: unknown, fields: JsonObject): ServerFrame | null | undefined {
  const id = typeof fields["id"] === "string" ? fields["id"] : undefined;
  switch (t) {
    case "hello":
    case "resync": {
      const position = readPosition(fields);
      return position === undefined ? null : { t, position };
    }
    case "event":
      return readEvents([fields]);
    case "events":
      return readEvents(fields["events"]);
    case "reply": {
      const { id: _, ...body } = fields;
      return id === undefined ? null : { t, id, body };
    }
    case "state": {
      const state = fields["state"];
      return id === undefined || typeof state !== "string" ? null : { t, id, state };
    }
    case "answer":
      return id === undefined ? null : { t, id, answer: readAnswer(fields) };
    case "pong":
      return { t };
    case "note":
      return { t, body: fields };
    case "error":
      return { t, fault: { hint: "", ...readError(fields) }, id };
    default:
      return undefined;
  }
}

function readPosition({ epoch, head, low, chain }: JsonObject): Position | undefined {
  if (!isEpoch(epoch) || !isSeq(head) || !isSeq(low)) return undefined;
  return { epoch, head, low, ...(isChain(chain) ? { chain } : {}) };
}

function readEvents(rows: unknown): ServerFrame | null {
  if (!Array.isArray(rows)) return null;
  const events: LoggedEvent<JsonObject>[] = [];
  for (const row of rows as readonly unknown[]) {
    if (!isJsonObject(row)) return null;
    const { seq, chain, ...body } = row;
    if (!isSeq(seq)) return null;
    events.push(isChain(chain) ? { seq, chain, body } : { seq, body });
  }
  return { t: "events", events };
}

function readAnswer(fields: JsonObject): Answer {
  const error = fields["error"];
  return isJsonObject(error) ? { ok: false, error: readError(error) } : { ok: true, value: fields["value"] };
}

function readError({ code, message, hint, retryAfterMs }: JsonObject): {
  code: string;
  message: string;
  hint?: string;
  retryAfterMs?: number;
} {
  return {
    code: typeof code === "string" ? code : "unknown",
    message: typeof message === "string" ? message : "",
    ...(typeof hint === "string" ? { hint } : {}),
    ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
  };
}

function isSeq(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
