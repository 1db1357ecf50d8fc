import { readEscape } from "./read-escape.ts";
import { edit } from "./mending.ts";
import type { Mending } from "./mending.ts";

/** Doubles the backslashes of one text that mean nothing, so that they are plain signs. [C38]
 *
 * Takes the places of all its backslashes. A text with escapes of both sorts has two meanings, such as `C:\Users\new`,
 * and is left to fail; so are a short `\u12` and a backslash before a control or the end. */
export function mendEscapes(mending: Mending, places: readonly number[]): void {
  const { line } = mending;
  const unknown = places.filter((at) => readEscape({ line, index: at, failure: undefined }, at) === undefined);
  const first = unknown[0];
  if (first === undefined) return;
  if (unknown.length < places.length) {
    mending.failure = {
      code: "bad_escape",
      index: first,
      found: line.slice(first, first + 2),
      hint: "Some backslashes here are escapes and some are not. Write each plain one as \\\\.",
    };
    return;
  }
  for (const at of unknown) {
    const sign = line.charCodeAt(at + 1);
    if (Number.isNaN(sign) || sign < 0x20 || sign === 0x75) return;
  }
  for (const at of unknown) edit(mending, "escape", at, at + 1, "\\\\");
}
