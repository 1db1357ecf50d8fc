import type { CompiledLanguage } from "./compile-language.ts";
import { limits } from "./limits.ts";
import type { Heard } from "./normalise.ts";
import type { Token } from "./token.ts";

// Two letters, perhaps a cid, a colon and something at once: the look of a coded line.
const codedLine = /(?:^|[^\p{L}\p{N}])\p{L}{2}(?:#\w*)?:[^\s/]/u;
const codeSigns = /[`{}|[\]<>\\;]|=[=>]|\(\)|^\$ |^(?:ERROR|WARN|INFO|DEBUG|TRACE)\b|^\d{4}-\d\d-\d\d[T ]\d\d:/;
const clockOrDate = /^\d+(?::\d\d)?(?:[ap]m|st|nd|rd|th)$|^\d+:\d\d$|^[ap]m$/;
const quotes = /["“”„«»‹›「」『』]|(?:^|\s)['‘].*['’](?=$|[\s.,!?])/u;

/** Says why a text is not read at all: pasted, coded, or quoted. Looks at 401 characters at most. [RX12][RX13] */
export function unreadable(text: string): string | undefined {
  if (text.length > limits.maxTextLength) return "pasted: longer than 400 characters";
  if (/[\n\r\u2028\u2029]/.test(text)) return "pasted: more than one line";
  if (codedLine.test(text)) return "coded: looks like a line of the coded language";
  if (codeSigns.test(text)) return "pasted: looks like code or a log";
  if (quotes.test(text)) return "quoted: somebody's words stand in it";
  return undefined;
}

/** Says why an utterance is not a wish, though it may hold the words of one: negated, imagined, or reported. [RX14] */
export function notAWish(heard: Heard, language: CompiledLanguage): string | undefined {
  const { books } = language;
  const negates = books.negations.prefixLength(heard.tokens) > 0;
  if (negates && books.doubleNegations.prefixLength(heard.tokens) === 0) return "negated: it says what not to do";
  if (books.hypotheticals.prefixLength(heard.whole) > 0) return "imagined: it asks about doing, it does not ask to do";
  if (reported(heard, language)) return "reported: it tells what somebody said";
  return heard.asks ? "asked: it ends as a question" : undefined;
}

/** Tells whether an utterance tells what another person said or wants. [RX14] */
export function reported(heard: Heard, { sets }: CompiledLanguage): boolean {
  return heard.tokens.slice(1, 5).some((token) => sets.reporting.has(token.key));
}

/** Tells whether a word speaks of a time. */
export function isTime(key: string, { sets }: CompiledLanguage): boolean {
  return sets.times.has(key) || clockOrDate.test(key);
}

/** Says what in the words of a wish is more than a rule can read: a condition, a choice, a second wish, a time. [RX15] */
export function doubtIn(
  tokens: readonly Token[],
  language: CompiledLanguage,
  allowTimes: boolean = false,
): string | undefined {
  const { doubts, joining, making, working, acting, withdrawing } = language.sets;
  for (const [index, { key }] of tokens.entries()) {
    if (doubts.has(key)) return `doubt: "${key}"`;
    if (!allowTimes && isTime(key, language)) return `time: "${key}"`;
    const after = tokens[index - 1]?.text ?? "";
    if (after.endsWith(",") && withdrawing.has(key)) return `withdrawn: "${key}"`;
    const next = tokens[index + 1]?.key ?? "";
    const isVerb = making.has(next) || working.has(next) || acting.has(next);
    if (joining.has(key) && isVerb) return `second wish: "${key} ${next}"`;
  }
  return undefined;
}
