import { estimateTokens } from "@kingly/codec";

/** Most tokens of each part of a prompt, and of all of it together, by the codec's estimate (rather too high). [G31] */
export const frontBudget = { rules: 300, digest: 500, recent: 300, data: 1000, total: 2000 } as const;

/** The longest utterance that a front model reads, in tokens; what is longer, the orchestrator reads. */
export const maxSaidTokens = 700;

/** Cuts a text to at most so many tokens; `keep` says which end stays. Half a character is never left. */
export function cutToTokens(text: string, maxTokens: number, keep: "head" | "tail"): string {
  if (maxTokens <= 0) return "";
  // No character costs more than 1.4 tokens and none less than 1/12 within a word: what is far too long is not even counted.
  const part = (length: number): string =>
    (keep === "head" ? text.slice(0, length) : text.slice(text.length - length)).toWellFormed();
  const most = Math.min(text.length, maxTokens * 12);
  if (most === text.length && estimateTokens(text) <= maxTokens) return text.toWellFormed();
  let fits = 0;
  let tooLong = most + 1;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >>> 1;
    if (estimateTokens(part(middle)) <= maxTokens) fits = middle;
    else tooLong = middle;
  }
  return part(fits);
}
