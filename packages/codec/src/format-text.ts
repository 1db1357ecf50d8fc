import {
  doubleQuote,
  isPairAt,
  isSurrogate,
  openBrace,
  quotedStops,
  singleQuote,
  space,
  textStops,
} from "./characters.ts";

/** Writes text as a field: raw, with escapes; quoted only when it is empty. [C10] */
export function formatText(text: string): string {
  if (text === "") return "''";
  const body = escape(text, textStops);
  const first = body.charCodeAt(0);
  const head =
    first === space
      ? `\\s${body.slice(1)}`
      : first === openBrace || first === singleQuote || first === doubleQuote
        ? `\\${body}`
        : body;
  return head.charCodeAt(head.length - 1) === space ? `${head.slice(0, -1)}\\s` : head;
}

/** Writes a string in single quotes. [C10] */
export function formatQuoted(text: string): string {
  return `'${escape(text, quotedStops)}'`;
}

function escape(text: string, stops: Uint8Array): string {
  const start = plainEnd(text, stops);
  if (start === text.length) return text;
  let out = "";
  let from = 0;
  for (let index = start; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80 ? stops[unit] === 0 : !isEscapedWide(unit)) continue;
    if (isSurrogate(unit) && isPairAt(text, index)) {
      index += 1;
      continue;
    }
    out += text.slice(from, index) + escapeOf(unit);
    from = index + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

// Most text is plain ASCII, and a loop this small is several times faster than the exact one.
function plainEnd(text: string, stops: Uint8Array): number {
  let index = 0;
  for (; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80 || stops[unit] !== 0) break;
  }
  return index;
}

// U+0085, U+2028 and U+2029 end a line for some readers.
function isEscapedWide(unit: number): boolean {
  return unit === 0x85 || unit === 0x20_28 || unit === 0x20_29 || isSurrogate(unit);
}

// How an ASCII sign is escaped, by the sign.
const escapes: readonly string[] = Array.from({ length: 128 }, (_, unit) => {
  const letter = "btnfr"["\b\t\n\f\r".indexOf(String.fromCharCode(unit))];
  if (letter !== undefined) return `\\${letter}`;
  return unit > space && unit < 0x7f ? `\\${String.fromCharCode(unit)}` : hexEscape(unit);
});

function escapeOf(unit: number): string {
  return escapes[unit] ?? hexEscape(unit);
}

function hexEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
