// Step 1 of command processing: the line becomes a typed command, or the reason why it cannot.
import { parseCommand } from "@kingly/codec";
import type { Command } from "@kingly/codec";
import type { CommandRefusal } from "../accept/accepting.ts";

/** A line that was read, or why it was not. */
export type ParsedLine =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly refusal: CommandRefusal };

/** Reads the line of a command that came as `cid`; a line that names another cid is refused. [O1][O40] */
export function parse(line: string, cid: string): ParsedLine {
  const parsed = parseCommand(line);
  if (!parsed.ok) {
    const { code, hint, at } = parsed.error;
    return {
      ok: false,
      refusal: { code, message: `The line cannot be read at character ${at}.`, recovery: hint },
    };
  }
  if (parsed.value.cid === undefined || parsed.value.cid === cid) return { ok: true, command: parsed.value };
  const message = `The line is of ${parsed.value.cid}, but came as ${cid}.`;
  const recovery = "Say a line under its own cid, or leave the cid out of it.";
  return { ok: false, refusal: { code: "other_cid", message, recovery } };
}
