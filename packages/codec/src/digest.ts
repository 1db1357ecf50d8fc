import { estimateTokens } from "./estimate-tokens.ts";
import { formatEvent } from "./event.ts";
import type { Event } from "./event.ts";

/** How much a digest may hold: of tokens or of characters. */
export type DigestOptions =
  | {
      /** Most tokens. */
      readonly maxTokens: number;
      /** Counts the tokens of a text. Default: {@link estimateTokens}, rather too high. */
      readonly countTokens?: (text: string) => number;
    }
  | {
      /** Most UTF-16 units. */
      readonly maxChars: number;
    };

/** What a digest holds. */
export interface Digest {
  /** One event a line, the oldest first. */
  readonly text: string;
  /** How many entities are in it, and how many found no room. */
  readonly kept: number;
  readonly dropped: number;
}

interface Entry {
  readonly line: string;
  readonly weight: number;
  readonly index: number;
}

/** Packs the newest status of every entity into a budget, for the prompt of a model. [C68]
 *
 * `events`: the oldest first. Of `status_update`, `task_ready` and `task_complete` the newest of each entity counts; all
 * other events are left out, and so are cids. What does not fit is dropped: what is over first, then what waits, then
 * what is at work, and last what failed or needs somebody; among equals the oldest first. */
export function digest(events: readonly Event[], options: DigestOptions): Digest {
  const newest = new Map<string, Entry>();
  for (const [index, event] of events.entries()) {
    const entry = toEntry(event, index);
    if (entry !== undefined) newest.set(entry.id, entry);
  }
  const ranked = [...newest.values()].toSorted((a, b) => b.weight - a.weight || b.index - a.index);
  const [most, count] =
    "maxTokens" in options
      ? [options.maxTokens, options.countTokens ?? estimateTokens]
      : [options.maxChars, (text: string): number => text.length];
  // The size only grows with the number of lines, so halving finds the most that fit with few counts.
  let fits = 0;
  let tooMany = ranked.length + 1;
  while (tooMany - fits > 1) {
    const half = Math.floor((fits + tooMany) / 2);
    if (count(textOf(ranked.slice(0, half))) <= most) fits = half;
    else tooMany = half;
  }
  return { text: textOf(ranked.slice(0, fits)), kept: fits, dropped: ranked.length - fits };
}

function textOf(entries: readonly Entry[]): string {
  return entries
    .toSorted((a, b) => a.index - b.index)
    .map(({ line }) => line)
    .join("\n");
}

function toEntry(event: Event, index: number): (Entry & { readonly id: string }) | undefined {
  const { cid: _, ...told } = event;
  switch (told.op) {
    case "status_update":
      return { id: told.entity_id, line: formatEvent(told), weight: weightOf(told.status), index };
    case "task_ready":
      return { id: told.task_id, line: formatEvent(told), weight: weights.waiting, index };
    case "task_complete":
      return { id: told.task_id, line: formatEvent(told), weight: weightOf(told.result ?? "done"), index };
    default:
      return undefined;
  }
}

const weights = { over: 0, waiting: 1, atWork: 2, needsSomebody: 3 };

const words: readonly (readonly [RegExp, number])[] = [
  [/fail|error|block|stuck|dead|reject|needs|ask|approv|attention|partial/i, weights.needsSomebody],
  [/^(?:done|complete|success|succeeded|ok|cancel|closed|skipped|expired|merged)/i, weights.over],
  [/^(?:queued|pending|waiting|ready|planned|scheduled|created|paused)/i, weights.waiting],
];

function weightOf(status: string): number {
  return words.find(([form]) => form.test(status))?.[1] ?? weights.atWork;
}
