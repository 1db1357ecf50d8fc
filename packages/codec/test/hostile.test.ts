import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { formatCommand, limits, parseCommand, parseEvent } from "../src/index.ts";
import type { DiagnosticCode } from "../src/index.ts";
import { anyText, nearLine } from "./arbitraries.ts";

test("[C3] no string makes reading throw, and every refusal is complete", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, nearLine, fc.string({ unit: "binary", maxLength: 200 })), (line) => {
      for (const parse of [parseCommand, parseEvent]) {
        const parsed = parse(line);
        if (parsed.ok) continue;
        const { error } = parsed;
        expect(error.hint).not.toBe("");
        expect(error.at).toBeGreaterThanOrEqual(0);
        expect(error.at).toBeLessThanOrEqual(Array.from(line).length);
      }
    }),
    { numRuns: 20_000 },
  );
});

describe("large and hostile lines", () => {
  const size = limits.frameBytes - 20;
  const fill = (unit: string): string => unit.repeat(Math.floor(size / unit.length));
  const lines: readonly (readonly [string, string, DiagnosticCode | "ok"])[] = [
    ["one text", `tc:${fill("a")}`, "ok"],
    ["escapes", `tc:${fill("\\\\")}`, "ok"],
    ["unicode escapes", `tc:${fill("\\ud83d\\ude00")}`, "ok"],
    ["spaces and a stop", `tc:a${fill(" ")}`, "edge_space"],
    ["spaces between", `tc:${fill("a ")}b`, "ok"],
    ["opening brackets", `ms:k|${fill("[")}`, "too_deep"],
    ["opening braces", `ms:k|${fill("{a:")}`, "too_deep"],
    ["a braces-only text", `tc:${fill("{")}`, "bad_payload"],
    ["an unfilled name", `tc:{${fill("a")}`, "unterminated"],
    ["a long placeholder", `tc:{${fill("a")}}`, "unfilled_placeholder"],
    ["digits in any", `ms:k|${fill("9")}`, "unsafe_number"],
    ["digits in text", `tc:${fill("9")}`, "ok"],
    ["fraction", `ms:k|0.${fill("1")}`, "ok"],
    ["exponent", `ms:k|1e${fill("9")}`, "unsafe_number"],
    ["extra digits", `cl:c|d|${fill("9")}`, "ok"],
    ["numbers in an array", `ms:k|[${fill("1,")}1]`, "ok"],
    ["blanks in an array", `ms:k|[${fill(" ")}]`, "ok"],
    ["empty arrays", `ms:k|[${fill("[],")}[]]`, "ok"],
    ["an open quote", `ms:k|'${fill("a")}`, "unterminated"],
    ["open quote of escapes", `ms:k|"${fill("\\'")}`, "unterminated"],
    ["many keys", `ms:k|{${Array.from({ length: 9000 }, (_, key) => `a${key}:1`).join(",")}}`, "too_long"],
    ["7,000 keys", `ms:k|{${Array.from({ length: 7000 }, (_, key) => `a${key}:1`).join(",")}}`, "ok"],
    ["number keys", `ms:k|{${Array.from({ length: 5000 }, (_, key) => `'${key * 7919}':1`).join(",")}}`, "ok"],
    ["bars", `tc:${fill("|")}`, "missing_field"],
    ["bars after a title", `tc:t${fill("|")}`, "too_many_fields"],
    ["a cid without end", `tc#${fill("a")}:t`, "bad_cid"],
    ["no colon", fill("a"), "missing_colon"],
  ];

  test.for(lines)("[C25] %s", ([, line, wanted]) => {
    const parsed = parseCommand(line);
    expect(parsed.ok ? "ok" : parsed.error.code).toBe(wanted);
    if (parsed.ok) expect(parseCommand(formatCommand(parsed.value))).toEqual(parsed);
  });

  test("[C25] a reader looks at each unit a bounded number of times", () => {
    const looks = vi.spyOn(String.prototype, "charCodeAt");
    let total = 0;
    try {
      for (const [name, line] of lines) {
        looks.mockClear();
        parseCommand(line);
        const { length } = looks.mock.calls;
        if (length > 6 * line.length + 200) throw new Error(`${name}: ${length} looks at ${line.length} units`);
        total += length;
      }
    } finally {
      looks.mockRestore();
    }
    // The count would be worth nothing if the readers looked in another way.
    expect(total).toBeGreaterThan(1_000_000);
  });
});
