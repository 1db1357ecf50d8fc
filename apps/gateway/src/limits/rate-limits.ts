import { ownerName } from "@kingly/door";
import type { Clock } from "@kingly/runtime";
import { createTokenBucket } from "./token-bucket.ts";
import type { Rate, TakeOne } from "./token-bucket.ts";

/** What is limited, each by itself: what is said, asked, drafted while typing, and connections that are opened. */
export type LimitedKind = "say" | "ask" | "draft" | "open";

/** A rate for each kind. */
export type Rates = Readonly<Record<LimitedKind, Rate>>;

/** The limits of the gateway. A connection and its person are both asked. */
export interface RateSettings {
  /** Of one connection. */
  readonly connection: Rates;
  /** Of one person with a token of their own, over all their connections and requests. */
  readonly person: Rates;
  /** Of whoever has the token of the house: their programs may be many. */
  readonly owner: Rates;
}

const rate = (perSecond: number, burst: number): Rate => ({ perSecond, burst });

/** The defaults: far above what people do, far below what would hold up others. [G44] */
export const defaultRates: RateSettings = {
  connection: { say: rate(1000, 4000), ask: rate(500, 2000), draft: rate(20, 40), open: rate(100, 100) },
  person: { say: rate(200, 1000), ask: rate(200, 1000), draft: rate(40, 80), open: rate(20, 100) },
  owner: { say: rate(20_000, 40_000), ask: rate(5000, 20_000), draft: rate(1000, 2000), open: rate(2000, 10_000) },
};

/** The limits of all people. Each answer is 0 (go on), or the milliseconds after which it may be tried again. */
export interface RateLimits {
  /** Takes one for a person, as HTTP does. */
  take(person: string, kind: LimitedKind): number;
  /** Begins a connection of a person; what it gives takes one for both. */
  connection(person: string): (kind: LimitedKind) => number;
  /** How many were refused so far. */
  refused(): Readonly<Record<LimitedKind, number>>;
}

const kinds: readonly LimitedKind[] = ["say", "ask", "draft", "open"];

/** Creates the limits. People come from the settings, so they are few; nothing is kept of anybody else. [G44] */
export function createRateLimits(
  deps: { readonly clock: Pick<Clock, "monotonicMs"> },
  settings: RateSettings = defaultRates,
): RateLimits {
  const people = new Map<string, Record<LimitedKind, TakeOne>>();
  const counts = { say: 0, ask: 0, draft: 0, open: 0 };
  const ofPerson = (name: string): Record<LimitedKind, TakeOne> => {
    const known = people.get(name);
    if (known !== undefined) return known;
    const buckets = bucketsOf(name === ownerName ? settings.owner : settings.person);
    people.set(name, buckets);
    return buckets;
  };
  const count = (kind: LimitedKind, waitMs: number): number => {
    if (waitMs > 0) counts[kind] += 1;
    return waitMs;
  };
  return {
    take: (person, kind) => count(kind, ofPerson(person)[kind](deps.clock.monotonicMs())),
    connection(person) {
      const own = bucketsOf(settings.connection);
      const whole = ofPerson(person);
      return (kind) => {
        const nowMs = deps.clock.monotonicMs();
        // The connection first: what it is refused costs its person nothing.
        return count(kind, own[kind](nowMs) || whole[kind](nowMs));
      };
    },
    refused: () => ({ ...counts }),
  };
}

function bucketsOf(rates: Rates): Record<LimitedKind, TakeOne> {
  return Object.fromEntries(kinds.map((kind) => [kind, createTokenBucket(rates[kind])])) as Record<
    LimitedKind,
    TakeOne
  >;
}
