import { isEpoch } from "./cursor.ts";
import type { LoggedEvent, Position } from "./event-log.ts";
import type { Fault } from "./fault.ts";
import type { ServerFrame } from "./frames.ts";
import { maxFrameDepth } from "./frames.ts";
import { isHarmless } from "./is-harmless.ts";
import { isJsonObject } from "./is-json-object.ts";
import type { JsonObject } from "./is-json-object.ts";

/** Reads one frame of a server; undefined when it is garbled. Never throws. [LK5] */
export function readServerFrame(text: string): ServerFrame | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isJsonObject(frame) && isHarmless(frame, maxFrameDepth) ? readFields(frame) : undefined;
}

function readFields({ t, ...fields }: JsonObject): ServerFrame | undefined {
  const { id: named, ...body } = fields;
  const id = textOf(named);
  switch (t) {
    case "hello":
    case "resync": {
      const position = readPosition(fields);
      return position && { t, position };
    }
    case "event":
      return readEvents([fields]);
    case "events":
      return readEvents(fields["events"]);
    case "note":
      return { t, body: fields };
    case "reply":
      return { t, id, body };
    case "state":
      return { t, id, state: textOf(fields["state"]) };
    case "answer": {
      const { value, error } = fields;
      return { t, id, answer: isJsonObject(error) ? { ok: false, error: readFault(error) } : { ok: true, value } };
    }
    case "error":
      return { t, id, fault: readFault(fields) };
    default:
      return { t: "other" };
  }
}

function readPosition({ epoch, head, low, chain }: JsonObject): Position | undefined {
  if (!isEpoch(epoch) || !isSeq(head) || !isSeq(low)) return undefined;
  return { epoch, head, low, chain: textOf(chain) || undefined };
}

function readEvents(rows: unknown): ServerFrame | undefined {
  if (!Array.isArray(rows)) return undefined;
  const events: LoggedEvent<JsonObject>[] = [];
  for (const row of rows as readonly unknown[]) {
    if (!isJsonObject(row)) return undefined;
    const { seq, chain, ...body } = row;
    if (!isSeq(seq)) return undefined;
    events.push({ seq, chain: textOf(chain) || undefined, body });
  }
  return { t: "events", events };
}

function readFault({ code, message, hint, retryAfterMs }: JsonObject): Fault {
  return {
    code: textOf(code),
    message: textOf(message),
    hint: textOf(hint),
    retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : undefined,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
