import { estimateTokens } from "@kingly/codec";
import { cutText } from "../cut-text.ts";

/** Cuts a text to at most so many tokens by the codec's estimate, the "…" included; never through a character. */
export function cutToTokens(text: string, maxTokens: number): string {
  if (estimateTokens(text) <= maxTokens) return text;
  let fits = 1;
  let over = text.length;
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (estimateTokens(cutText(text, middle)) <= maxTokens) fits = middle;
    else over = middle;
  }
  return cutText(text, fits);
}
