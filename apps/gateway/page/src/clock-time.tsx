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

/** Writes the day of a moment. */
export function dayWords(atMs: number): string {
  return dayForm.format(new Date(atMs));
}
