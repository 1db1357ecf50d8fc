import type { EncodedEvent } from "./event-reader.ts";
import { maxFrameBytes } from "./frames.ts";

/** A frame of events, and where the next one begins. */
export interface PackedFrame {
  readonly text: string;
  readonly nextAt: number;
}

// Half a frame's limit: so much more than its cap may a full socket hold.
const maxPackedBytes = maxFrameBytes / 2;

// Everybody who follows a stream live is told the same events in the same turn: the frame is joined once for all.
// Keyed by the first event, which every session of a reader shares; the frame knows where it ends.
const packed = new WeakMap<EncodedEvent, { readonly last: EncodedEvent; readonly text: string }>();

/** Packs events from `at` into one frame of at most 32 KiB; an event that is larger goes alone, below the limit. [LK10] */
export function packFrame(events: readonly EncodedEvent[], at: number): PackedFrame {
  let bytes = 32;
  let nextAt = at;
  for (let event = events[nextAt]; event !== undefined; event = events[nextAt]) {
    if (bytes + event.rowBytes + 1 >= maxPackedBytes) break;
    bytes += event.rowBytes + 1;
    nextAt += 1;
  }
  const first = events[at];
  const last = events[nextAt - 1];
  if (first === undefined || last === undefined || nextAt <= at + 1)
    return { text: first?.frameText ?? "", nextAt: at + 1 };
  const known = packed.get(first);
  if (known?.last === last) return { text: known.text, nextAt };
  const rows = events.slice(at, nextAt).map((event) => event.rowText);
  const text = `{"t":"events","events":[${rows.join(",")}]}`;
  packed.set(first, { last, text });
  return { text, nextAt };
}
