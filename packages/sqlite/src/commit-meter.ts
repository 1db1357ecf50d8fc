/** What was committed since the file was opened. Times run from BEGIN to the end of COMMIT, units included. */
export interface CommitStats {
  readonly commits: number;
  readonly units: number;
  /** 0 before the first commit. */
  readonly meanUnitsPerCommit: number;
  /** Within 19 %; 0 before the first commit. */
  readonly commitP50Ms: number;
  readonly commitP99Ms: number;
}

/** Counts commits and sorts their times into buckets. */
export interface CommitMeter {
  add(units: number, ms: number): void;
  stats(): CommitStats;
}

// Four buckets to each doubling, from 1 us to about 4,300 s: a fixed array, whatever comes.
const bucketsPerDoubling = 4;
const bucketCount = 128;

/** Creates a meter of fixed size. [DB21] */
export function createCommitMeter(): CommitMeter {
  const buckets = new Uint32Array(bucketCount);
  let commits = 0;
  let units = 0;
  const quantileMs = (part: number): number => {
    const rank = Math.ceil(commits * part);
    let seen = 0;
    for (const [index, count] of buckets.entries()) {
      seen += count;
      if (seen >= rank && count > 0) return 2 ** ((index + 0.5) / bucketsPerDoubling) / 1000;
    }
    return 0;
  };
  return {
    add(unitsOfCommit, ms) {
      commits += 1;
      units += unitsOfCommit;
      const place = Math.floor(Math.log2(Math.max(1, ms * 1000)) * bucketsPerDoubling);
      const index = Math.min(bucketCount - 1, place);
      buckets[index] = (buckets[index] ?? 0) + 1;
    },
    stats: () => ({
      commits,
      units,
      meanUnitsPerCommit: commits === 0 ? 0 : units / commits,
      commitP50Ms: quantileMs(0.5),
      commitP99Ms: quantileMs(0.99),
    }),
  };
}
