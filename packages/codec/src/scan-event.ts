import type { Command } from "./command.ts";
import type { Diagnostic, Fault } from "./diagnostic.ts";
import type { Repair } from "./repair.ts";
import type { Value } from "./value.ts";

/** What a scanner finds in a stream, in order. [C29]
 *
 * `prose`: text to show. `open`: a command has begun. `delta`: more of the text of a raw field. `field`: a field is
 * finished. `command`: the bracket closed and the command was read; the only event to act on, all before it are
 * previews. `broken`: what looked like a command is none; `diagnostic.at` counts from its bracket.
 * The `text` of prose, command and broken, joined, is the stream. */
export type ScanEvent<Told extends Fault = Diagnostic> =
  | { readonly kind: "prose"; readonly text: string }
  | { readonly kind: "open"; readonly op: Command["op"]; readonly label: string; readonly cid?: string }
  | { readonly kind: "delta"; readonly index: number; readonly name: string; readonly text: string }
  | { readonly kind: "field"; readonly index: number; readonly name: string; readonly value: Value }
  | {
      readonly kind: "command";
      readonly command: Command;
      /** The line that was read, mended where `repairs` say so; `formatCommand` gives the canonical one. */
      readonly line: string;
      readonly text: string;
      readonly repairs: readonly Repair[];
    }
  | { readonly kind: "broken"; readonly diagnostic: Told; readonly text: string };

/** The outcome of reading a command: the command, the line as it was read, and what was mended; or what is wrong. */
export type Reading<Told extends Fault = Diagnostic> =
  | { readonly ok: true; readonly value: Command; readonly line: string; readonly repairs: readonly Repair[] }
  | { readonly ok: false; readonly error: Told };
