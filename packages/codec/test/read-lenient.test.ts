import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { formatCommand, lenient, limits, parseCommand, readLenient } from "../src/index.ts";
import type { Command, Diagnostic, RepairCode } from "../src/index.ts";
import { anyCommand, anyText, nearLine } from "./arbitraries.ts";
import { malformed } from "./malformed.ts";
import { anyEmbed, anyStream, linesOf, scan } from "./streams.ts";

/** The canonical line of what was mended, and how. */
function mended(line: string): { readonly value: Command; readonly line: string; readonly codes: RepairCode[] } {
  const read = readLenient(line, "command");
  if (!read.ok) throw new Error(`${line}: ${read.error.code} at ${read.error.at}`);
  return { value: read.value, line: formatCommand(read.value), codes: read.repairs.map(({ code }) => code) };
}

function refusal(line: string): Diagnostic {
  const read = readLenient(line, "command");
  if (read.ok) throw new Error(`${line} was read as ${read.line}`);
  return read.error;
}

/** Makes the repairs in the line, by code points as they are told. */
function repaired(line: string): string {
  const read = readLenient(line, "command");
  if (!read.ok) throw new Error(`${line} was refused`);
  const points = Array.from(line);
  let out = "";
  let from = 0;
  for (const { at, from: old, to } of read.repairs) {
    expect(points.slice(at, at + Array.from(old).length).join("")).toBe(old);
    out += points.slice(from, at).join("") + to;
    from = at + Array.from(old).length;
  }
  return out + points.slice(from).join("");
}

const anyLine = fc.oneof(nearLine, anyText, anyEmbed, anyStream, fc.constantFrom(...malformed.map(({ line }) => line)));

