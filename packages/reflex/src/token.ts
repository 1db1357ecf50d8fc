/** One word of an utterance: as the person wrote it, and as rules compare it.
 *
 * `key` is lower case, without edge punctuation. A contraction is several tokens ("what's" is `what`, `is`);
 * only its first carries the text, the others have `""`. */
export interface Token {
  readonly text: string;
  readonly key: string;
}

/** Joins tokens back into what the person wrote, one space between words. */
export function tokensToText(tokens: readonly Token[]): string {
  let text = "";
  for (const token of tokens) {
    if (token.text !== "") text += text === "" ? token.text : ` ${token.text}`;
  }
  return text;
}
