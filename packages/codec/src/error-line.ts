import type { Diagnostic } from "./diagnostic.ts";
import { formatEvent } from "./event.ts";
import { limits } from "./limits.ts";

/** Writes a diagnostic as the `er` line that a model can act on. [C64]
 *
 * `cid` is the one of the line that was refused. `corrected` is a line that would have been read, when one is known; it
 * becomes the recovery, unless it has more than 4,096 UTF-16 units. What the diagnostic tells is cut at 400.
 * Throws CodecError for a cid that no line can carry. */
export function errorLine(diagnostic: Diagnostic, cid?: string, corrected?: string): string {
  return formatEvent({
    op: "error",
    ...(cid !== undefined && { cid }),
    code: diagnostic.code,
    message: cut(messageOf(diagnostic)),
    ...(corrected !== undefined && corrected.length <= limits.commandLength && { recovery: corrected }),
  });
}

// A key or a name in it may be as long as a line.
const mostLength = 400;

function cut(text: string): string {
  return text.length <= mostLength ? text : `${text.slice(0, mostLength - 3).toWellFormed()}...`;
}

// Many expectations name what the grammar allows, and say less than the hint.
const mostExpected = 4;

function messageOf({ at, field, expected = [], found, hint }: Diagnostic): string {
  const place = `${field === undefined ? "" : `${field.name} `}col ${at}`;
  if (expected.length === 0 || expected.length > mostExpected) return `${place}: ${hint}`;
  return `${place}: expected ${expected.join(" or ")}${found === undefined ? "" : ` got ${found}`}`;
}
