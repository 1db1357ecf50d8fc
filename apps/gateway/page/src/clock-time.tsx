import type { VNode } from "preact";

const clockForm = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const dayForm = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const fullForm = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** Shows the time of day; the whole date on hover. */
export function ClockTime({ atMs }: { atMs: number }): VNode {
  const at = new Date(atMs);
  return (
    <time dateTime={at.toISOString()} title={fullForm.format(at)}>
      {clockForm.format(at)}
    </time>
  );
}

// The days of a conversation are few, and each of its hundreds of items asks for its own at every paint.
const dayCache = new Map<string, string>();

/** Writes the day of a moment. */
export function dayWords(atMs: number): string {
  const at = new Date(atMs);
  const day = at.toDateString();
  const words = dayCache.get(day) ?? dayForm.format(at);
  if (dayCache.size < 100) dayCache.set(day, words);
  return words;
}
