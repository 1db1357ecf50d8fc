import { describe, expect, test } from "vitest";
import { commandTemplates, eventTemplates, limits, parseCommand, parseEvent } from "../src/index.ts";
import type { Command, Diagnostic, DiagnosticCode, Event } from "../src/index.ts";

function command(line: string): Command {
  const parsed = parseCommand(line);
  if (!parsed.ok) throw new Error(`${line}: ${parsed.error.code} at ${parsed.error.at}`);
  return parsed.value;
}

function event(line: string): Event {
  const parsed = parseEvent(line);
  if (!parsed.ok) throw new Error(`${line}: ${parsed.error.code} at ${parsed.error.at}`);
  return parsed.value;
}

function refusal(line: string, parse: typeof parseCommand | typeof parseEvent = parseCommand): Diagnostic {
  const parsed = parse(line);
  if (parsed.ok) throw new Error(`${line} was read`);
  return parsed.error;
}

const value = (payload: string): unknown => {
  const read = command(`ms:k|${payload}`);
  return read.op === "memory_store" ? read.value : undefined;
};
const title = (text: string): unknown => {
  const read = command(`tc:${text}`);
  return read.op === "task_create" ? read.title : undefined;
};

describe("lines", () => {
  test("[C1] the same code is a different message in each direction", () => {
    expect(command("tc:x|y")).toEqual({ op: "task_create", title: "x", intent_type: "y" });
    expect(event("tc:x|y")).toEqual({ op: "task_complete", task_id: "x", result: "y" });
    expect(command("cl:x|y").op).toBe("context_load");
    expect(event("cl:x|y").op).toBe("context_loaded");
    expect(refusal("tr:task_1").code).toBe("unknown_code");
    expect(refusal("wf:plan", parseEvent).code).toBe("unknown_code");
  });

  test("[C2] a cid of 1 to 16 letters or digits may follow the code", () => {
    expect(command("tc#7:x")).toEqual({ op: "task_create", cid: "7", title: "x" });
    expect(command("tc#aZ09aZ09aZ09aZ09:x").cid).toBe("aZ09aZ09aZ09aZ09");
    expect(command("tc:x")).not.toHaveProperty("cid");
  });

  const heads: readonly (readonly [string, DiagnosticCode, number])[] = [
    ["", "bad_code", 0],
    ["t", "bad_code", 1],
    ["TC:x", "bad_code", 0],
    ["t1:x", "bad_code", 1],
    [" tc:x", "bad_code", 0],
    ["[tc:x]", "bad_code", 0],
    ["tcc:x", "missing_colon", 2],
    ["tc", "missing_colon", 2],
    ["tc#:x", "bad_cid", 3],
    ["tc#a-b:x", "bad_cid", 4],
    ["tc#12345678901234567:x", "bad_cid", 19],
    ["tc#7", "bad_cid", 4],
  ];
  test.for(heads)("[C2] the head %s is %s at %i", ([line, code, at]) => {
    expect(refusal(line)).toMatchObject({ code, at });
  });

  test("[C4] a field with nothing in it is no property, and trailing bars say nothing", () => {
    const read = command("tc:x||low");
    expect(Object.keys(read)).toEqual(["op", "title", "complexity"]);
    expect(Object.keys(command("tc:x||||"))).toEqual(["op", "title"]);
  });

  test("[C4] eight fields are read, a ninth is refused where its bar stands", () => {
    expect(command("tc:1|2|3|4|5|6|7|8").extra).toEqual([4, 5, 6, 7, 8]);
    expect(refusal("tc:1|2|3|4|5|6|7|8|9")).toMatchObject({ code: "too_many_fields", at: 18 });
  });

  test("[C5] text is raw: braces, quotes and placeholders of other languages may stand in it", () => {
    expect(title('its {x}: "a/b" #1, $5 it\'s ${date}')).toBe('its {x}: "a/b" #1, $5 it\'s ${date}');
    expect(title("42")).toBe("42");
    expect(title("true")).toBe("true");
    expect(title("}")).toBe("}");
    expect(title("日本 😀")).toBe("日本 😀");
  });

  const texts: readonly (readonly [string, DiagnosticCode, number])[] = [
    ["tc: x", "edge_space", 3],
    ["tc:x ", "edge_space", 4],
    ["tc:x |y", "edge_space", 4],
    ["tc:a[b", "raw_bracket", 4],
    ["tc:a]", "raw_bracket", 4],
    ["tc:a\nb", "raw_control", 4],
    ["tc:a\tb", "raw_control", 4],
    ["tc:a\u007f", "raw_control", 4],
    ["tc:😀😀\n", "raw_control", 5],
  ];
  test.for(texts)("[C5] the text of %j is %s at %i", ([line, code, at]) => {
    expect(refusal(line)).toMatchObject({ code, at, field: { index: 0, name: "title" } });
  });

  test("[C6] every escape means its sign, in text and in quotes", () => {
    const escapes = `\\|\\[\\]\\{\\'\\"\\\\\\/\\b\\f\\n\\r\\s\\t\\u00e9\\uD83D\\uDE00`;
    const meaning = `|[]{'"\\/\b\f\n\r \té😀`;
    expect(title(escapes)).toBe(meaning);
    expect(value(`'${escapes}'`)).toBe(meaning);
    expect(title("\\s")).toBe(" ");
    expect(title("\\ud800")).toBe("\ud800");
    expect(title("a\\nb\\nc")).toBe("a\nb\nc");
  });

  test("[C6] any other escape and a raw lone surrogate are refused", () => {
    for (const bad of ["\\U", "\\x41", "\\u12", "\\u12g4", "\\", "\\}", "\\ "]) {
      expect(refusal(`tc:a${bad}`)).toMatchObject({ code: "bad_escape", at: 4 });
      expect(refusal(`ms:k|{a:"${bad}"}`).code).toBe(bad === "\\" ? "unterminated" : "bad_escape");
    }
    for (const lone of ["\ud800", "\udc00", "\ud800\ud800", "\udc00\ud800"]) {
      expect(refusal(`tc:a${lone}`)).toMatchObject({ code: "lone_surrogate", at: 4 });
      expect(refusal(`tc:'a${lone}'`)).toMatchObject({ code: "lone_surrogate", at: 5 });
    }
  });

  test("[C7] a line has at most 65,536 bytes of UTF-8", () => {
    expect(title("a".repeat(limits.frameBytes - 3))).toHaveLength(limits.frameBytes - 3);
    expect(refusal(`tc:${"a".repeat(limits.frameBytes - 2)}`)).toMatchObject({ code: "too_long", at: 65_536 });
    expect(refusal(`tc:${"é".repeat(40_000)}`)).toMatchObject({ code: "too_long", at: 3 + 32_766 });
    expect(refusal(`tc:${"😀".repeat(20_000)}`)).toMatchObject({ code: "too_long", at: 3 + 16_383 });
    expect(title("é".repeat(32_766))).toHaveLength(32_766);
  });

  test("[C7] a payload nests at most 16 deep", () => {
    expect(value(`${"[".repeat(16)}${"]".repeat(16)}`)).toBeDefined();
    expect(refusal(`ms:k|${"[".repeat(17)}${"]".repeat(17)}`)).toMatchObject({ code: "too_deep", at: 21 });
    expect(value(`${"{a:".repeat(16)}1${"}".repeat(16)}`)).toBeDefined();
    expect(refusal(`ms:k|${"{a:".repeat(17)}1${"}".repeat(17)}`)).toMatchObject({ code: "too_deep", at: 53 });
  });
});

