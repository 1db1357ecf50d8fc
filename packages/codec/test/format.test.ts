import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import {
  CodecError,
  formatCommand,
  formatEvent,
  isCodecError,
  levelToNumber,
  limits,
  parseCommand,
} from "../src/index.ts";
import type { Command, Value } from "../src/index.ts";

const title = (text: string): string => formatCommand({ op: "task_create", title: text }).slice(3);
const value = (payload: Value): string => formatCommand({ op: "memory_store", key: "k", value: payload }).slice(5);
// What a program without types may hand over.
const loose = (message: unknown): string => formatCommand(message as Command);

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isCodecError(error)) return error.code;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("canonical form", () => {
  test("[C9] absent fields at the end are left out, in the middle they leave their bars", () => {
    expect(formatCommand({ op: "task_create", title: "x" })).toBe("tc:x");
    expect(formatCommand({ op: "task_create", cid: "7", title: "x", complexity: "low" })).toBe("tc#7:x||low");
    expect(formatCommand({ op: "retry", target_id: "j", extra: [undefined, 1, undefined] })).toBe("re:j|||1");
    expect(loose({ op: "task_create", title: "x", intent_type: undefined })).toBe("tc:x");
  });

  test.for([
    ["a|b[c]d\\e", "a\\|b\\[c\\]d\\\\e"],
    ["", "''"],
    [" ", "\\s"],
    ["  ", "\\s\\s"],
    ["   ", "\\s \\s"],
    [" a b ", "\\sa b\\s"],
    ["a\n", "a\\n"],
    ["{a}", "\\{a}"],
    ["a{b}", "a{b}"],
    ["'a'", "\\'a'"],
    ['"a"', '\\"a"'],
    ["it's", "it's"],
    ["\b\t\n\f\r", "\\b\\t\\n\\f\\r"],
    ["\u0000\u001f\u007f", "\\u0000\\u001f\\u007f"],
    ["\u0085\u2028\u2029", "\\u0085\\u2028\\u2029"],
    ["\ud800a\udc00", "\\ud800a\\udc00"],
    ["😀é\u00a0", "😀é\u00a0"],
    ["\udc00\ud83d\ude00\ud83d", "\\udc00😀\\ud83d"],
    ["a/b", "a/b"],
    ["42", "42"],
  ] as const)("[C10] the text %j is written %s", ([text, written]) => {
    // A required text is never empty, so an optional one stands in.
    expect(formatCommand({ op: "cancel", target_id: "t", reason: text }).slice(5)).toBe(written);
    if (text !== "") expect(title(text)).toBe(written);
  });

  test.for([
    ["42", "'42'"],
    ["-0.5e+3", "'-0.5e+3'"],
    ["9007199254740993", "'9007199254740993'"],
    ["true", "'true'"],
    ["null", "'null'"],
    ["", "''"],
    ["042", "042"],
    ["plain text", "plain text"],
    [42, "42"],
    [true, "true"],
    [null, "null"],
    [{}, "{}"],
    [[], "[]"],
    [{ a: { b_c: 1, $d: [1, "x"] } }, "{a:{b_c:1,$d:[1,'x']}}"],
    [{ "a b": 1, "": 2, é: 3, "a-b": 4, "it's": 5 }, "{'a b':1,'':2,'é':3,'a-b':4,'it\\'s':5}"],
    [
      ["it's", 'a "b"', "a|[]{}", "\\", "\n", "\u2028", "42", " x "],
      `['it\\'s','a "b"','a|[]{}','\\\\','\\n','\\u2028','42',' x ']`,
    ],
  ] as const)("[C10] the value %j is written %s", ([payload, written]) => {
    expect(value(payload)).toBe(written);
  });

  test("[C10] an own key __proto__ is written", () => {
    expect(value(JSON.parse('{"__proto__":1}') as Value)).toBe("{__proto__:1}");
  });

  test.for([
    [-0, "-0"],
    [0.1, "0.1"],
    [1e21, "1e+21"],
    [2 ** 53 - 1, "9007199254740991"],
    [2 ** 53, "9.007199254740992e+15"],
    [-1e20, "-1e+20"],
    [5e-324, "5e-324"],
  ] as const)("[C11] the number %d is written %s", ([number, written]) => {
    expect(value(number)).toBe(written);
    expect(value([number])).toBe(`[${written}]`);
  });

  test("[C15] the three words have one number each", () => {
    expect(["low", "medium", "high", 0.6].map((level) => levelToNumber(level as "low"))).toEqual([
      0.25, 0.5, 0.75, 0.6,
    ]);
  });
});

