import { decayed } from "./decayed.ts";

/** What came after one turn, or after two, how often and when last. Bounded. */
export interface Followers {
  /** Counts that `key` came next. */
  add(key: string, atMs: number): void;
  /** What came next, in no order. */
  all(nowMs: number): readonly Follower[];
  /** What all of it weighs now, also what was let go. */
  weight(nowMs: number): number;
  /** What came the last times, oldest first, at most 8. */
  recent(): readonly string[];
  /** How many are held. */
  size(): number;
}

/** One of them. */
export interface Follower {
  readonly key: string;
  /** How often it came; an old time counts less and less. */
  readonly weight: number;
  readonly count: number;
  readonly lastMs: number;
}

interface Kept {
  weight: number;
  count: number;
  lastMs: number;
}

/** So many followers of one turn are held. */
export const maxFollowers = 20;

const maxRecent = 8;

/** Creates the count; the follower that weighs least makes room. */
export function createFollowers(): Followers {
  const byKey = new Map<string, Kept>();
  const recent: string[] = [];
  const total: Kept = { weight: 0, count: 0, lastMs: 0 };
  const count = (kept: Kept, atMs: number): void => {
    kept.weight = decayed(kept.weight, atMs - kept.lastMs) + 1;
    kept.count += 1;
    kept.lastMs = Math.max(kept.lastMs, atMs);
  };
  return {
    add(key, atMs) {
      let kept = byKey.get(key);
      if (kept === undefined) {
        if (byKey.size >= maxFollowers) byKey.delete(lightest(byKey, atMs));
        kept = { weight: 0, count: 0, lastMs: atMs };
        byKey.set(key, kept);
      }
      count(kept, atMs);
      count(total, atMs);
      recent.push(key);
      if (recent.length > maxRecent) recent.shift();
    },
    all: (nowMs) =>
      [...byKey].map(([key, kept]) => ({ key, ...kept, weight: decayed(kept.weight, nowMs - kept.lastMs) })),
    weight: (nowMs) => decayed(total.weight, nowMs - total.lastMs),
    recent: () => recent,
    size: () => byKey.size,
  };
}

function lightest(byKey: ReadonlyMap<string, Kept>, nowMs: number): string {
  let least = "";
  let leastWeight = Number.POSITIVE_INFINITY;
  for (const [key, { weight, lastMs }] of byKey) {
    const now = decayed(weight, nowMs - lastMs);
    if (now < leastWeight) [least, leastWeight] = [key, now];
  }
  return least;
}
