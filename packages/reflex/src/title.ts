import type { CompiledLanguage } from "./compile-language.ts";
import { limits } from "./limits.ts";
import { tokensToText } from "./token.ts";
import type { Token } from "./token.ts";

/** Makes a title of the person's own words: no leading article, no closing punctuation, a capital first. [RX6]
 *
 * Names keep their case ("iOS app" stays so). Longer than 200 characters ends with "…" at a word. */
export function title(tokens: readonly Token[], language: CompiledLanguage): string {
  let from = 0;
  while (from < tokens.length - 1 && language.sets.articles.has(tokens[from]?.key ?? "")) from += 1;
  const bare = trimPunctuation(tokensToText(tokens.slice(from)));
  return shorten(capitalise(bare), limits.maxTitleLength);
}

const opening = /^[\s.,:;!?…()-]+/u;
const closing = new Set([" ", ".", ",", ":", ";", "!", "?", "…", "-"]);

/** Removes punctuation and spaces that stand before and after a text. */
export function trimPunctuation(text: string): string {
  let until = text.length;
  while (until > 0 && closing.has(text[until - 1] ?? "")) until -= 1;
  return text.slice(0, until).replace(opening, "");
}

/** Cuts at a word when longer than `maxLength` characters, and shows that it did. Never splits a character. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const room = text.slice(0, maxLength - 1);
  const space = room.lastIndexOf(" ");
  const kept = space > maxLength / 2 ? room.slice(0, space) : room;
  return `${withoutHalfCharacter(kept)}…`;
}

/** Drops the first half of a character whose second half was cut off. */
export function withoutHalfCharacter(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

/** Makes the first letter a capital, unless the first word has a capital of its own further in. */
export function capitalise(text: string): string {
  const space = text.indexOf(" ");
  const first = space < 0 ? text : text.slice(0, space);
  if (first !== first.toLowerCase()) return text;
  const letter = String.fromCodePoint(text.codePointAt(0) ?? 32);
  return text === "" ? text : letter.toUpperCase() + text.slice(letter.length);
}
