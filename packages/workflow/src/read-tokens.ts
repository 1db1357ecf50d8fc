import type { Json } from "./json.ts";

/** One token of a condition and its place in the text. A `value` is a text, a number, true, false or null. */
export type Token =
  | { readonly kind: "word" | "sign" | "end"; readonly text: string; readonly at: number }
  | { readonly kind: "value"; readonly text: string; readonly at: number; readonly value: Json };

/** The tokens of a condition, the last of them the end; or the first piece that is none. */
export type ReadTokens =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly at: number; readonly reason: string; readonly hint: string };

const constants: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

const token =
  /(\s+)|(==|!=|<=|>=|[<>()[\],])|('(?:[^'\\]|\\['\\])*'|"(?:[^"\\]|\\["\\])*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_.-]*)/y;

/** Cuts a condition into tokens. A text stands in '' or ""; in it \ escapes the quote and itself, nothing else. */
export function readTokens(text: string): ReadTokens {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) return unreadable(text, at);
    const [written, , sign, quoted, number, word] = found;
    if (sign !== undefined) tokens.push({ kind: "sign", text: written, at });
    if (quoted !== undefined) {
      tokens.push({ kind: "value", text: written, at, value: quoted.slice(1, -1).replaceAll(/\\(.)/g, "$1") });
    }
    if (number !== undefined) {
      const value = Number(number);
      if (!Number.isFinite(value)) return { ok: false, at, reason: `"${number}" is too large`, hint: "Write less." };
      // Negative zero is written as 0 in JSON.
      tokens.push({ kind: "value", text: written, at, value: value === 0 ? 0 : value });
    }
    if (word !== undefined) {
      const value = constants.get(word);
      tokens.push(
        value === undefined ? { kind: "word", text: written, at } : { kind: "value", text: written, at, value },
      );
    }
    at += written.length;
    const after = text[at];
    // 3abc is no number followed by a word.
    if (number !== undefined && after !== undefined && /[A-Za-z0-9_.]/.test(after)) return unreadable(text, at);
  }
  tokens.push({ kind: "end", text: "", at: text.length });
  return { ok: true, tokens };
}

function unreadable(text: string, at: number): ReadTokens {
  const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (sign === "'" || sign === '"')
    return { ok: false, at, reason: "A text has no end", hint: `Close it with ${sign}.` };
  const hint =
    sign === "=" ? "Compare with ==." : sign === "$" ? "Write the path alone, without ${}." : "Take it away.";
  return { ok: false, at, reason: `"${sign}" means nothing here`, hint };
}
