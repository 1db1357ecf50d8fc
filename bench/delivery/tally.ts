/** What became of numbers 1 to `total` on their way. */
export interface Tally {
  readonly expected: number;
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
}

/** Counts what comes of a numbered stream, number by number. */
export interface TallyKeeper {
  add(n: number): void;
  /** The greatest number up to which nothing is missing. */
  whole(): number;
  end(total: number): Tally;
}

/** Creates a keeper: a number is lost when it never comes, doubled when it comes again, reordered when a later one came before. */
export function createTallyKeeper(): TallyKeeper {
  const seen = new Set<number>();
  let greatest = 0;
  let whole = 0;
  let doubled = 0;
  let reordered = 0;
  return {
    add(n) {
      if (seen.has(n)) {
        doubled += 1;
        return;
      }
      seen.add(n);
      if (n < greatest) reordered += 1;
      greatest = Math.max(greatest, n);
      while (seen.has(whole + 1)) whole += 1;
    },
    whole: () => whole,
    end(total) {
      let lost = 0;
      for (let n = 1; n <= total; n += 1) if (!seen.has(n)) lost += 1;
      return { expected: total, lost, doubled, reordered };
    },
  };
}

/** Adds tallies of several streams. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  const sum = { expected: 0, lost: 0, doubled: 0, reordered: 0 };
  for (const tally of tallies) {
    sum.expected += tally.expected;
    sum.lost += tally.lost;
    sum.doubled += tally.doubled;
    sum.reordered += tally.reordered;
  }
  return sum;
}
