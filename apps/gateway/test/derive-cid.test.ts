import { describe, expect, test } from "vitest";
import { deriveCid } from "../src/derive-cid.ts";

describe("derive-cid", () => {
  test("[G4] the same tuple gives the same cid for ever", () => {
    // Written down once: what was sent before an update must have the same cid after it.
    expect(deriveCid("default", "owner", "u1", 1)).toBe("JSoIdupFnxkrSO");
    expect(deriveCid("default", "owner", "u1", 0)).toBe("mvciMrpfWe4GpX");
  });

  test("[G4] 100,000 utterances have 100,000 cids, each 14 letters and digits", () => {
    const cids = new Set<string>();
    for (let n = 0; n < 100_000; n += 1) cids.add(deriveCid("default", "owner", `u${n}`, n % 3));
    expect(cids.size).toBe(100_000);
    expect([...cids].every((cid) => /^[0-9A-Za-z]{14}$/.test(cid))).toBe(true);
  });

  test("[G4] every sign of the alphabet stands at every place", () => {
    const seen = Array.from({ length: 14 }, () => new Set<string>());
    for (let n = 0; n < 5000; n += 1)
      for (const [place, sign] of deriveCid("w", "p", `${n}`, 0).split("").entries()) seen[place]?.add(sign);
    expect(seen.map((signs) => signs.size)).toEqual(Array.from({ length: 14 }, () => 62));
  });

  test("[G4] tuples that join to the same text have different cids", () => {
    const cids = [
      deriveCid("ab", "c", "d", 1),
      deriveCid("a", "bc", "d", 1),
      deriveCid("a", "b", "cd", 1),
      deriveCid("a", "b", "c", 11),
      deriveCid("a", "b", "c1", 1),
      deriveCid("1:a", "b", "c", 1),
      deriveCid("", "a1:b", "c", 1),
    ];
    expect(new Set(cids).size).toBe(cids.length);
  });
});
