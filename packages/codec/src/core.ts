// The public API of @kingly/codec/core: the same reader, writer and scanner without words. What is wrong is told by its
// code, place and field; the hints are left to @kingly/codec.
import { createCodebook } from "./codebook.ts";
import type { Codebook } from "./codebook.ts";
import { commandTemplates, eventTemplates } from "./codes.ts";
import type { Command } from "./command.ts";
import type { Fault, Parsed } from "./diagnostic.ts";
import type { Event } from "./event.ts";
import { formatLine } from "./format-line.ts";
import { parseLine } from "./parse-line.ts";
import { createScannerFor } from "./scanner.ts";
import type { Scanner, ScannerOptions } from "./scanner.ts";
import { commandShapes, eventShapes } from "./shapes.ts";

const tell: Codebook<Fault>["tell"] = (_codes, fault) => fault;
const commands = createCodebook("command", commandTemplates, tell, commandShapes);
const events = createCodebook("event", eventTemplates, tell, eventShapes);

/** Reads a line as a command; strict, one pass, never throws. [C1][C3] */
export function parseCommand(line: string): Parsed<Command, Fault> {
  return parseLine(commands, line);
}

/** Reads a line as an event; strict, one pass, never throws. [C1][C3] */
export function parseEvent(line: string): Parsed<Event, Fault> {
  return parseLine(events, line);
}

/** Writes the canonical line of a command. [C9] Throws CodecError for a value no line can carry. */
export function formatCommand(command: Command): string {
  return formatLine(commands, command);
}

/** Writes the canonical line of an event. [C9] Throws CodecError for a value no line can carry. */
export function formatEvent(event: Event): string {
  return formatLine(events, event);
}

/** Creates a scanner for the stream of one model. [C29] Throws RangeError for an option out of its range. */
export function createScanner(options: ScannerOptions<Fault> = {}): Scanner<Fault> {
  return createScannerFor(commands, options);
}
