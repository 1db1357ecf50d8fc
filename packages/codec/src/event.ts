import { createCodebook } from "./codebook.ts";
import { eventTemplates } from "./codes.ts";
import type { Parsed } from "./diagnostic.ts";
import { explain } from "./explain.ts";
import { formatLine } from "./format-line.ts";
import type { MessagesOf } from "./message.ts";
import { parseLine } from "./parse-line.ts";
import { eventShapes } from "./shapes.ts";

/** What the back tells the front, told apart by `op`. */
export type Event = MessagesOf<typeof eventTemplates>;

const codebook = createCodebook("event", eventTemplates, explain, eventShapes);

/** Reads a line as an event; strict, one pass, never throws. [C1][C3]
 *
 * Absent fields are absent properties. A code that no event has is `unknown_code`: ignore such a line. */
export function parseEvent(line: string): Parsed<Event> {
  return parseLine(codebook, line);
}

/** Writes the canonical line of an event. [C9]
 *
 * Properties that the template does not name are not written. Throws CodecError for a value no line can carry. */
export function formatEvent(event: Event): string {
  return formatLine(codebook, event);
}
