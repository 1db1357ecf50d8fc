import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createScanner, formatCommand, parseCommand, parseEvent } from "../src/index.ts";
import type { DiagnosticCode } from "../src/index.ts";
import { anyCommand, nearLine } from "./arbitraries.ts";
import { isEmbed, isMessage } from "./grammar-recogniser.ts";

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

/** Scans a text as a whole stream; tells the texts of its commands. */
function executedIn(text: string, seal: string | undefined): readonly string[] {
  const scanner = createScanner(seal === undefined ? {} : { seal });
  return [...scanner.push(text), ...scanner.end()].flatMap((event) => (event.kind === "command" ? [event.text] : []));
}

/** Holds the scanner against `embed`; says whether the text was executed as a whole. */
function compareEmbed(text: string, seal: string | undefined): boolean {
  const executed = executedIn(text, seal);
  for (const part of executed) expect([part, isEmbed(part, seal !== undefined)]).toEqual([part, true]);
  const head = text.slice(0, text.indexOf(":"));
  const isRead =
    isEmbed(text, seal !== undefined) &&
    head.length <= 25 &&
    (seal === undefined || head.endsWith(` ${seal}`)) &&
    parseCommand(text.slice(head.length + 2, -1)).ok;
  expect([text, executed]).toEqual([text, isRead ? [text] : executed.filter((part) => part !== text)]);
  return isRead;
}

describe("scanner and grammar agree", () => {
  const heads = [
    "[G: ",
    "[Generating k7: ",
    "[a-b_9: ",
    "[G k7: ",
    "[G k8: ",
    "[G:",
    "[: ",
    "[9a: ",
    "[G  k7: ",
    "[G k7 : ",
  ];

  test("[C28][C30] on brackets around strings made of the signs of the language", () => {
    const seen = { executed: 0, not: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...heads),
        fc.oneof(nearLine, anyCommand.map(formatCommand)),
        fc.constantFrom("]", "]", "]", "", "]]", " ]"),
        fc.constantFrom(undefined, "k7"),
        (head, line, tail, seal) => {
          if (line.length < 4000) seen[compareEmbed(head + line + tail, seal) ? "executed" : "not"] += 1;
        },
      ),
      { numRuns: 20_000 },
    );
    expect(seen.executed).toBeGreaterThan(1000);
    expect(seen.not).toBeGreaterThan(2000);
  });

  test("[C28][C30] on every ASCII sign, and some beyond, in every place of an opener and at its end", () => {
    const points = [...Array.from({ length: 0x100 }, (_, point) => point), 0x20_28, 0xd8_00, 0xff_1a, 0x1_f6_00];
    const places = [
      ["", "G: tc:x]"],
      ["[", ": tc:x]"],
      ["[G", ": tc:x]"],
      ["[G", " tc:x]"],
      ["[G:", "tc:x]"],
      ["[G: ", "c:x]"],
      ["[G: t", ":x]"],
      ["[G: tc", "x]"],
      ["[G: tc#", ":x]"],
      ["[G", "k7: tc:x]"],
      ["[G k7", ": tc:x]"],
      ["[G k", ": tc:x]"],
      ["[G k7:", "tc:x]"],
      ["[G: tc:x", ""],
      ["[G: tc:x", "]"],
    ] as const;
    for (const [before, after] of places) {
      for (const point of points) {
        for (const seal of [undefined, "k7"]) compareEmbed(before + String.fromCodePoint(point) + after, seal);
      }
    }
  });

  test("[C28][C30] the label has 24 signs at most, with the seal and the space between", () => {
    for (let length = 1; length < 30; length += 1) {
      const label = "a".repeat(length);
      expect(compareEmbed(`[${label}: tc:x]`, undefined)).toBe(length <= 24);
      expect(compareEmbed(`[${label} k7: tc:x]`, "k7")).toBe(length <= 21);
    }
  });
});

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