describe("what no line can carry", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
  const store = (payload: unknown): unknown => ({ op: "memory_store", key: "k", value: payload });

  const cases: readonly (readonly [string, unknown, string])[] = [
    ["an unknown op", { op: "task_ready", task_id: "t" }, "UNKNOWN_OP"],
    ["no op", {}, "UNKNOWN_OP"],
    ["an inherited op", { op: "constructor" }, "UNKNOWN_OP"],
    ["an empty cid", { op: "retry", target_id: "t", cid: "" }, "BAD_CID"],
    ["a long cid", { op: "retry", target_id: "t", cid: "a".repeat(17) }, "BAD_CID"],
    ["a cid with a sign", { op: "retry", target_id: "t", cid: "a:b" }, "BAD_CID"],
    ["a numeric cid", { op: "retry", target_id: "t", cid: 7 }, "BAD_CID"],
    ["no title", { op: "task_create" }, "MISSING_FIELD"],
    ["an empty title", { op: "task_create", title: "" }, "MISSING_FIELD"],
    ["no value", { op: "memory_store", key: "k" }, "MISSING_FIELD"],
    ["a number as text", { op: "task_create", title: 5 }, "WRONG_TYPE"],
    ["null as text", { op: "task_create", title: "x", intent_type: null }, "WRONG_TYPE"],
    ["another level", { op: "task_create", title: "x", complexity: "huge" }, "WRONG_TYPE"],
    ["a level without end", { op: "task_create", title: "x", complexity: Infinity }, "WRONG_TYPE"],
    ["a unit of 2", { op: "task_split", task_id: "t", confidence: 2 }, "OUT_OF_RANGE"],
    ["a unit below 0", { op: "task_split", task_id: "t", confidence: -0.1 }, "OUT_OF_RANGE"],
    ["a unit that is NaN", { op: "task_split", task_id: "t", confidence: NaN }, "OUT_OF_RANGE"],
    ["a unit in words", { op: "task_split", task_id: "t", confidence: "0.5" }, "WRONG_TYPE"],
    ["a time in words", { op: "utterance", utterance_id: "u", text: "t", at: "now" }, "WRONG_TYPE"],
    ["NaN in a payload", store([NaN]), "WRONG_TYPE"],
    ["undefined in a payload", store({ a: undefined }), "WRONG_TYPE"],
    ["a hole in an array", store(Array.from({ length: 2 })), "WRONG_TYPE"],
    ["a date", store(new Date(0)), "WRONG_TYPE"],
    ["a map", store(new Map()), "WRONG_TYPE"],
    ["a bigint", store(1n), "WRONG_TYPE"],
    ["a function", store(() => 1), "WRONG_TYPE"],
    ["a symbol", store(Symbol("x")), "WRONG_TYPE"],
    ["a cycle", store(cycle), "TOO_DEEP"],
    ["17 levels", store(deep(17)), "TOO_DEEP"],
    ["a long text", store("a".repeat(limits.frameBytes)), "TOO_LONG"],
    ["extra that is no array", { op: "retry", target_id: "t", extra: "x" }, "WRONG_TYPE"],
    ["nine fields", { op: "retry", target_id: "t", extra: [1, 2, 3, 4, 5, 6, 7] }, "TOO_MANY_FIELDS"],
  ];
  test.for(cases)("[C22] %s", ([, message, code]) => {
    expect(codeOf(() => loose(message))).toBe(code);
  });

  test("[C22] what is just within the limits is written", () => {
    expect(loose(store(deep(16)))).toBe(`ms:k|${"[".repeat(16)}1${"]".repeat(16)}`);
    expect(title("a".repeat(limits.frameBytes - 3))).toHaveLength(limits.frameBytes - 3);
    expect(formatCommand({ op: "retry", target_id: "t", extra: [1, 2, 3, 4, 5, 6] })).toBe("re:t||1|2|3|4|5|6");
    expect(formatCommand({ op: "retry", target_id: "t", cid: "aZ09aZ09aZ09aZ09" })).toBe("re#aZ09aZ09aZ09aZ09:t");
  });

  test("[C22] plain objects of another realm and without prototype are plain", () => {
    expect(value(runInNewContext("({ a: [1] })") as Value)).toBe("{a:[1]}");
    expect(value(Object.assign(Object.create(null), { a: 1 }) as Value)).toBe("{a:1}");
  });

  test("[C22] the error is of one class, says its code, and never shows a payload's content", () => {
    try {
      loose(store({ secret: new Date(0) }));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CodecError);
      expect(error).toBeInstanceOf(Error);
      expect(String(error)).toMatch(/^CodecError: a value is of type object/);
    }
    expect(isCodecError(new Error("x"))).toBe(false);
    expect(isCodecError(undefined)).toBe(false);
  });

  test("[C22] an event is checked as a command is", () => {
    expect(codeOf(() => formatEvent({ op: "status_update", entity_id: "t", status: "x", progress: 1.5 }))).toBe(
      "OUT_OF_RANGE",
    );
    expect(codeOf(() => formatEvent({ op: "cancel", target_id: "t" } as never))).toBe("UNKNOWN_OP");
  });
});

test("[C3] a message read from a line is plain data", () => {
  const parsed = parseCommand("wf:x|{a:[1]}");
  expect(structuredClone(parsed)).toEqual(parsed);
});
