import type { Token } from "./token.ts";

/** Where a phrase matched: the tokens of each `{slot}`, and how many tokens were used in all. */
export interface PhraseMatch {
  readonly slots: Readonly<Record<string, readonly Token[]>>;
  readonly length: number;
}

/** Many phrases, tried in their order. */
export interface PhraseBook {
  /** Returns the first phrase that is the whole of `tokens`. */
  match(tokens: readonly Token[]): PhraseMatch | undefined;
  /** Returns the length in tokens of the longest phrase that `tokens` begin with; 0 when none does. */
  prefixLength(tokens: readonly Token[]): number;
}

type Part =
  | { readonly kind: "word"; readonly words: ReadonlySet<string>; readonly optional: boolean }
  | { readonly kind: "slot"; readonly name: string; readonly optional: boolean };

interface Phrase {
  readonly parts: readonly Part[];
  /** The words it may begin with; `undefined` when it begins with a slot. */
  readonly firstWords: ReadonlySet<string> | undefined;
}

type Spans = Record<string, readonly [number, number]>;

/** Compiles phrases such as `how is|are {thing} going now?`. [RX5]
 *
 * `a|b` is either word, `a?` may be missing, `@list` is any word of `lists.list`, `{slot}` takes one token or more,
 * `{slot?}` none or more. At most two slots a phrase, so that matching is at worst quadratic in 400 characters. */
export function createPhraseBook(
  templates: readonly string[],
  lists: Readonly<Record<string, readonly string[]>>,
): PhraseBook {
  const phrases = templates.map((template) => compile(template, lists));
  // By the word that an utterance begins with, the phrases that may begin so, in their order.
  const beginnings = new Set(phrases.flatMap(({ firstWords = [] }) => [...firstWords]));
  const byFirst = new Map(
    Array.from(beginnings, (word) => [word, phrases.filter(({ firstWords }) => firstWords?.has(word) !== false)]),
  );
  const withAny = phrases.filter(({ firstWords }) => firstWords === undefined);
  const fitting = (tokens: readonly Token[]): readonly Phrase[] => byFirst.get(tokens[0]?.key ?? "") ?? withAny;
  return {
    match(tokens) {
      for (const phrase of fitting(tokens)) {
        const spans: Spans = {};
        const end = walk(phrase.parts, tokens, 0, 0, spans, true);
        if (end >= 0) return { slots: cut(spans, tokens), length: end };
      }
      return undefined;
    },
    prefixLength(tokens) {
      let longest = 0;
      for (const phrase of fitting(tokens)) {
        longest = Math.max(longest, walk(phrase.parts, tokens, 0, 0, {}, false));
      }
      return longest;
    },
  };
}

function compile(template: string, lists: Readonly<Record<string, readonly string[]>>): Phrase {
  const parts = template.split(" ").map((source): Part => {
    const slot = /^\{(\w+)(\??)\}$/.exec(source);
    if (slot !== null) return { kind: "slot", name: slot[1] ?? "", optional: slot[2] === "?" };
    const optional = source.endsWith("?");
    const bare = optional ? source.slice(0, -1) : source;
    const words = bare.split("|").flatMap((word) => (word.startsWith("@") ? (lists[word.slice(1)] ?? []) : [word]));
    return { kind: "word", words: new Set(words), optional };
  });
  return { parts, firstWords: firstWordsOf(parts) };
}

function firstWordsOf(parts: readonly Part[]): ReadonlySet<string> | undefined {
  const words = new Set<string>();
  for (const part of parts) {
    if (part.kind === "slot") return undefined;
    for (const word of part.words) words.add(word);
    if (!part.optional) return words;
  }
  return undefined;
}

/** Returns the token after the match, or -1. With `whole`, the match must end where the tokens end. */
function walk(
  parts: readonly Part[],
  tokens: readonly Token[],
  partIndex: number,
  from: number,
  spans: Spans,
  whole: boolean,
): number {
  const part = parts[partIndex];
  if (part === undefined) return !whole || from === tokens.length ? from : -1;
  if (part.kind === "word") {
    if (from < tokens.length && part.words.has(tokens[from]?.key ?? "")) {
      const end = walk(parts, tokens, partIndex + 1, from + 1, spans, whole);
      if (end >= 0) return end;
    }
    return part.optional ? walk(parts, tokens, partIndex + 1, from, spans, whole) : -1;
  }
  const isLast = partIndex === parts.length - 1;
  const least = from + (part.optional ? 0 : 1);
  for (let until = isLast ? Math.max(least, tokens.length) : least; until <= tokens.length; until += 1) {
    const end = walk(parts, tokens, partIndex + 1, until, spans, whole);
    if (end >= 0) {
      spans[part.name] = [from, until];
      return end;
    }
  }
  return -1;
}

function cut(spans: Spans, tokens: readonly Token[]): Readonly<Record<string, readonly Token[]>> {
  const slots: Record<string, readonly Token[]> = {};
  for (const [name, [from, until]] of Object.entries(spans)) slots[name] = tokens.slice(from, until);
  return slots;
}
