import { checkTemplate } from "./check-template.ts";
import { createCodebook } from "./codebook.ts";
import type { Codebook, Direction } from "./codebook.ts";
import { CodecError } from "./codec-error.ts";
import { commandTemplates, eventTemplates } from "./codes.ts";
import type { Command } from "./command.ts";
import type { Diagnostic, Parsed } from "./diagnostic.ts";
import type { Event } from "./event.ts";
import { explain } from "./explain.ts";
import { formatLine } from "./format-line.ts";
import type { MessageOf } from "./message.ts";
import { parseLine } from "./parse-line.ts";
import { commandShapes, eventShapes } from "./shapes.ts";
import type { Shapes } from "./shapes.ts";

/** What a language needs of a code; `defineCode` gives it. */
export interface CodeOfLanguage {
  readonly direction: Direction;
  readonly op: string;
  readonly template: string;
}

/** The messages that some codes describe. */
export type MessagesOfCodes<Codes extends readonly CodeOfLanguage[]> = Codes[number] extends infer One
  ? One extends { readonly op: infer Op extends string; readonly template: infer Template extends string }
    ? MessageOf<Op, Template>
    : never
  : never;

/** The codes to speak beside those of the house. */
export interface LanguageOptions<Commands extends readonly CodeOfLanguage[], Events extends readonly CodeOfLanguage[]> {
  /** Codes of the direction `command`. Default: none. */
  readonly commands?: Commands;
  /** Codes of the direction `event`. Default: none. */
  readonly events?: Events;
}

/** The codes of the house and one's own together, told apart by `op`. */
export interface Language<OwnCommand, OwnEvent> {
  readonly parseCommand: (line: string) => Parsed<Command | OwnCommand>;
  readonly formatCommand: (command: Command | OwnCommand) => string;
  readonly parseEvent: (line: string) => Parsed<Event | OwnEvent>;
  readonly formatEvent: (event: Event | OwnEvent) => string;
}

/** Puts codes of one's own together with those of the house. [C61]
 *
 * Reading and writing are as with `parseCommand` and the like. Throws CodecError `BAD_TEMPLATE` when a code or an op
 * is taken in its direction, or when a code is of the other direction. */
export function createLanguage<
  const Commands extends readonly CodeOfLanguage[] = readonly [],
  const Events extends readonly CodeOfLanguage[] = readonly [],
>(options: LanguageOptions<Commands, Events>): Language<MessagesOfCodes<Commands>, MessagesOfCodes<Events>> {
  const commands = join("command", commandTemplates, commandShapes, options.commands ?? []);
  const events = join("event", eventTemplates, eventShapes, options.events ?? []);
  return {
    parseCommand: (line) => parseLine(commands, line),
    formatCommand: (command) => formatLine(commands, command),
    parseEvent: (line) => parseLine(events, line),
    formatEvent: (event) => formatLine(events, event),
  };
}

function join(
  direction: Direction,
  house: Readonly<Record<string, string>>,
  shapes: Shapes,
  own: readonly CodeOfLanguage[],
): Codebook<Diagnostic> {
  const templates = new Map(Object.entries(house));
  for (const code of own) {
    if (code.direction !== direction || templates.has(code.op)) {
      const why = code.direction === direction ? "its op is taken" : `it is no ${direction}`;
      throw new CodecError("BAD_TEMPLATE", `The code ${code.op} cannot be used here: ${why}. Define it anew.`);
    }
    checkTemplate(code.template);
    const letters = code.template.slice(0, 3);
    const other = Array.from(templates).find(([, template]) => template.startsWith(letters))?.[0];
    if (other !== undefined) {
      throw new CodecError(
        "BAD_TEMPLATE",
        `The code ${letters} is of ${other} and of ${code.op}. Choose other letters for one of them.`,
      );
    }
    templates.set(code.op, code.template);
  }
  return createCodebook(direction, Object.fromEntries(templates), explain, shapes);
}
