const maxTextLength = 2000;
const maxTerms = 16;
const maxTermLength = 64;

// Words that carry a question's grammar and nothing of what is looked for.
const stopWords = new Set(
  (
    "a about am an and any are as at be been but by can could did do does for from had has have he her him his how i if in " +
    "into is it its me my of on or our she should so some than that the their them then there these they this those to " +
    "us was we were what when where which who whom whose why will with would you your"
  ).split(" "),
);

/** Takes up to 16 words to search for out of any text: lower case, each once, in order, grammar words dropped. [S25]
 *
 * Only letters, digits and marks are left, so no sign of the query language survives. A text of nothing but grammar
 * words keeps them. Reads the first 2,000 characters. */
export function searchTerms(text: string): readonly string[] {
  const words =
    text
      .slice(0, maxTextLength)
      .toLowerCase()
      .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
  const terms = [...new Set(words)].filter((word) => word.length <= maxTermLength);
  const telling = terms.filter((word) => !stopWords.has(word));
  return (telling.length > 0 ? telling : terms).slice(0, maxTerms);
}

/** Joins terms as quoted strings with OR: the only form in which words enter MATCH. */
export function anyOf(terms: readonly string[]): string {
  return terms.map((term) => `"${term.replaceAll('"', '""')}"`).join(" OR ");
}
