import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCursor, isEpoch, parseCursor, placeCursor, reconnectDelay } from "../src/index.ts";

const epochs = fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/);

describe("cursor", () => {
  test("[LK1] what is written is read again, for every epoch and seq", () => {
    fc.assert(
      fc.property(epochs, fc.maxSafeNat(), (epoch, seq) => {
        expect(parseCursor(formatCursor({ epoch, seq }))).toEqual({ ok: true, value: { epoch, seq } });
        expect(isEpoch(epoch)).toBe(true);
      }),
    );
  });

  test("[LK1] nothing means now, zero means everything held", () => {
    for (const after of [null, undefined, ""]) expect(parseCursor(after)).toEqual({ ok: true, value: "now" });
    for (const after of ["0", 0]) expect(parseCursor(after)).toEqual({ ok: true, value: "start" });
  });

  test.each([
    "1",
    "e1",
    "e1:",
    ":1",
    "e1:01",
    "e1:-1",
    "e1:1.5",
    "e1:9007199254740993",
    "a:b:1",
    "e 1:1",
    `${"e".repeat(65)}:1`,
    5,
    true,
    {},
    [],
  ])("[LK1] %j is the fault invalid_cursor", (after) => {
    const parsed = parseCursor(after);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error.code).toBe("invalid_cursor");
  });

  test("[LK1] no value makes it throw", () => {
    fc.assert(fc.property(fc.anything(), (after) => typeof parseCursor(after).ok === "boolean"));
  });

  test("[LK2] a cursor continues exactly when it lies in [low - 1, head] of the same epoch", () => {
    const position = { epoch: "e1", head: 9, low: 4 };
    for (let seq = 0; seq <= 12; seq += 1) {
      const held = seq >= 3 && seq <= 9;
      expect(placeCursor({ epoch: "e1", seq }, position)).toEqual({ afterSeq: held ? seq : 9, resync: !held });
    }
    expect(placeCursor({ epoch: "e2", seq: 5 }, position)).toEqual({ afterSeq: 9, resync: true });
    expect(placeCursor("now", position)).toEqual({ afterSeq: 9, resync: false });
    expect(placeCursor("start", position)).toEqual({ afterSeq: 3, resync: false });
  });

  test("[LK28] the wait is a part of a width that doubles up to its limit", () => {
    const times = { reconnectMinMs: 250, reconnectMaxMs: 5_000 };
    const widths = [1, 2, 3, 4, 5, 6, 7, 1_000].map((attempt) => reconnectDelay(attempt, 0.999_999_9, times) + 1);
    expect(widths).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(reconnectDelay(7, 0, times)).toBe(0);
    expect(reconnectDelay(2, 0.5, times)).toBe(250);
  });
});
