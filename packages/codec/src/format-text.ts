import { classEnd, classes, inQuoted, inText, isPairAt, isQuote, isSurrogate, openBrace, space } from "./characters.ts";
import { escapeOf } from "./escapes.ts";

/** Writes text as a field: raw, with escapes; quoted only when it is empty. [C10] */
export function formatText(text: string): string {
  if (text === "") return "''";
  const body = escape(text, inText);
  const first = body.charCodeAt(0);
  const isEdged =
    first === openBrace || first === space || isQuote(first) || body.charCodeAt(body.length - 1) === space;
  return isEdged ? body.replace(/^[{'"]/, "\\$&").replace(/^ | $/g, "\\s") : body;
}

/** Writes a string in single quotes. [C10] */
export function formatQuoted(text: string): string {
  return `'${escape(text, inQuoted)}'`;
}

function escape(text: string, plain: number): string {
  let out = "";
  let from = 0;
  for (let index = classEnd(text, 0, plain); index < text.length; index += 1) {
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
