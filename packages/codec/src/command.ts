import { createCodebook } from "./codebook.ts";
import { commandTemplates } from "./codes.ts";
import type { Parsed } from "./diagnostic.ts";
import { formatLine } from "./format-line.ts";
import type { MessagesOf } from "./message.ts";
import { parseLine } from "./parse-line.ts";
import { commandShapes } from "./shapes.ts";

/** What the front tells the back to do, told apart by `op`. */
export type Command = MessagesOf<typeof commandTemplates>;

const codebook = createCodebook("command", commandTemplates, commandShapes);

/** Reads a line as a command; strict, one pass, never throws. [C1][C3]
 *
 * Absent fields are absent properties. A code that no command has is `unknown_code`. */
export function parseCommand(line: string): Parsed<Command> {
  return parseLine(codebook, line);
}

/** Writes the canonical line of a command. [C9]
 *
 * Properties that the template does not name are not written. Throws CodecError for a value no line can carry. */
export function formatCommand(command: Command): string {
  return formatLine(codebook, command);
}
