/** Chances from a seed: the same seed gives the same cases, on every machine. */
export interface Chances {
  /** A whole number from 0, below `limit`. */
  readonly below: (limit: number) => number;
  /** Tells whether one of `many` came up. */
  readonly oneIn: (many: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
}

/** Creates chances by the generator sfc32, whose period is beyond what a proof can use. */
export function createChances(seed: number): Chances {
  let [a, b, c, count] = [seed | 0, 0x9e_37_79_b9 | 0, 0x24_3f_6a_88 | 0, 1];
  const next = (): number => {
    const out = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  };
  for (let turn = 0; turn < 16; turn += 1) next();
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit);
  return {
    below,
    oneIn: (many) => below(many) === 0,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
  };
}
