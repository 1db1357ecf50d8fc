import { checkTemplate } from "./check-template.ts";
import { createCodebook } from "./codebook.ts";
import type { Direction } from "./codebook.ts";
import type { Parsed } from "./diagnostic.ts";
import { explain } from "./explain.ts";
import { formatLine } from "./format-line.ts";
import type { MessageOf } from "./message.ts";
import { parseLine } from "./parse-line.ts";

/** One code of the language, with the types that its template describes. */
export interface Code<Op extends string, Template extends string> {
  readonly direction: Direction;
  readonly op: Op;
  readonly template: Template;
  /** Reads a line of this code; a line of any other code is `unknown_code`. Never throws. */
  parse(line: string): Parsed<MessageOf<Op, Template>>;
  /** Writes the canonical line. Throws CodecError for a value that no line can carry. */
  format(message: MessageOf<Op, Template>): string;
}

/** The two letters that a template begins with. */
export type LettersOf<Template extends string> = Template extends `${infer Letters}:${string}` ? Letters : never;

/** Makes a code from its template, such as `zz:{thing_id}|{amount:number!}|{note}`. [C20][C21]
 *
 * Kinds: text (when none is named), unit, level, number, any. `!` makes a field required; the first one always is.
 * `op` is the name of the code in programs; without one it is the two letters. Throws CodecError `BAD_TEMPLATE`. */
export function defineCode<const Template extends string>(
  direction: Direction,
  template: Template,
): Code<LettersOf<Template>, Template>;
export function defineCode<const Op extends string, const Template extends string>(
  direction: Direction,
  op: Op,
  template: Template,
): Code<Op, Template>;
export function defineCode(direction: Direction, opOrTemplate: string, named?: string): Code<string, string> {
  const template = named ?? opOrTemplate;
  const op = named === undefined ? template.slice(0, 2) : opOrTemplate;
  checkTemplate(template);
  const codebook = createCodebook(direction, { [op]: template }, explain);
  return {
    direction,
    op,
    template,
    parse: (line) => parseLine(codebook, line),
    format: (message) => formatLine(codebook, message),
  };
}
