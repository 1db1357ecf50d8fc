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
  let out = "";
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
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

// U+0085, U+2028 and U+2029 end a line for some readers.
function isEscapedWide(unit: number): boolean {
  return unit === 0x85 || unit === 0x20_28 || unit === 0x20_29 || isSurrogate(unit);
}

const letters: ReadonlyMap<number, string> = new Map([
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
]);

function escapeOf(unit: number): string {
  if (unit > space && unit < 0x7f) return `\\${String.fromCharCode(unit)}`;
  return letters.get(unit) ?? `\\u${unit.toString(16).padStart(4, "0")}`;
}
