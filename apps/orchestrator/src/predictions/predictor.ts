import { LRUCache } from "lru-cache";
import { createFollowers } from "./followers.ts";
import type { Followers } from "./followers.ts";
import { createStartTimes } from "./start-times.ts";
import type { OffsetMinutes, StartTimes } from "./start-times.ts";
import { isWorkflowKey } from "./turn.ts";
import type { Suggestion, Turn } from "./turn.ts";
import { whyAfter } from "./why-after.ts";

/** Learns what people say after what, and when; forgets by age. In memory, bounded, no clock of its own. */
export interface Predictor {
  /** Takes in a turn that is over, in the order in which they were said. */
  learn(turn: Turn): void;
  /** Tells what may be said after `current`, which is not learned yet: the most probable first, at most 3. */
  suggest(current: Turn, nowMs: number): readonly Suggestion[];
  /** How many turns and pairs of turns have followers, and how many followers there are. */
  size(): { readonly keys: number; readonly followers: number };
}

/** So many turns, and as many pairs of turns, are held with what came after them. */
export const maxKeys = 1000;

// After a longer pause something else begins: it does not follow.
const pauseMs = 2 * 3_600_000;
const least = { observations: 2, probability: 0.25, weight: 0.5, suggestions: 3 } as const;

/** Creates a predictor that knows nothing. `offsetMinutes` is that of the person's place. [O71] */
export function createPredictor(options: { readonly offsetMinutes: OffsetMinutes }): Predictor {
  const afterOne = new LRUCache<string, Followers>({ max: maxKeys });
  const afterTwo = new LRUCache<string, Followers>({ max: maxKeys });
  const startTimes = new LRUCache<string, StartTimes>({ max: maxKeys });
  const said = new LRUCache<string, string>({ max: maxKeys });
  let last: Turn | undefined;
  let beforeLast: Turn | undefined;
  let sinceMs = 0;

  return {
    learn(turn) {
      const { key, say, atMs } = turn;
      if (last === undefined) sinceMs = atMs;
      const one = following(last, turn);
      const two = following(beforeLast, last);
      if (key !== "") {
        if (one !== undefined) take(afterOne, one.key).add(key, atMs);
        if (one !== undefined && two !== undefined) take(afterTwo, pairKey(two, one)).add(key, atMs);
        said.set(key, say);
        if (isWorkflowKey(key)) {
          const times = startTimes.get(key) ?? createStartTimes(options.offsetMinutes);
          times.add(atMs);
          startTimes.set(key, times);
        }
      }
      [beforeLast, last] = [last, turn];
    },
    suggest(current, nowMs) {
      const best = new Map<string, Omit<Suggestion, "say">>();
      const offer = (key: string, probability: number, why: string): void => {
        if (probability < least.probability || probability <= (best.get(key)?.probability ?? 0)) return;
        best.set(key, { key, probability, why });
      };
      const one = afterOne.get(current.key);
      const before = following(last, current);
      const two = before === undefined ? undefined : afterTwo.get(pairKey(before, current));
      const all = one?.weight(nowMs) ?? 0;
      const pairAll = two?.weight(nowMs) ?? 0;
      const inPair = new Map(two?.all(nowMs).map((each) => [each.key, each]));
      for (const { key, weight, count } of one?.all(nowMs) ?? []) {
        if (count < least.observations || weight < least.weight || all === 0) continue;
        // What is known after both turns counts first; what is known after the last one alone is worth one such time.
        const probability = ((inPair.get(key)?.weight ?? 0) + weight / all) / (pairAll + 1);
        offer(key, probability, whyAfter(key, one?.recent() ?? [], current.say));
      }
      for (const [key, times] of startTimes.entries()) {
        const time = times.now(nowMs, sinceMs);
        if (time !== undefined) offer(key, time.probability, time.why);
      }
      return [...best.values()]
        .filter(({ key }) => key !== current.key && isWorthSaying(key))
        .toSorted((a, b) => b.probability - a.probability || (a.key < b.key ? -1 : 1))
        .flatMap((each) => {
          const say = said.get(each.key);
          return say === undefined ? [] : [{ ...each, say }];
        })
        .slice(0, least.suggestions);
    },
    size() {
      const kept = [...afterOne.values(), ...afterTwo.values()];
      return { keys: kept.length, followers: kept.reduce((sum, each) => sum + each.size(), 0) };
    },
  };
}

/** The earlier turn, when the later one came soon after it and both can be told by their words. */
function following(earlier: Turn | undefined, later: Turn | undefined): Turn | undefined {
  if (earlier === undefined || later === undefined || earlier.key === "") return undefined;
  return later.atMs - earlier.atMs <= pauseMs ? earlier : undefined;
}

function pairKey(one: Turn, two: Turn): string {
  return `${one.key}\n${two.key}`;
}

function take(map: LRUCache<string, Followers>, key: string): Followers {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = createFollowers();
  map.set(key, made);
  return made;
}

// One word answers something ("yes", "undo", "second"): said by itself it means nothing, or something else.
function isWorthSaying(key: string): boolean {
  return isWorkflowKey(key) || key.includes(" ");
}