describe("mending", () => {
  test("[C37] what the strict reader accepts is read the same, with no repairs", () => {
    const check = (line: string): void => {
      const strict = parseCommand(line);
      if (!strict.ok) return;
      expect(readLenient(line, "command")).toEqual({ ...strict, line, repairs: [] });
    };
    fc.assert(
      fc.property(anyCommand, (command) => check(formatCommand(command))),
      { numRuns: 5000 },
    );
    fc.assert(fc.property(anyLine, check), { numRuns: 20_000 });
  });

  test("[C37] the repairs, made in the line, give one that the strict reader reads the same", () => {
    let count = 0;
    fc.assert(
      fc.property(anyLine, (line) => {
        const read = readLenient(line, "command");
        if (!read.ok || read.repairs.length === 0) return;
        count += 1;
        expect(parseCommand(repaired(line))).toEqual({ ok: true, value: read.value });
        expect(repaired(line)).toBe(read.line);
      }),
      { numRuns: 40_000 },
    );
    expect(count).toBeGreaterThan(2000);
  });

  test("[C37] no string makes it throw, and a refusal has its place in the line as given", () => {
    fc.assert(
      fc.property(fc.oneof(anyLine, fc.string({ unit: "binary", maxLength: 100 })), (line) => {
        const read = readLenient(line, "command");
        if (read.ok) return;
        expect(read.error.hint).not.toBe("");
        expect(read.error.at).toBeGreaterThanOrEqual(0);
        expect(read.error.at).toBeLessThanOrEqual(Array.from(line).length);
      }),
      { numRuns: 20_000 },
    );
    expect(refusal("  `TC: [x] a | b | highest`")).toMatchObject({ code: "wrong_kind", at: 19, field: { index: 2 } });
    expect(refusal("[Go: tc:😀 [bug]|x|y]")).toMatchObject({ code: "wrong_kind", at: 18 });
  });

  test("[C38][C40] of 300 malformed commands each is mended as it was meant, or refused for what is wrong", () => {
    const wrong: string[] = [];
    let helped = 0;
    for (const { name, line, meant } of malformed) {
      const read = readLenient(line, "command");
      expect([line, parseCommand(line).ok]).toEqual([line, false]);
      const isMended = read.ok && "op" in meant;
      if (read.ok && !(isMended && JSON.stringify(read.value) === JSON.stringify(meant)))
        wrong.push(`${name}: ${line}`);
      else if (isMended || (!read.ok && !("op" in meant) && meant.includes(read.error.code))) helped += 1;
      else wrong.push(`not helped: ${name}: ${line}: ${JSON.stringify(read)}`);
    }
    expect(wrong).toEqual([]);
    expect(malformed.length).toBeGreaterThanOrEqual(300);
    expect(helped / malformed.length).toBeGreaterThanOrEqual(0.9);
  });

  const repairs: readonly (readonly [string, string, readonly RepairCode[]])[] = [
    ["tc: a", "tc:a", ["spaces"]],
    ["tc:a | b", "tc:a|b", ["spaces", "spaces"]],
    ["tc:a | | low", "tc:a||low", ["spaces", "spaces", "spaces"]],
    ["ts:auto | 0.5|x", "ts:auto|0.5|x", ["spaces", "spaces"]],
    ["ms:k| 42 |x", "ms:k|42|x", ["spaces", "spaces"]],
    ["ms:k| {a:1} | x", "ms:k|{a:1}|x", ["spaces", "spaces", "spaces"]],
    ["tc:a [b]", "tc:a \\[b\\]", ["raw_bracket", "raw_bracket"]],
    ["ms:k|a [b]", "ms:k|a \\[b\\]", ["raw_bracket", "raw_bracket"]],
    ["tc:a\\Ub", "tc:a\\\\Ub", ["escape"]],
    ["ms:k|{a:'\\d'}", "ms:k|{a:'\\\\d'}", ["escape"]],
    ["ts:x|100%", "ts:x|1", ["percent"]],
    ["ts:x|33.3 %", "ts:x|0.333", ["percent"]],
    ["ms:k|[1,]", "ms:k|[1]", ["trailing_comma"]],
    ["ms:k|{a:b-c}", "ms:k|{a:'b-c'}", ["bare_word"]],
    ["ms:k|{ü:1}", "ms:k|{'ü':1}", ["bare_key"]],
    ["ms:k|[‘a’]", "ms:k|['a']", ["smart_quote", "smart_quote"]],
    ["ms:k|[“it’s”]", "ms:k|['it’s']", ["smart_quote", "smart_quote"]],
    ["ms:k|[None]", "ms:k|[null]", ["python_word"]],
    ["[G: ms:k|{a:{]", "", []],
    ["[G: ms:k|{a:[]]", "ms:k|{a:[]}", ["wrapper", "missing_closer", "wrapper"]],
    ["TC#7:x", "tc#7:x", ["code_case"]],
    ["[tc: ms:k|v]", "ms:k|v", ["wrapper", "wrapper"]],
    ["[tc: x]", "tc:x", ["wrapper", "spaces", "wrapper"]],
    ["``tc:x``", "tc:x", ["wrapper", "wrapper"]],
    ["```tc:x```", "tc:x", ["wrapper", "wrapper"]],
    ['{"op":"cl","context_id":"c","cid":"7"}', "cl#7:c", ["object_form"]],
  ];
  test.for(repairs.filter(([, line]) => line !== ""))("[C38] %s is %s", ([line, wanted, codes]) => {
    expect(mended(line)).toMatchObject({ line: wanted, codes });
  });

  test("[C38] trailing unknown fields are kept", () => {
    expect(mended("TC:a|b|low|new").value.extra).toEqual(["new"]);
    expect(mended("cl:a\\U|b|c").value.extra).toEqual(["c"]);
  });

  test("[C39] an object is a command by its op or code, or by all the keys of one template", () => {
    const task: Command = { op: "task_create", title: "x" };
    for (const name of ['"op":"task_create"', '"op":"tc"', '"code":"tc"', "code:tc"]) {
      expect(mended(`{${name},title:'x'}`).value).toEqual(task);
    }
    expect(mended('{"key":"k","value":{"a":[1]},"type":"t"}').line).toBe("ms:k|{a:[1]}|t");
    expect(mended('{"key":"k","value":"42","type":"t"}').line).toBe("ms:k|'42'|t");
    expect(refusal('{"title":"x"}').code).toBe("unknown_code");
    expect(refusal('{"op":"tc","code":"tc","title":"x"}').code).toBe("unknown_key");
    expect(refusal('{"op":"tc"}').code).toBe("missing_field");
    expect(refusal('{"op":"ts","task_id":"t","confidence":"85%"}').code).toBe("wrong_kind");
    expect(refusal('{"op":"ts","task_id":"t","confidence":85}').code).toBe("out_of_range");
    expect(refusal('{"op":"tc","title":"x","title":"y"}')).toMatchObject({ code: "duplicate_key", at: 23 });
    expect(refusal('{"op":"tc","title":"x"} and more').code).toBe("text_after_value");
    expect(refusal('{"op":"tc","title":"x","cid":"a b"}').code).toBe("bad_cid");
    expect(refusal('{"op":7,"title":"x"}').code).toBe("unknown_code");
    expect(refusal('{"op":"tc","title":"It"s"}').code).toBe("bad_payload");
  });

  const refused: readonly (readonly [string, string, number])[] = [
    ["tc:Ship A | B test|growth|high", "too_many_fields", 10],
    ["ts:auto|0.9|one| two", "too_many_fields", 15],
    ["tc:Title | growth|high", "edge_space", 8],
    ["ms:motto|less | more", "edge_space", 13],
    ["tc:a [b", "raw_bracket", 5],
    ["tc:a ] [ b", "raw_bracket", 5],
    ["tc:[title]|x", "bad_payload", 4],
    ["ms:k|[bug] is open", "text_after_value", 11],
    ["tc:C:\\Users\\bob", "bad_escape", 5],
    ["tc:\\\\server\\Share", "bad_escape", 11],
    ["ms:k|{a:'\\d\\n'}", "bad_escape", 9],
    ["ms:k|[‘it’s’]", "bad_payload", 10],
    ['ms:k|[“a"b”]', "bad_payload", 6],
    ["ms:k|{a:1", "unterminated", 9],
    ["[G: ms:k|{a:1,]", "unterminated", 14],
    ["[G: ms:k|{a:]", "unterminated", 12],
    ["[G: ms:k|[1]", "unterminated", 11],
    ["ts:x|85 percent", "wrong_kind", 5],
    ["ts:x|101%", "out_of_range", 5],
    ["tc:x|y|50%", "wrong_kind", 7],
    ["tc:x|y|High", "wrong_kind", 7],
    ["`tc:a `b``", "bad_code", 0],
    ["[G: zz:x]", "unknown_code", 4],
    ["ct:x", "unknown_code", 0],
    ["[G: tc:x", "unterminated", 8],
  ];
  test.for(refused)("[C40] %s is refused: %s at %i", ([line, code, at]) => {
    expect(refusal(line)).toMatchObject({ code, at });
  });

  test("[C40] an unknown code says which was meant", () => {
    expect(refusal("task_create:x").hint).toContain("tc");
    expect(refusal("ct:x").expected).toEqual(["tc"]);
    expect(refusal("workflow-start:x").expected).toEqual(["wf"]);
    expect(refusal("qq:x").hint).toContain("Use one of tc");
  });

  test("[C40] depth, length and numbers keep their limits", () => {
    expect(refusal(`TC:${"x".repeat(limits.frameBytes)}`).code).toBe("too_long");
    expect(refusal(`ms:k|${"[".repeat(17)}a,${"]".repeat(17)}`).code).toBe("too_deep");
    expect(refusal("ms:k|[9007199254740993,]").code).toBe("unsafe_number");
  });

  test("[C37] mending looks at each unit a bounded number of times", () => {
    const fill = (unit: string): string => unit.repeat(Math.floor(60_000 / unit.length));
    const lines = [
      `TC:${fill("a")}`,
      `tc: ${fill("[a]")}`,
      `tc:${fill("[")}`,
      `tc: ${fill("\\d")}`,
      `tc:x${fill(" ")}`,
      `tc:x|y${fill(" | ")}`,
      `ms:k|[${fill("a,")}]`,
      `ms:k|[${fill("“a”,")}]`,
      `ms:k|[${fill("“")}`,
      `ms:k|{${fill("a-b:1,")}}`,
      `[G: ms:k|${"{a:".repeat(16)}${fill("1")}]`,
      fill("`"),
      fill("[tc:"),
      `{${fill("'a':")}`,
      fill(" \n"),
    ];
    const looks = vi.spyOn(String.prototype, "charCodeAt");
    try {
      for (const line of lines) {
        looks.mockClear();
        readLenient(line, "command");
        const { length } = looks.mock.calls;
        if (length > 40 * line.length) throw new Error(`${line.slice(0, 20)}: ${length} looks at ${line.length}`);
      }
    } finally {
      looks.mockRestore();
    }
  });
});

