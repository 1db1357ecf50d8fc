import { cutText } from "../cut-text.ts";

const maxSaid = 60;

/** Says how often a turn came the last times after what was said now: "3 of the last 4 times, after “weekly review”". */
export function whyAfter(key: string, recent: readonly string[], said: string): string {
  const times = recent.filter((each) => each === key).length;
  const after = `after “${cutText(said.trim(), maxSaid)}”`;
  // It was so more than once, but not lately.
  if (times < 2) return `Sometimes, ${after}`;
  return times === recent.length
    ? `The last ${times} times, ${after}`
    : `${times} of the last ${recent.length} times, ${after}`;
}
