import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCommand, parseCommand, parseEvent } from "../src/index.ts";
import type { DiagnosticCode } from "../src/index.ts";
import { anyCommand, nearLine } from "./arbitraries.ts";
import { isMessage } from "./grammar-recogniser.ts";

// What a message of the grammar can still be refused for.
const beyondGrammar = new Set<DiagnosticCode>([
  "too_long",
  "unknown_code",
  "duplicate_key",
  "unsafe_number",
  "too_deep",
  "wrong_kind",
  "out_of_range",
  "missing_field",
  "empty_field",
]);

function compare(line: string): "read" | "refused" {
  const isLegal = isMessage(line);
  for (const parse of [parseCommand, parseEvent]) {
    const parsed = parse(line);
    if (parsed.ok) expect([line, isLegal]).toEqual([line, true]);
    else if (isLegal) expect(beyondGrammar, `${line} ${parsed.error.code}`).toContain(parsed.error.code);
  }
  return isLegal ? "read" : "refused";
}

describe("decoder and grammar agree", () => {
  test("[C28] on strings made of the signs of the language", () => {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(nearLine, (line) => {
        seen[compare(line)] += 1;
      }),
      { numRuns: 30_000 },
    );
    expect(seen.read).toBeGreaterThan(2000);
    expect(seen.refused).toBeGreaterThan(2000);
  });

  test("[C28] on canonical lines with one sign put in, taken out or changed", () => {
    fc.assert(
      fc.property(
        anyCommand,
        fc.nat(),
        fc.nat(2),
        fc.constantFrom(...Array.from("|[]{}'\"\\: ,#0-.eux\t\n\u{7f}😀\udc00")),
        (command, place, much, sign) => {
          const line = formatCommand(command);
          const at = place % (line.length + 1);
          compare(line.slice(0, at) + (much === 0 ? "" : sign) + line.slice(much === 1 ? at : at + 1));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  test("[C28] on every ASCII sign, and some beyond, in every kind of place", () => {
    const points = [
      ...Array.from({ length: 0x100 }, (_, point) => point),
      0x20_28,
      0xd8_00,
      0xdf_ff,
      0xff_ff,
      0x1_f6_00,
    ];
    const places = [
      ["", "c:x"],
      ["t", ":x"],
      ["tc", "x"],
      ["tc#", ":x"],
      ["tc#a", ":x"],
      ["tc:", ""],
      ["tc:", "x"],
      ["tc:x", ""],
      ["tc:x", "y"],
      ["tc:x\\", "y"],
      ["tc:\\u00", "0"],
      ["ms:k|", ""],
      ["ms:k|", "1"],
      ["ms:k|1", ""],
      ["ms:k|'", "'"],
      ['ms:k|"', '"'],
      ["ms:k|'x'", ""],
      ["ms:k|{", "}"],
      ["ms:k|{", "a:1}"],
      ["ms:k|{a", ":1}"],
      ["ms:k|{a:", "}"],
      ["ms:k|{a:1", "}"],
      ["ms:k|[", "]"],
      ["ms:k|[1", "]"],
      ["ms:k|[1,", "1]"],
      ["ms:k|[1]", ""],
    ] as const;
    for (const [before, after] of places) {
      for (const point of points) compare(before + String.fromCodePoint(point) + after);
    }
  });
});
