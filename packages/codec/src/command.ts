import { createCodebook } from "./codebook.ts";
import type { Codebook } from "./codebook.ts";
import { commandTemplates } from "./codes.ts";
import type { Diagnostic, Parsed } from "./diagnostic.ts";
import { explain } from "./explain.ts";
import { formatLine } from "./format-line.ts";
import type { MessagesOf } from "./message.ts";
import { parseLine } from "./parse-line.ts";
import { commandShapes } from "./shapes.ts";

/** What the front tells the back to do, told apart by `op`. */
export type Command = MessagesOf<typeof commandTemplates>;

/** The commands of the house. */
export const commands: Codebook<Diagnostic> = createCodebook("command", commandTemplates, explain, commandShapes);

/** Reads a line as a command; strict, one pass, never throws. [C1][C3]
 *
 * Absent fields are absent properties. A code that no command has is `unknown_code`. */
export function parseCommand(line: string): Parsed<Command> {
  return parseLine(commands, line);
}

/** Writes the canonical line of a command. [C9]
 *
 * Properties that the template does not name are not written. Throws CodecError for a value no line can carry. */
export function formatCommand(command: Command): string {
  return formatLine(commands, command);
}
