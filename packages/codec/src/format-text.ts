import {
  classEnd,
  classes,
  inQuoted,
  inText,
  isPairAt,
  isSurrogate,
  openBrace,
  singleQuote,
  space,
} from "./characters.ts";
import { escapeOf } from "./escapes.ts";

/** Writes text as a field: raw, with escapes; quoted only when it is empty. [C10] */
export function formatText(text: string): string {
  const end = classEnd(text, 0, inText);
  const body = end === text.length ? text : escape(text, end, inText);
  const first = body.charCodeAt(0);
  // Nearly every text begins behind the quotes and the space.
  const isEdged = !(first > singleQuote && first !== openBrace) || body.charCodeAt(body.length - 1) === space;
  return isEdged ? formatEdges(body) : body;
}

function formatEdges(body: string): string {
  return body === "" ? "''" : body.replace(/^[{'"]/, "\\$&").replace(/^ | $/g, "\\s");
}

/** Writes a string in single quotes. [C10] */
export function formatQuoted(text: string): string {
  const end = classEnd(text, 0, inQuoted);
  return `'${end === text.length ? text : escape(text, end, inQuoted)}'`;
}

/** Escapes a text that is plain up to an index. */
function escape(text: string, plainEnd: number, plain: number): string {
  let out = "";
  let from = 0;
  for (let index = plainEnd; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80 ? ((classes[unit] as number) & plain) !== 0 : !isEscapedWide(unit)) continue;
    if (isSurrogate(unit) && isPairAt(text, index)) {
      index += 1;
      continue;
    }
    out += text.slice(from, index) + escapeOf(text.charAt(index));
    from = index + 1;
  }
  return out + text.slice(from);
}

// U+0085, U+2028 and U+2029 end a line for some readers.
function isEscapedWide(unit: number): boolean {
  return unit === 0x85 || unit === 0x20_28 || unit === 0x20_29 || isSurrogate(unit);
}
