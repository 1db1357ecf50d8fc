import fc from "fast-check";
import { expect, test } from "vitest";
import { compareNames as compareForms, isTelling, nameForms } from "../../src/graph/compare-names.ts";
import { bandCount, jaccard, minHashBands, threeGrams } from "../../src/graph/min-hash.ts";
import { looseNameKey, nameKey } from "../../src/graph/name-key.ts";

const compareNames = (left: string, right: string): unknown => compareForms(nameForms(left), nameForms(right));

test("[S50] two names are one name when they differ in case, width, spaces, quotes or what nobody sees", () => {
  for (const [left, right] of [
    ["Ann Lee", "  ann\tLEE\n"],
    ["ＡＣＭＥ", "acme"],
    ["O’Brien", "O'Brien"],
    ["Jean‑Luc", "jean-luc"],
    ["Straße", "STRASSE"],
    ["ΟΔΟΣ", "οδοσ"],
    ["Jos\u00e9", "Jose\u0301"],
    ["so\u00ADft\u200B", "soft"],
    ["ﬁle", "file"],
  ] as const) {
    expect([left, nameKey(left)]).toEqual([left, nameKey(right)]);
  }
  expect(nameKey("\u200B \u00AD")).toBe("");
});

test("[S50] names that mean different things are different names", () => {
  for (const [left, right] of [
    ["v1", "v2"],
    ["Anna", "Ana"],
    ["room 12", "room 13"],
    ["José", "Jose"],
    ["Acme", "Acme Inc."],
    ["The Who", "WHO"],
    ["कि", "का"],
    ["C++", "C"],
    ["1.5", "15"],
    ["a-b", "ab"],
  ] as const) {
    expect([left, nameKey(left) === nameKey(right)]).toEqual([left, false]);
  }
});

test("[S51] marks, signs, articles and company suffixes are a reason to ask; numbers and short names are none", () => {
  expect(looseNameKey("The Ácmé Co., Ltd.")).toBe("acme");
  expect(looseNameKey("The")).toBe("the");
  expect(looseNameKey("कि")).toBe("कि");
  expect(compareNames("Acme", "ACME Inc.")).toEqual({ reason: "spelling", similarity: 1 });
  expect(compareNames("José Niño", "Jose Nino")).toEqual({ reason: "spelling", similarity: 1 });
  const long = "Department of Agriculture and Rural Development of the Northern Territory";
  expect(compareNames(long, `${long}s`)).toMatchObject({ reason: "similar" });
  for (const [left, right] of [
    ["v1", "v2"],
    ["Anna", "Ana"],
    ["room 12", "room 13"],
    ["1.5", "15"],
    ["कि", "का"],
    ["aaaaaaaa", "aaaaaaaaa"],
    [`${long} 12`, `${long} 13`],
    ["Ann Lee", "ann  lee"],
  ] as const) {
    expect([left, compareNames(left, right)]).toEqual([left, undefined]);
  }
  expect([isTelling("anna"), isTelling("ann lee"), isTelling("aaaaaaa")]).toEqual([false, true, false]);
});

test("[S52] bands are the same numbers everywhere, and names of much in common share one", () => {
  // Bands stand in files: these numbers never change.
  expect(minHashBands(threeGrams("ada lovelace"))).toMatchInlineSnapshot(`
    [
      1608352642,
      2230287391,
      2611818104,
      2627643075,
      492866624,
      950306801,
      3301453526,
      3409293624,
    ]
  `);
  expect(bandCount).toBe(8);
  let shared = 0;
  let alike = 0;
  const words = fc.sample(fc.array(fc.stringMatching(/^[a-z]{4,9}$/), { minLength: 6, maxLength: 9 }), {
    numRuns: 400,
    seed: 5,
  });
  for (const name of words.map((list) => list.join(" "))) {
    const [left, right] = [threeGrams(name), threeGrams(name.slice(0, -1))];
    if (jaccard(left, right) < 0.9) continue;
    alike += 1;
    const bands = minHashBands(right);
    if (minHashBands(left).some((band, index) => band === bands[index])) shared += 1;
  }
  expect(alike).toBeGreaterThan(350);
  expect(shared).toBe(alike);
});

test("[S52] the share of equal bands follows what two sets have in common", () => {
  const sets = (common: number, own: number): readonly [Set<string>, Set<string>] => {
    const base = Array.from({ length: common }, (_, index) => `c${index}`);
    const more = (side: string): string[] => Array.from({ length: own }, (_, index) => `${side}${index}`);
    return [new Set([...base, ...more("l")]), new Set([...base, ...more("r")])];
  };
  const equalBands = ([left, right]: readonly [Set<string>, Set<string>]): number => {
    const bands = minHashBands(right);
    return minHashBands(left).filter((band, index) => band === bands[index]).length;
  };
  expect(jaccard(...sets(90, 5))).toBe(0.9);
  expect(equalBands(sets(90, 5))).toBeGreaterThanOrEqual(3);
  expect(equalBands(sets(5, 90))).toBe(0);
  expect(jaccard(new Set(), new Set())).toBe(1);
});
