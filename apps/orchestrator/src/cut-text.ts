/** Cuts a text to at most `maxLength` UTF-16 units, the "…" that shows the cut included; never through a character. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, maxLength - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** Makes words of any origin fit a title of the store: well-formed, without NUL, at most `maxLength` units. */
export function cutTitle(text: string, maxLength: number): string {
  return cutText(text.toWellFormed().replaceAll("\0", "").trim(), maxLength);
}
