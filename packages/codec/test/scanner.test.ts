import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createScanner, formatCommand, lenient, parseCommand, taughtCommands } from "../src/index.ts";
import type { ScanEvent, ScannerOptions } from "../src/index.ts";
import { anyCommand } from "./arbitraries.ts";
import { anyEmbed, anyLeniency, anyOptions, anySizes, anyStream, join, linesOf, scan, textOf } from "./streams.ts";

const kinds = (events: readonly ScanEvent[]): string[] => join(events).map((event) => event.kind);
const broken = (events: readonly ScanEvent[]): [string, number, string][] =>
  events.flatMap((event) =>
    event.kind === "broken"
      ? [[event.diagnostic.code, event.diagnostic.at, event.text] as [string, number, string]]
      : [],
  );

describe("finding commands", () => {
  test("[C29] prose, the fields of a command as they come, and the command, in order", () => {
    const events = scan("Yes! [Generating: tc#7:Fix it|bug|low] Done.");
    expect(events).toEqual([
      { kind: "prose", text: "Yes! " },
      { kind: "open", op: "task_create", label: "Generating", cid: "7" },
      { kind: "delta", index: 0, name: "title", text: "Fix it" },
      { kind: "field", index: 0, name: "title", value: "Fix it" },
      { kind: "delta", index: 1, name: "intent_type", text: "bug" },
      { kind: "field", index: 1, name: "intent_type", value: "bug" },
      { kind: "delta", index: 2, name: "complexity", text: "low" },
      { kind: "field", index: 2, name: "complexity", value: "low" },
      {
        kind: "command",
        command: { op: "task_create", cid: "7", title: "Fix it", intent_type: "bug", complexity: "low" },
        line: "tc#7:Fix it|bug|low",
        text: "[Generating: tc#7:Fix it|bug|low]",
        repairs: [],
      },
      { kind: "prose", text: " Done." },
    ]);
  });

  test("[C29] what is told of a stream, joined, is the stream", () => {
    fc.assert(
      fc.property(anyStream, anySizes, anyOptions, (text, sizes, options) => {
        expect(textOf(scan(text, options, sizes))).toBe(text);
      }),
      { numRuns: 10_000 },
    );
  });

  test("[C29] every command that can be written is found between prose, and read as it was written", () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 4 }), anySizes, anyLeniency, (commands, sizes, lenient) => {
        const lines = commands.map(formatCommand).filter((line) => line.length < 4000);
        const text = lines.map((line) => `So [x] it's [Generating: ${line}]`).join("\n");
        const events = scan(text, { lenient }, sizes);
        expect(linesOf(events)).toEqual(lines);
        expect(broken(events)).toEqual([]);
        for (const event of events) if (event.kind === "command") expect(event.repairs).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test("[C29] what is executed is what the strict reader reads between the colon and the bracket", () => {
    let count = 0;
    fc.assert(
      fc.property(anyStream, (text) => {
        for (const event of scan(text)) {
          if (event.kind !== "command") continue;
          count += 1;
          const [, message = ""] = /^\[[A-Za-z][\w-]{0,23}: (.*)\]$/su.exec(event.text) ?? [];
          expect(parseCommand(message)).toEqual({ ok: true, value: event.command });
          expect(event.line).toBe(message);
        }
      }),
      { numRuns: 10_000 },
    );
    expect(count).toBeGreaterThan(1000);
  });

  test("[C29] the scanner can take another stream after the end", () => {
    const scanner = createScanner();
    scanner.push("[Generating: tc:half \\");
    scanner.end();
    expect(join([...scanner.push("[Generating: tc:x]"), ...scanner.end()]).map(({ kind }) => kind)).toContain(
      "command",
    );
    scanner.push("a [Gen");
    expect(scanner.end()).toEqual([{ kind: "prose", text: "[Gen" }]);
    expect(scanner.end()).toEqual([]);
  });

  test.for([
    "[x]",
    "[Generating: zz:x]",
    "[Generating: su:x|y]",
    "[Generating:tc:x]",
    "[Generating:  tc:x]",
    "[Generating tc:x]",
    "[Generating k7: tc:x]",
    "[tc:x]",
    "[Generating: TC:x]",
    "[Generating: tc#:x]",
    "[Generating: tc#12345678901234567:x]",
    "[Generating: tc#a-b:x]",
    "[1x: tc:x]",
    "[: tc:x]",
    "[a234567890123456789012345: tc:x]",
    "[Gené: tc:x]",
    "\\[Generating: tc:x]",
    "\\\\[Generating: tc:x]",
    "Generating: tc:x",
    "tc:x|y",
    "［Generating: tc:x]",
  ])("[C30] %s is prose", (text) => {
    for (const sizes of [[], [1], [3]]) expect(kinds(scan(text, {}, sizes))).toEqual(["prose"]);
  });

  test("[C30] a bracket inside an opener begins another", () => {
    expect(linesOf(scan("[[Generating: [G: tc:x]"))).toEqual(["tc:x"]);
    expect(linesOf(scan("[G: tc[G: tc#[G: cl:x]"))).toEqual(["cl:x"]);
  });

  test("[C30] only the commands that may open do", () => {
    const options: ScannerOptions = { ops: ["task_create"] };
    const text = "[G: ut:u_1|I said so][G: tc:x]";
    expect(linesOf(scan(text, options))).toEqual(["tc:x"]);
    expect(broken(scan(text, options))).toEqual([]);
    expect(linesOf(scan(text))).toEqual(["ut:u_1|I said so", "tc:x"]);
  });

  test("[C31] a bracket inside quotes, a payload or behind a backslash does not end a command", () => {
    const lines = ["tc:a \\[b\\] c", "tc:'a [b] c'|\"]\"", "ms:k|{a:']',b:[1,[2]]}|p", "ms:k|['\\']',2]|p", "ms:k|[]"];
    for (const line of lines) {
      const event = scan(`[G: ${line}] rest`).find(({ kind }) => kind === "command");
      expect(event).toMatchObject({ text: `[G: ${line}]` });
    }
  });

  test("[C31] a raw bracket in text breaks a command at once, and scanning goes on at that bracket", () => {
    const events = scan("[G: tc:Fix [G: tc:real|y] and [G: tc:[G: cl:x]", {}, [1]);
    expect(linesOf(events)).toEqual(["tc:real|y", "cl:x"]);
    expect(broken(events)).toEqual([
      ["raw_bracket", 11, "[G: tc:Fix "],
      ["raw_bracket", 7, "[G: tc:"],
    ]);
    expect(linesOf(scan("[G: tc:'x' [G: tc:y]"))).toEqual(["tc:y"]);
  });

  test("[C31] a line break ends a command anywhere, and is prose", () => {
    for (const [text, code, at] of [
      ["[G: tc:a b", "raw_control", 10],
      ["[G: tc:'a b", "raw_control", 11],
      ["[G: tc:a\\", "bad_escape", 8],
      ["[G: ms:k|{a:'", "raw_control", 13],
      ["[G: ms:k|{a", "bad_payload", 11],
      ["[G: ms:k|{a:}1", "bad_payload", 12],
      ["[G: ms:k|[1}", "bad_payload", 11],
    ] as const) {
      const events = scan(`${text}\n[G: tc:x]`, {}, [2]);
      expect(broken(events)).toEqual([[code, at, text]]);
      expect(linesOf(events)).toEqual(["tc:x"]);
    }
  });

  test("[C31] a payload that nests too deep goes on to the line feed", () => {
    const text = `[G: ms:k|${"{a:".repeat(17)}1${"}".repeat(17)}] tail`;
    expect(broken(scan(`${text}\n`))).toEqual([["too_deep", 57, text]]);
  });

  test("[C31] a `]` where a brace is due ends the command, broken", () => {
    expect(broken(scan("[G: wf:p|{a:{b:1] [G: tc:x]"))).toEqual([["bad_payload", 16, "[G: wf:p|{a:{b:1]"]]);
    expect(linesOf(scan("[G: wf:p|{a:{b:1] [G: tc:x]"))).toEqual(["tc:x"]);
  });

  test("[C31] a command that closes but cannot be read is broken, with the reader's diagnostic", () => {
    expect(broken(scan("[G: tc:{title}|x|y][G: ts:auto|2][Go on: tc: x][Gx: tc: x]"))).toEqual([
      ["unfilled_placeholder", 7, "[G: tc:{title}|x|y]"],
      ["out_of_range", 12, "[G: ts:auto|2]"],
      ["edge_space", 8, "[Gx: tc: x]"],
    ]);
  });

  test("[C32] a stream that ends inside a command is unterminated, and nothing is executed", () => {
    fc.assert(
      fc.property(anyEmbed, fc.nat(), anyLeniency, anySizes, (embed, cut, lenient, sizes) => {
        const events = scan(`ok ${embed.slice(0, cut % embed.length)}`, { lenient }, sizes);
        expect(linesOf(events)).toEqual([]);
        for (const [code] of broken(events)) expect(code).toBe("unterminated");
      }),
      { numRuns: 5000 },
    );
    expect(broken(scan("[G: tc:Fix"))).toEqual([["unterminated", 10, "[G: tc:Fix"]]);
    expect(broken(scan("[G: wf:p|{a:1", { lenient }))).toEqual([["unterminated", 13, "[G: wf:p|{a:1"]]);
  });

  test("[C32] a command has at most 4,096 characters", () => {
    const fits = `[G: tc:${"x".repeat(4096 - 8)}]`;
    expect(linesOf(scan(fits))).toHaveLength(1);
    for (const head of ["[G: tc:", "[G: ms:k|{a:'", "[G: ms:k|{]"]) {
      const long = head.padEnd(5000, "x");
      expect(broken(scan(long, {}, [7]))).toEqual(
        head.endsWith("]") ? [["bad_payload", 10, head]] : [["too_long", 4096, long.slice(0, 4096)]],
      );
    }
    expect(broken(scan(`[G: tc:${"x".repeat(60)}]`, { maxLength: 64 }))[0]?.[0]).toBe("too_long");
  });

  test("[C32] a command is not cut within a pair, however the stream is", () => {
    for (const before of [55, 56, 57, 58]) {
      const text = `[G: tc:${"x".repeat(before)}${"😀".repeat(9)}] on`;
      const cut = text.slice(0, 64).isWellFormed() ? 64 : 63;
      for (const sizes of [[], [1], [3, 61], [63, 1]]) {
        const events = join(scan(text, { maxLength: 64 }, sizes));
        expect(broken(events)).toEqual([["too_long", Array.from(text.slice(0, cut)).length, text.slice(0, cut)]]);
        expect(events.at(-1)).toEqual({ kind: "prose", text: text.slice(cut) });
      }
    }
    // Half a pair alone is left to the prose as well, and a bracket in the last place still ends the command.
    expect(broken(scan(`[G: tc:${"x".repeat(56)}\ud83d`, { maxLength: 64 }))).toEqual([
      ["too_long", 63, `[G: tc:${"x".repeat(56)}`],
    ]);
    expect(linesOf(scan(`[G: tc:${"x".repeat(54)}😀]`, { maxLength: 64 }))).toHaveLength(1);
  });

  test("[C32][C38] a stream that ends behind `[tc:` ends within a command, whatever stands there", () => {
    for (const rest of ["", " ", "x", "xy", "ms", " ms", " ms#7", "  TC", "xyz"]) {
      for (const sizes of [[], [1]]) {
        const events = join(scan(`So [tc:${rest}`, { lenient }, sizes));
        expect(broken(events)).toEqual([["unterminated", 4 + rest.length, `[tc:${rest}`]]);
        expect(events[1]).toEqual({ kind: "open", op: "task_create", label: "" });
      }
    }
    for (const text of ["[tc", "[tc#", "[tc#7", "[G:", "[G: tc", "[Generating:ms", "[zz:x"]) {
      expect(kinds(scan(text, { lenient }, [1]))).toEqual(["prose"]);
    }
    expect(broken(scan("[tc:x", { lenient, seal: "k7" }))).toEqual([["unsealed", 1, "[tc:x"]]);
  });

  test("[C49] of codes that nobody has, and of commands that are not in `ops`, nothing is told but prose", () => {
    const taught: ScannerOptions = { ops: taughtCommands };
    for (const manner of [undefined, lenient]) {
      for (const line of ["zz:x", "su:t|done", "ap:t_1|yes", "ca:t_1", "re:t_1", "ut:u_1|hello", "am:t_1|title|x"]) {
        expect(kinds(scan(`[G: ${line}]`, { ...taught, lenient: manner }, [1]))).toEqual(["prose"]);
        expect(kinds(scan(`[${line}]`, { ...taught, lenient: manner }, [1]))).toEqual(["prose"]);
      }
    }
    const lines = ["tc:x", "ts:auto", "wf:w", "cl:c", "ms:k|v"];
    expect(linesOf(scan(lines.map((line) => `[G: ${line}]`).join(" "), taught))).toEqual(lines);
    // Without `ops` every command of the house opens.
    expect(linesOf(scan("[G: ap:t_1|yes]"))).toEqual(["ap:t_1|yes"]);
  });

  test("[C32] options out of their range throw a RangeError", () => {
    for (const options of [
      { maxLength: 63 },
      { maxLength: 65_537 },
      { maxLength: 64.5 },
      { seal: "" },
      { seal: "a b" },
    ]) {
      expect(() => createScanner(options)).toThrow(RangeError);
    }
  });
});

