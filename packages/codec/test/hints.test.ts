import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorLine, formatCommand, parseCommand, parseEvent, readLenient } from "../src/index.ts";
import type { Diagnostic, DiagnosticCode } from "../src/index.ts";
import { nearWord } from "../src/near-word.ts";
import { nearLine } from "./arbitraries.ts";

function refusal(line: string, parse: typeof parseCommand | typeof parseEvent = parseCommand): Diagnostic {
  const parsed = parse(line);
  if (parsed.ok) throw new Error(`${line} was read`);
  return parsed.error;
}

describe("did you mean", () => {
  test("[C62] a code that is nearly one is named in the hint", () => {
    expect(refusal("ct:x")).toMatchObject({
      code: "unknown_code",
      hint: "No command has the code ct. Did you mean tc?",
    });
    expect(refusal("task_create:x")).toMatchObject({ code: "missing_colon", at: 2, hint: "Did you mean tc?" });
    expect(refusal("status_update#7:x|y", parseEvent).hint).toBe("Did you mean su?");
    expect(refusal("qq:x").hint).toBe("No command has the code qq.");
    expect(refusal("something:x").hint).toMatch(/^Put a colon/);
  });

  test("[C62] so is a level", () => {
    for (const wrong of ["hgih", "hig", "High", "highh", "hi gh"]) {
      expect(refusal(`tc:x|y|${wrong}`)).toMatchObject({ code: "wrong_kind", hint: "Did you mean high?" });
    }
    expect(refusal("tc:x|y|urgent").hint).toMatch(/^Fields go by position/);
  });

  test("[C62] only one slip away, and only when no other word is as near", () => {
    expect(nearWord(["low", "medium"], "lwo")).toBe("low");
    expect(nearWord(["abc", "abd"], "abe")).toBeUndefined();
    expect(nearWord(["low"], "lowest")).toBeUndefined();
    expect(nearWord(["low"], "")).toBeUndefined();
  });
});

describe("the er line", () => {
  const lines: readonly (readonly [string, string])[] = [
    ["wf:plan|{name:'It's mine'}", "er#7:bad_payload|params col 18: expected , or } got s"],
    ["tc:{title}|growth|high", "er#7:unfilled_placeholder|title col 3: expected a value got {title}"],
    ["ts:t|high", "er#7:wrong_kind|confidence col 5: expected a number from 0 to 1 got text"],
    ["tc:a[b", "er#7:raw_bracket|title col 4: Inside text write \\\\\\[."],
    ["zz:a", "er#7:unknown_code|col 0: No command has the code zz."],
    ["ms:k", "er#7:missing_field|value col 4: expected value got end of line"],
  ];
  test.for(lines)("[C64] of %s is %s", ([line, wanted]) => {
    expect(errorLine(refusal(line), "7")).toBe(wanted);
  });

  test("[C64] carries the corrected line as its recovery, and needs no cid", () => {
    const corrected = formatCommand({ op: "workflow_start", workflow_id: "plan", params: { name: "It's mine" } });
    const line = errorLine(refusal("wf:plan|{name:'It's mine'}"), undefined, corrected);
    expect(line.startsWith("er:bad_payload|params col 18: expected , or } got s|wf:plan\\|")).toBe(true);
    expect(parseEvent(line)).toMatchObject({ value: { op: "error", code: "bad_payload", recovery: corrected } });
  });

  test("[C64] of a refusal of a line as long as a frame is a short line, with its sense kept", () => {
    const lines = [
      `tc:{${"a".repeat(65_000)}}`,
      `{"op":"tc","title":"x","${"\\u0001".repeat(10_900)}":1}`,
      `{"op":"tc","title":"x","${"\\ud83d\\ude00".repeat(5000)}":1}`,
      `{"op":"${"\\u0001".repeat(10_900)}","title":"x"}`,
      `tc:x|${"|".repeat(65_000)}`,
      "x".repeat(70_000),
    ];
    for (const line of lines) {
      const read = readLenient(line, "command");
      if (read.ok) throw new Error(read.line);
      const told = parseEvent(errorLine(read.error, "7", line));
      if (!told.ok || told.value.op !== "error") throw new Error(JSON.stringify(told));
      expect(told.value.code).toBe(read.error.code);
      expect(told.value.message?.length).toBeLessThanOrEqual(400);
      expect(told.value.message?.isWellFormed()).toBe(true);
      expect(told.value.recovery).toBeUndefined();
    }
    expect(errorLine(refusal("ct:x"), "7", "|".repeat(4096))).toHaveLength(
      2 * 4096 + errorLine(refusal("ct:x"), "7").length + 1,
    );
  });

  test("[C64] of any refusal is a line that reads as an error with the same code", () => {
    const seen = new Set<DiagnosticCode>();
    fc.assert(
      fc.property(nearLine, (line) => {
        const parsed = parseCommand(line);
        if (parsed.ok) return;
        seen.add(parsed.error.code);
        expect(parseEvent(errorLine(parsed.error, "a1", line))).toMatchObject({
          value: { op: "error", cid: "a1", code: parsed.error.code },
        });
      }),
      { numRuns: 5000 },
    );
    expect(seen.size).toBeGreaterThan(12);
  });
});
