import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatCommand,
  formatEvent,
  isCodecError,
  levelToNumber,
  numberToLevel,
  parseEvent,
  percentToUnit,
  readLenient,
  unitToPercent,
} from "../src/index.ts";
import type { LevelWord } from "../src/index.ts";

const words = ["low", "medium", "high"] as const;
const rank = (word: LevelWord): number => words.indexOf(word);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const unit = fc.double({ min: 0, max: 1, noNaN: true });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isCodecError(error)) return error.code;
    throw error;
  }
  return "nothing thrown";
}

describe("levels", () => {
  test.for([
    [-1e300, "low"],
    [-0, "low"],
    [0, "low"],
    [0.25, "low"],
    [0.374999, "low"],
    [0.375, "medium"],
    [0.5, "medium"],
    [0.624999, "medium"],
    [0.625, "high"],
    [0.75, "high"],
    [1, "high"],
    [7, "high"],
  ] as const)("[C47] the number %d is %s", ([number, word]) => {
    expect(numberToLevel(number)).toBe(word);
  });

  test("[C15][C47] a word is itself, and comes back from its number", () => {
    for (const word of words) {
      expect(numberToLevel(word)).toBe(word);
      expect(numberToLevel(levelToNumber(word))).toBe(word);
    }
  });

  test("[C47] every finite number has the word that is nearest, and of two numbers the larger has no lesser word", () => {
    fc.assert(
      fc.property(fc.oneof(finite, unit), fc.oneof(finite, unit), (one, other) => {
        const word = numberToLevel(one);
        const distance = Math.abs(levelToNumber(word) - one);
        for (const candidate of words) expect(distance).toBeLessThanOrEqual(Math.abs(levelToNumber(candidate) - one));
        const [small, large] = one < other ? [one, other] : [other, one];
        expect(rank(numberToLevel(small))).toBeLessThanOrEqual(rank(numberToLevel(large)));
      }),
      { numRuns: 5000 },
    );
  });

  test("[C47] what no line can carry has no word", () => {
    for (const number of [Number.NaN, Infinity, -Infinity]) {
      expect(codeOf(() => numberToLevel(number))).toBe("WRONG_TYPE");
    }
  });
});

describe("units and per cent", () => {
  test.for([
    [0, 0],
    [-0, -0],
    [0.001, 0.1],
    [0.07, 7],
    [0.29, 29],
    [0.333, 33.3],
    [0.5, 50],
    [0.57, 57],
    [0.85, 85],
    [1, 100],
    [1e-7, 0.00001],
    [5e-324, 5e-322],
  ])("[C48] %d is %d per cent", ([share = 0, percent = 0]) => {
    expect(unitToPercent(share)).toBe(percent);
  });

  test("[C48] what has at most 15 digits comes back the same, both ways", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.nat(15), (digits, places) => {
        const share = Number(`${digits}e-${places + 15}`);
        expect(percentToUnit(unitToPercent(share))).toBe(share);
        const percent = Number(`${digits}e-${places + 13}`);
        expect(unitToPercent(percentToUnit(percent))).toBe(percent);
      }),
      { numRuns: 10_000 },
    );
  });

  test("[C48] every unit has a per cent within 0 and 100, and comes back from it within two roundings", () => {
    fc.assert(
      fc.property(unit, (share) => {
        const percent = unitToPercent(share);
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(percent).toBeLessThanOrEqual(100);
        expect(Math.abs(percentToUnit(percent) - share)).toBeLessThanOrEqual(
          2 * Number.EPSILON * share + Number.MIN_VALUE,
        );
        expect(percentToUnit(share * 100)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 10_000 },
    );
  });

  test("[C48] a per cent is read as its sign is mended", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (hundredths) => {
        const percent = hundredths / 100;
        const read = readLenient(`ts:auto|${percent}%`, "command");
        expect(read).toMatchObject({ ok: true, value: { confidence: percentToUnit(percent) } });
      }),
    );
  });

  test("[C48] what is outside is refused", () => {
    for (const number of [-0.1, 1.1, Number.NaN, Infinity]) {
      expect(codeOf(() => unitToPercent(number))).toBe("OUT_OF_RANGE");
      expect(codeOf(() => percentToUnit(number * 100))).toBe("OUT_OF_RANGE");
    }
  });

  test("[C48] half of it is written 0.5, whichever way it was written before", () => {
    const half = { op: "status_update", entity_id: "task_1", status: "in_progress", progress: 0.5 } as const;
    expect(formatEvent(half)).toBe("su:task_1|in_progress|0.5");
    for (const number of ["0.5", "0.50", "5e-1", "5E-01"]) {
      expect(parseEvent(`su:task_1|in_progress|${number}`)).toEqual({ ok: true, value: half });
    }
    for (const [number, code] of [
      [".5", "wrong_kind"],
      ["50", "out_of_range"],
      ["50%", "wrong_kind"],
      ["'0.5'", "wrong_kind"],
      ["medium", "wrong_kind"],
    ] as const) {
      expect(parseEvent(`su:task_1|in_progress|${number}`)).toMatchObject({ ok: false, error: { code } });
    }
    expect(formatCommand({ op: "task_create", title: "x", intent_type: "y", complexity: 0.5 })).toBe("tc:x|y|0.5");
  });
});