describe("streaming", () => {
  test("[C33] a field is told in the chunk that brings its separator, and its text as it streams", () => {
    const scanner = createScanner();
    expect(scanner.push("[G: tc:Us")).toEqual([
      { kind: "open", op: "task_create", label: "G" },
      { kind: "delta", index: 0, name: "title", text: "Us" },
    ]);
    expect(scanner.push("er \\")).toEqual([{ kind: "delta", index: 0, name: "title", text: "er" }]);
    expect(scanner.push("[x\\u00")).toEqual([{ kind: "delta", index: 0, name: "title", text: " [x" }]);
    expect(scanner.push("e9|")).toEqual([
      { kind: "delta", index: 0, name: "title", text: "é" },
      { kind: "field", index: 0, name: "title", value: "User [xé" },
    ]);
  });

  test("[C33] a placeholder that nobody filled is not told as a field", () => {
    const scanner = createScanner();
    const events = [...scanner.push("[G: tc:{title}]"), ...scanner.end()];
    expect(events.filter((event) => event.kind === "field")).toEqual([]);
    expect(events.some((event) => event.kind === "broken" && event.diagnostic.code === "unfilled_placeholder")).toBe(
      true,
    );
  });

  test("[C33] values come with their kind, absent fields not at all, and payloads whole", () => {
    const events = scan("[G: ms:k|{a:[1]}|p|7]", {}, [1]);
    expect(events.filter(({ kind }) => kind === "field")).toEqual([
      { kind: "field", index: 0, name: "key", value: "k" },
      { kind: "field", index: 1, name: "value", value: { a: [1] } },
      { kind: "field", index: 2, name: "type", value: "p" },
      { kind: "field", index: 3, name: "extra", value: 7 },
    ]);
    expect(scan("[G: tc:x||0.5]").filter(({ kind }) => kind === "field")).toEqual([
      { kind: "field", index: 0, name: "title", value: "x" },
      { kind: "field", index: 2, name: "complexity", value: 0.5 },
    ]);
  });

  test("[C33] the fields told are those of the command, and joined deltas are the text of a field", () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.oneof(anyEmbed, anyStream), anySizes, anyOptions, (text, sizes, options) => {
        let fields: Record<string, unknown> = {};
        let deltas: string[] = [];
        for (const event of join(scan(text, options, sizes))) {
          if (event.kind === "open") {
            fields = {};
            deltas = [];
          } else if (event.kind === "delta") deltas[event.index] = (deltas[event.index] ?? "") + event.text;
          else if (event.kind === "field") {
            if (event.name !== "extra") fields[event.name] = event.value;
            const shown = deltas[event.index];
            if (typeof event.value === "string" && shown !== undefined) {
              compared += 1;
              expect(shown).toBe(event.value);
            }
          } else if (event.kind === "command") {
            const { op: _op, cid: _cid, extra: _extra, ...values } = event.command;
            // A closer put in at the end comes with the command only.
            if (event.repairs.every(({ code }) => code !== "missing_closer")) expect(fields).toEqual(values);
          }
        }
      }),
      { numRuns: 10_000 },
    );
    // About 3,100 of 10,000 streams hold such a text; it must not be hardly any.
    expect(compared).toBeGreaterThan(2000);
  });

  test("[C34] however a stream is cut into chunks, the events are the same", () => {
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(anyStream, anySizes, anyOptions, (text, sizes, options) => {
        const whole = join(scan(text, options));
        expect(join(scan(text, options, sizes))).toEqual(whole);
        expect(join(scan(text, options, [1]))).toEqual(whole);
        for (const { kind } of whole) seen[kind] = (seen[kind] ?? 0) + 1;
      }),
      { numRuns: 10_000 },
    );
    for (const kind of ["prose", "open", "delta", "field", "command", "broken"])
      expect(seen[kind]).toBeGreaterThan(500);
  });

  test("[C34] empty chunks change nothing", () => {
    const scanner = createScanner();
    const events = Array.from("a\\[ [G: tc:x] b").flatMap((sign) => [...scanner.push(""), ...scanner.push(sign)]);
    expect(kinds([...events, ...scanner.end()])).toEqual(["prose", "open", "delta", "field", "command", "prose"]);
  });

  test("[C35] no more than 47 characters of prose are ever held back", () => {
    let most = 0;
    fc.assert(
      fc.property(anyStream, anyOptions, (text, options) => {
        const scanner = createScanner(options);
        let told = 0;
        for (let at = 0; at < text.length; at += 1) {
          for (const event of scanner.push(text.charAt(at))) {
            if (event.kind === "prose") most = Math.max(most, at - told);
            told += textOf([event]).length;
          }
        }
        for (const event of scanner.end()) if (event.kind === "prose") most = Math.max(most, event.text.length);
      }),
      { numRuns: 10_000 },
    );
    for (const manner of [undefined, lenient]) {
      for (const text of [
        `[${"a".repeat(24)}: tc#${"1".repeat(16)}!`,
        `[${"a".repeat(24)}: tc#${"1".repeat(16)}`,
        `[a:${" ".repeat(60)}`,
        `[tc:${" ".repeat(60)}`,
        `[tc: tc#${"1".repeat(16)}-`,
      ]) {
        const scanner = createScanner({ lenient: manner, seal: "k7" });
        const held: number[] = [];
        let told = 0;
        for (const [at, sign] of Array.from(text).entries()) {
          told += textOf(scanner.push(sign)).length;
          held.push(at + 1 - told);
        }
        if (!text.startsWith("[tc:")) most = Math.max(most, ...held);
      }
    }
    expect(most).toBeLessThanOrEqual(47);
    expect(most).toBeGreaterThan(44);
  });

  test("[C36] each character is looked at a bounded number of times, whatever the stream and its chunks", () => {
    const fill = (unit: string): string => unit.repeat(Math.floor(20_000 / unit.length));
    const streams = [
      fill("prose and [more] "),
      fill("["),
      fill("[G: "),
      fill("[tc: tc"),
      fill("[G: tc"),
      fill("\\["),
      fill("[aaaaaaaaaaaaaaaaaaaaaaaa"),
      `[G: tc:${fill("a")}]`,
      `[G: tc:${fill("|")}]`,
      `[G: tc:${fill(" ")}]`,
      `[G: tc:${fill("a ")}]`,
      `[G: tc:x|${fill("\\\\")}]`,
      `[G: tc:x|${fill("[a")}]`,
      `[G: tc:x|${fill("[tc")}]`,
      `[G: tc:x|${fill("\\u00e9")}]`,
      `[G: ms:k|${fill("[")}]`,
      `[G: ms:k|[${fill("1,")}1]]`,
      `[G: ms:k|{a:'${fill("a]")}'}]`,
      fill("[G: tc:x]"),
      fill("[G: tc:a[G: ms:k|{a:]"),
    ];
    const looks = vi.spyOn(String.prototype, "charCodeAt");
    let total = 0;
    try {
      for (const text of streams) {
        for (const [manner, size] of [
          [undefined, 1],
          [lenient, 1],
          [undefined, 4],
          [lenient, 20_100],
        ] as const) {
          looks.mockClear();
          scan(text, { lenient: manner, maxLength: 65_536 }, [size]);
          const { length } = looks.mock.calls;
          if (length > 24 * text.length) throw new Error(`${text.slice(0, 20)}: ${length} looks at ${text.length}`);
          total += length;
        }
      }
    } finally {
      looks.mockRestore();
    }
    expect(total).toBeGreaterThan(1_000_000);
  });
});