describe("values", () => {
  test("[C8] a payload has bare keys, either quote, blanks, and JSON's values", () => {
    expect(value(`{a:1,'b c':"x'y","d":'x"y',$_9:[true,false,null,-0.5e3]}`)).toEqual({
      a: 1,
      "b c": "x'y",
      d: 'x"y',
      $_9: [true, false, null, -500],
    });
    expect(value("{ \ta : 1 , b :\t[ 1 , 2 ] }")).toEqual({ a: 1, b: [1, 2] });
    expect(value("{ }")).toEqual({});
    expect(value("[ ]")).toEqual([]);
    expect(value("{a:'|[]{}'}")).toEqual({ a: "|[]{}" });
    expect(title(`"It's mine"`)).toBe("It's mine");
    expect(command("cl:c|''")).toHaveProperty("depth", "");
  });

  const payloads: readonly (readonly [string, DiagnosticCode, number])[] = [
    ["{a:1,}", "bad_payload", 10],
    ["[1,]", "bad_payload", 8],
    ["[,1]", "bad_payload", 6],
    ["{1:2}", "bad_payload", 6],
    ["{a 1}", "bad_payload", 8],
    ["{a:b}", "bad_payload", 8],
    ["{a:01}", "bad_payload", 9],
    ["{a:+1}", "bad_payload", 8],
    ["{a:.5}", "bad_payload", 8],
    ["{a:1.}", "bad_payload", 9],
    ["{a:0x1}", "bad_payload", 9],
    ["{a:NaN}", "bad_payload", 8],
    ["{a:truex}", "bad_payload", 12],
    ["{a:1 /*c*/}", "bad_payload", 10],
    ["{name:'It's mine'}", "bad_payload", 15],
    ["{a:1", "unterminated", 9],
    ["[1,", "unterminated", 8],
    ["'abc", "unterminated", 9],
    ["'a' b", "text_after_value", 8],
    ["{a:1}x", "text_after_value", 10],
    ["[1] ", "text_after_value", 8],
    ["{a:1}|'x'y", "text_after_value", 14],
    ["'a\tb'", "raw_control", 7],
  ];
  test.for(payloads)("[C8] the payload %s is %s at %i", ([payload, code, at]) => {
    expect(refusal(`ms:k|${payload}`)).toMatchObject({ code, at });
  });

  test("[C11] numbers that would change are refused, in payloads and in fields", () => {
    expect(value("[9007199254740991,-9007199254740991,1e20,9007199254740993.0]")).toEqual([
      9007199254740991, -9007199254740991, 1e20, 9007199254740992,
    ]);
    expect(Object.is(value("-0"), -0)).toBe(true);
    expect(Object.is(value("[-0]"), -0)).toBe(false);
    for (const lexeme of ["9007199254740992", "-9007199254740993", "1e999", "-1e999", "1".repeat(400)]) {
      expect(refusal(`ms:k|${lexeme}`)).toMatchObject({ code: "unsafe_number", at: 5 });
      expect(refusal(`ms:k|[${lexeme}]`)).toMatchObject({ code: "unsafe_number", at: 6 });
      expect(refusal(`ut:u|t||||${lexeme}`)).toMatchObject({ code: "unsafe_number", field: { name: "at" } });
    }
    expect(title("9007199254740993")).toBe("9007199254740993");
  });

  test("[C13] a text field is always a string", () => {
    expect(refusal("tc:{a:1}")).toMatchObject({ code: "wrong_kind", at: 3, found: "object" });
    expect(refusal("tc:[1]")).toMatchObject({ code: "wrong_kind", at: 3, found: "array" });
  });

  test("[C13] a unit is a number from 0 to 1", () => {
    for (const unit of ["0", "1", "0.85", "1e-3"])
      expect(command(`ts:t|${unit}`)).toHaveProperty("confidence", Number(unit));
    for (const unit of ["-0.1", "1.01", "85"])
      expect(refusal(`ts:t|${unit}`)).toMatchObject({ code: "out_of_range", at: 5 });
    for (const unit of ["high", "85%", "'0.5'", "[1]", "{a:1}", ".5", "\\u0031"]) {
      expect(refusal(`ts:t|${unit}`)).toMatchObject({
        code: "wrong_kind",
        at: 5,
        field: { index: 1, name: "confidence" },
      });
    }
  });

  test("[C13] a number field takes any finite number and nothing else", () => {
    expect(command("ut:u|t||||-1.5e3")).toHaveProperty("at", -1500);
    for (const bad of ["soon", "'1'", "1 2", "null"]) expect(refusal(`ut:u|t||||${bad}`).code).toBe("wrong_kind");
  });

  test("[C14] in an any field bare scalars are typed, quoted and escaped ones are text", () => {
    expect(value("42")).toBe(42);
    expect(value("1.50")).toBe(1.5);
    expect(value("true")).toBe(true);
    expect(value("null")).toBe(null);
    for (const text of ["'42'", '"42"', "\\u0034\\u0032"]) expect(value(text)).toBe("42");
    expect(value("'true'")).toBe("true");
    expect(value("\\u0074rue")).toBe("true");
    expect(value("''")).toBe("");
    for (const text of ["042", "+1", "1.", "True", "nullx", "1 2", "-", "NaN"]) expect(value(text)).toBe(text);
  });

  test("[C15] a level is one of three words or a number, as written", () => {
    for (const word of ["low", "medium", "high"]) expect(command(`tc:x||${word}`)).toHaveProperty("complexity", word);
    expect(command("tc:x||0.5")).toHaveProperty("complexity", 0.5);
    expect(command("tc:x||'high'")).toHaveProperty("complexity", "high");
    for (const bad of ["High", "huge", "'0.5'", "lo\\u0077x"]) expect(refusal(`tc:x||${bad}`).code).toBe("wrong_kind");
  });

  test("[C16] the first field of every code is required and not empty", () => {
    for (const [parse, templates] of [
      [parseCommand, commandTemplates],
      [parseEvent, eventTemplates],
    ] as const) {
      for (const template of Object.values(templates)) {
        const code = template.slice(0, 2);
        expect(refusal(`${code}:`, parse)).toMatchObject({ code: "missing_field", at: 3, field: { index: 0 } });
        expect(refusal(`${code}:''`, parse)).toMatchObject({ code: "empty_field", at: 3, field: { index: 0 } });
      }
    }
  });

  test("[C16] a field marked as required is there, also behind the end of the line", () => {
    expect(refusal("ut:u1")).toMatchObject({ code: "missing_field", at: 5, field: { index: 1, name: "text" } });
    expect(refusal("ut:u1||hello")).toMatchObject({ code: "missing_field", at: 6, field: { index: 1, name: "text" } });
    expect(refusal("ut:u1|''")).toMatchObject({ code: "empty_field", at: 6 });
    expect(refusal("ms:k")).toMatchObject({ code: "missing_field", field: { name: "value" } });
    expect(value("''")).toBe("");
    expect(refusal("su:t", parseEvent)).toMatchObject({ code: "missing_field", field: { name: "status" } });
  });

  test("[C17] a key occurs once, and __proto__ is a key like any other", () => {
    expect(refusal("ms:k|{a:1,'a':2}")).toMatchObject({ code: "duplicate_key", at: 10, found: "a" });
    expect(refusal("ms:k|{__proto__:1,__proto__:2}").code).toBe("duplicate_key");
    const read = value("{__proto__:{polluted:1},constructor:2,toString:3}") as Record<string, unknown>;
    expect(Object.keys(read)).toEqual(["__proto__", "constructor", "toString"]);
    expect(read["polluted"]).toBeUndefined();
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  test("[C18] unknown fields at the end are kept in extra, absent ones in between too", () => {
    expect(command("cl:c|full|x||{a:1}|")).toEqual({
      op: "context_load",
      context_id: "c",
      depth: "full",
      extra: ["x", undefined, { a: 1 }],
    });
    expect(command("cl:c|d|42|1.10|'42'|9007199254740993|true")).toHaveProperty("extra", [
      42,
      "1.10",
      "42",
      "9007199254740993",
      true,
    ]);
    expect(command("cl:c|full||")).not.toHaveProperty("extra");
    expect(refusal("cl:c|d|{a}")).toMatchObject({ field: { index: 2, name: "extra" } });
  });

  test("[C19] unknown codes say which are known", () => {
    expect(refusal("zz:x")).toMatchObject({ code: "unknown_code", at: 0, found: "zz" });
    expect(refusal("zz:x").expected).toContain("tc");
    expect(refusal("tr:x").expected).not.toContain("tr");
  });

  test("[C19] a placeholder that nobody filled is told from a broken payload", () => {
    for (const hole of ["{title}", "{complexity:level}", "{value:any!}", "{text!}"]) {
      expect(refusal(`tc:x|${hole}|low`)).toMatchObject({ code: "unfilled_placeholder", at: 5, found: hole });
      expect(refusal(`wf:x|${hole}`)).toMatchObject({ code: "unfilled_placeholder", at: 5, found: hole });
    }
    expect(value("{a:true}")).toEqual({ a: true });
    expect(refusal("ms:k|{a:1}}").code).toBe("text_after_value");
  });
});

describe("codes", () => {
  const lines: readonly (readonly [string, Command | Event, typeof parseCommand | typeof parseEvent])[] = [
    [
      "ut:u1|Remember milk|Noted.|reflex|heard|1700000000000|front",
      {
        op: "utterance",
        utterance_id: "u1",
        text: "Remember milk",
        reply: "Noted.",
        by: "reflex",
        state: "heard",
        at: 1_700_000_000_000,
        route: "front",
      },
      parseCommand,
    ],
    ["ca:task_1|not needed", { op: "cancel", target_id: "task_1", reason: "not needed" }, parseCommand],
    ["am:task_1|title|42", { op: "amend", target_id: "task_1", field: "title", value: 42 }, parseCommand],
    ["ap:task_1|yes", { op: "approve", target_id: "task_1", decision: "yes" }, parseCommand],
    ["re:job_1", { op: "retry", target_id: "job_1" }, parseCommand],
    [
      "er#7:bad_payload|params: expected \\]|{line:'x'}",
      { op: "error", cid: "7", code: "bad_payload", message: "params: expected ]", recovery: { line: "x" } },
      parseEvent,
    ],
    ["ut:u1|Hi|5", { op: "utterance_recorded", utterance_id: "u1", text: "Hi", at: 5 }, parseEvent],
    [
      "rp:u1|Hi.|model|done|5",
      { op: "reply", utterance_id: "u1", text: "Hi.", by: "model", state: "done", at: 5 },
      parseEvent,
    ],
    [
      "ta:t2|Login|t1|growth|0.5",
      {
        op: "task_described",
        task_id: "t2",
        title: "Login",
        parent_id: "t1",
        intent_type: "growth",
        complexity: 0.5,
      },
      parseEvent,
    ],
    [
      "wr:r1|plan||['a','b']",
      { op: "run_described", run_id: "r1", workflow_id: "plan", steps: ["a", "b"] },
      parseEvent,
    ],
    ["me:k|false|fact|5", { op: "memory_stored", key: "k", value: false, type: "fact", at: 5 }, parseEvent],
    ["mf:k|5", { op: "memory_forgotten", key: "k", at: 5 }, parseEvent],
    ["rl:t1|blocks|t2", { op: "task_related", task_id: "t1", kind: "blocks", other_id: "t2" }, parseEvent],
    ["pj:p1|Shop", { op: "project_described", project_id: "p1", title: "Shop" }, parseEvent],
  ];
  test.for(lines)("[C12] %s", ([line, message, parse]) => {
    expect(parse(line)).toEqual({ ok: true, value: message });
  });

  test("[C12] codes and ops are unique in each direction", () => {
    for (const templates of [commandTemplates, eventTemplates]) {
      const codes = Object.values(templates).map((template) => template.slice(0, 2));
      expect(new Set(codes).size).toBe(codes.length);
      expect(codes.length).toBeGreaterThanOrEqual(10);
    }
  });
});

test.each(["tc: [x", "tc: \\x", "tc: \t", "tc: \ud800"])(
  "[C24] the first fault of %j is the one that is told",
  (line) => {
    const parsed = parseCommand(line);
    expect(parsed.ok ? undefined : [parsed.error.code, parsed.error.at]).toEqual(["edge_space", 3]);
  },
);

test("[C24] a diagnostic names code, place, field, what was expected and found, and how to mend it", () => {
  expect(refusal("wf:😀|{name:'It's mine'}")).toEqual({
    code: "bad_payload",
    at: 15,
    field: { index: 1, name: "params" },
    expected: [",", "}"],
    found: "s",
    hint: "Inside quotes write the same quote with a backslash, or use the other quotes.",
  });
  expect(refusal("tc:a\u0007").found).toBe("U+0007");
  expect(refusal("wf:a|[1").found).toBe("end of line");
  expect(refusal("tc:a\udc00").found).toBe("U+DC00");
  expect(refusal("tc:Ship A | B")).toMatchObject({ code: "edge_space" });
  expect(refusal("tc:Ship A|B test|growth|high")).toMatchObject({ code: "wrong_kind", field: { name: "complexity" } });
  expect(refusal("tc:Ship A|B test|growth|high").hint).toContain("\\|");
});
