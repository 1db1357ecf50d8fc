import type { Random } from "../random.ts";

/** Creates chance that repeats: the same seed gives the same numbers on every machine (xorshift32). [RT8] */
export function createSeededRandom(seed: number): Random {
  // The state must never be 0, or every number would be 0.
  let state = seed >>> 0 || 0x9e3779b9;
  const next = (): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  return {
    // The high byte: the low bits of xorshift repeat sooner.
    bytes: (count) => Uint8Array.from({ length: count }, () => next() >>> 24),
    fraction: () => next() / 2 ** 32,
  };
}
