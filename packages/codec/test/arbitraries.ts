import fc from "fast-check";
import { commandTemplates, eventTemplates } from "../src/index.ts";
import type { Command, Event, Value } from "../src/index.ts";

/** Any text a program can hold: controls, separators, lone surrogates, and much that looks like syntax. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.array(fc.nat(0xff_ff), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom(...Array.from("|[]{}'\"\\/: ,#$-0123456789eE.+abnu\n\t\u{7f}\u{85}\u{2028}😀")), {
      maxLength: 14,
    })
    .map((signs) => signs.join("")),
  fc.constantFrom(
    "true",
    "false",
    "null",
    "0",
    "-0",
    "42",
    "1.10",
    "1e5",
    "1e999",
    "9007199254740993",
    " ",
    "  ",
    "{title}",
  ),
);

const anyNumber = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e20, 1e21, 1e308, 5e-324, 0.1),
);

/** Any JSON value, with keys such as `__proto__`, `1`, and the empty one. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    anyText,
    anyNumber,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(fc.oneof(fc.constantFrom("__proto__", "constructor", "1", "", "a b", "name"), anyText), tie("value")),
        {
          maxLength: 4,
        },
      )
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;

const kinds: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  text: anyText,
  unit: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, -0)),
  level: fc.oneof(fc.constantFrom("low", "medium", "high"), anyNumber),
  number: anyNumber,
  any: anyValue,
};

function messageOf(op: string, template: string): fc.Arbitrary<Record<string, unknown>> {
  const model: Record<string, fc.Arbitrary<unknown>> = { op: fc.constant(op) };
  const required = ["op"];
  const holes = Array.from(template.matchAll(/\{(\w+)(?::(\w+))?(!?)\}/g));
  for (const [index, [, name = "", kind = "text", mark]] of holes.entries()) {
    const isRequired = index === 0 || mark === "!";
    const values = kinds[kind] ?? fc.constant(null);
    model[name] = isRequired && kind === "text" ? values.filter((value) => value !== "") : values;
    if (isRequired) required.push(name);
  }
  model["cid"] = fc.stringMatching(/^[A-Za-z0-9]{1,16}$/);
  model["extra"] = fc
    .array(fc.option(anyValue, { nil: undefined }), { minLength: 1, maxLength: 8 - holes.length })
    .filter((extra) => extra.at(-1) !== undefined);
  return fc.record(model, { requiredKeys: required, noNullPrototype: true });
}

function messagesOf(templates: Readonly<Record<string, string>>): fc.Arbitrary<unknown> {
  return fc.oneof(...Object.entries(templates).map(([op, template]) => messageOf(op, template)));
}

/** Any command that the types allow, of every code. */
export const anyCommand = messagesOf(commandTemplates) as fc.Arbitrary<Command>;

/** Any event that the types allow, of every code. */
export const anyEvent = messagesOf(eventTemplates) as fc.Arbitrary<Event>;

/** Lines made of the signs of the language, behind a head that mostly is one. */
export const nearLine: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(
      "tc:",
      "me:",
      "su#7:",
      "wf:",
      "er:",
      "ms:k|",
      "am:x|f|",
      "tc#",
      "t",
      "zz:",
      "me:k|{",
      "me:k|[",
      "me:k|'",
    ),
    fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom(...Array.from("|||{}[]'\"\\:,, 0129.-+eEabnrstu_$#/~\t\u{7f}é😀\ud800\n")),
        },
        {
          weight: 2,
          arbitrary: fc.constantFrom(
            "{a:1}",
            "[1,2]",
            "'x'",
            '"y"',
            "\\n",
            "\\u00e9",
            "true",
            "null",
            "a:",
            "{'k':",
            "1.5e3",
            "\\s",
            "low",
          ),
        },
      ),
      { maxLength: 12 },
    ),
  )
  .map(([head, parts]) => head + parts.join(""));