describe("mending in a stream", () => {
  test("[C38] a bracket in a stream is mended as its line is", () => {
    for (const { line, meant, name } of malformed) {
      const embed = line.startsWith("[") ? line : `[Go: ${line}]`;
      if (line.includes("`") || line.startsWith("{") || line.trim() !== line) continue;
      const lines = linesOf(scan(`So ${embed} there.`, { lenient }, [5]));
      const wanted = "op" in meant ? [formatCommand(meant)] : [];
      // A bracket puts the closers where a bare line has none.
      if (!name.startsWith("closers missing around a bare") && name !== "a truncated payload")
        expect(lines).toEqual(wanted);
    }
  });

  test("[C38] what stands around a mended bracket is told", () => {
    const command = scan("a [tc: x]", { lenient }).find(({ kind }) => kind === "command");
    expect(command).toMatchObject({
      line: "tc:x",
      text: "[tc: x]",
      repairs: [
        { code: "wrapper", at: 0, from: "[", to: "" },
        { code: "spaces", at: 4, from: " ", to: "" },
      ],
    });
  });

  test("[C40] a bracket that could be two commands is prose", () => {
    for (const text of ["[tc:ms:x]", "[tc:  ms:x]", "[tc: MS:x]"]) {
      expect(scan(text, { lenient }).map(({ kind }) => kind)).toEqual(["prose"]);
    }
  });

  test("[C40] closers are missing only when nothing of the payload follows the bracket", () => {
    const scanned = (text: string): string[] => linesOf(scan(text, { lenient }, [1]));
    expect(scanned("[G: wf:p|{a:1] and on")).toEqual(["wf:p|{a:1}"]);
    expect(scanned("[G: wf:p|{a:1]")).toEqual(["wf:p|{a:1}"]);
    expect(scanned("[G: wf:p|{a:1],b:2}]")).toEqual([]);
    expect(scanned("[G: wf:p|{a:1]}]")).toEqual([]);
    expect(scanned("[G: wf:p|{a:1]|x]")).toEqual([]);
  });

  test("[C40] a command inside the text of another breaks that one", () => {
    const events = scan("[G: tc:Fix [bug] in [Go: tc:real] now]", { lenient }, [1]);
    expect(linesOf(events)).toEqual(["tc:real"]);
    expect(events.flatMap((event) => (event.kind === "broken" ? [event.text] : []))).toEqual(["[G: tc:Fix [bug] in "]);
  });

  test("[C31] a bracket left open in one field does not keep the command open in the next", () => {
    const [last] = scan("[G: tc:a[b|]c", { lenient }, [1]).slice(-2);
    expect(last).toMatchObject({ kind: "broken", diagnostic: { code: "raw_bracket", at: 8 }, text: "[G: tc:a[b|]" });
  });

  test("[C37] what a strict scanner executes a lenient one executes too, without repairs", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyEmbed, fc.constantFrom(" a ", "[x]", "\n", "."))), (pieces) => {
        const text = pieces.join("");
        expect(linesOf(scan(text, { lenient }))).toEqual(linesOf(scan(text)));
      }),
      { numRuns: 2000 },
    );
  });
});
