import type { CompiledLanguage } from "./compile-language.ts";
import { limits } from "./limits.ts";
import type { Thing } from "./things.ts";

/** Names things in one line, at most eight, then how many more. [RX10] */
export function nameList(things: readonly Thing[], language: CompiledLanguage): string {
  return joinLimited(
    things.map((thing) => language.language.replies.quote(thing.title)),
    language,
  );
}

/** Joins parts with commas, at most eight, then how many more. [RX10] */
export function joinLimited(parts: readonly string[], language: CompiledLanguage): string {
  const shown = parts.slice(0, limits.maxNamed);
  const more = parts.length - shown.length;
  return more > 0 ? [...shown, language.language.replies.andMore(more)].join(", ") : shown.join(", ");
}
