import type { CompiledLanguage } from "./compile-language.ts";
import { limits } from "./limits.ts";
import type { Thing } from "./things.ts";

/** Names things in one line, at most eight, then how many more. [RX10] */
export function nameList(things: readonly Thing[], language: CompiledLanguage): string {
  return joinLimited(things, (thing) => language.language.replies.quote(thing.title), language);
}

/** Joins the words for things with commas, at most eight, then how many more. Only what is shown is put into words. [RX10] */
export function joinLimited<T>(things: readonly T[], toText: (thing: T) => string, language: CompiledLanguage): string {
  const shown = things.slice(0, limits.maxNamed).map(toText);
  const more = things.length - shown.length;
  return more > 0 ? [...shown, language.language.replies.andMore(more)].join(", ") : shown.join(", ");
}
