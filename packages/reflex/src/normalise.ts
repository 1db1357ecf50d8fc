import type { CompiledLanguage } from "./compile-language.ts";
import type { Token } from "./token.ts";
import { withoutHalfCharacter } from "./title.ts";

/** An utterance made ready for rules. */
export interface Heard {
  /** The text without controls, spaces made single. */
  readonly text: string;
  /** Every word, politeness included. */
  readonly whole: readonly Token[];
  /** The words without a polite beginning ("could you please") and end ("thanks"). Never empty unless `whole` is. */
  readonly tokens: readonly Token[];
  /** True for a question that is not merely a polite request: "create it?", but not "could you create it?". */
  readonly asks: boolean;
}

// Controls, zero-width signs and direction marks: invisible, so they must not part or hide words. The joiner
// U+200D stays, emoji and several scripts are made with it.
const invisible = /[\p{Cc}\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060\u2066-\u2069\uFEFF]/gu;
const core = /[\p{L}\p{N}\p{S}\p{M}]/u;

/** Cleans a text and cuts it into tokens. The text must be one line of at most 400 characters. [RX5] */
export function normalise(text: string, language: CompiledLanguage): Heard {
  const clean = withoutHalfCharacter(text.toWellFormed()).normalize("NFC").replace(invisible, " ");
  const written = clean.split(/\s+/u).filter((word) => word !== "");
  const whole = written.flatMap((word) => toTokens(word, language));
  const { from, requested } = skipLeadIns(whole, language);
  const tokens = dropTails(whole.slice(from), language);
  const joined = written.join(" ");
  return {
    text: joined,
    whole,
    tokens: tokens.length > 0 ? tokens : whole,
    asks: /\?[)!?.\s]*$/.test(joined) && !requested,
  };
}

/** Returns the words as rules compare them, of a text that is not an utterance (a title, a memory). */
export function toKeys(text: string, language: CompiledLanguage): readonly string[] {
  const keys: string[] = [];
  for (const word of text.normalize("NFC").split(/[^\p{L}\p{N}\p{M}'’]+/u)) {
    if (word !== "") for (const token of toTokens(word, language)) if (token.key !== "") keys.push(token.key);
  }
  return keys;
}

function toTokens(word: string, language: CompiledLanguage): readonly Token[] {
  const key = withoutEdges(word.toLowerCase().replaceAll("’", "'"));
  const parts = language.contractions.get(key);
  if (parts === undefined) return [{ text: word, key }];
  return parts.map((part, index) => ({ text: index === 0 ? word : "", key: part }));
}

// By hand, because a pattern that ends in $ tries every start: quadratic in a long run of marks.
function withoutEdges(word: string): string {
  const from = word.search(core);
  if (from < 0) return "";
  let until = word.length;
  while (!core.test(lastSign(word, until))) until -= lastSign(word, until).length;
  return word.slice(from, until);
}

/** The code point that ends at `until`: two units when they are a pair. */
function lastSign(word: string, until: number): string {
  const pair = word.slice(until - 2, until);
  return (pair.codePointAt(0) ?? 0) > 0xffff ? pair : word.slice(until - 1, until);
}

function skipLeadIns(tokens: readonly Token[], language: CompiledLanguage): { from: number; requested: boolean } {
  let from = 0;
  let requested = false;
  // "Hey Kingly, could you please": a few layers at most; each turn takes at least one token.
  for (let layer = 0; layer < 6; layer += 1) {
    const rest = tokens.slice(from);
    const asked = language.books.requests.prefixLength(rest);
    const length = asked > 0 ? asked : language.books.leadIns.prefixLength(rest);
    if (length === 0) break;
    requested ||= asked > 0;
    from += length;
  }
  return { from, requested };
}

function dropTails(tokens: readonly Token[], language: CompiledLanguage): readonly Token[] {
  let kept = tokens;
  for (let layer = 0; layer < 4; layer += 1) {
    const length = tailLength(kept, language);
    if (length === 0) break;
    kept = kept.slice(0, kept.length - length);
  }
  return kept;
}

const longestTail = 4;

function tailLength(tokens: readonly Token[], language: CompiledLanguage): number {
  for (let length = Math.min(longestTail, tokens.length); length > 0; length -= 1) {
    if (language.books.tails.match(tokens.slice(-length)) !== undefined) return length;
  }
  return 0;
}
