import fc from "fast-check";
import { expect, test } from "vitest";
import {
  commandTemplates,
  eventTemplates,
  formatCommand,
  formatEvent,
  parseCommand,
  parseEvent,
} from "../src/index.ts";
import { commandShapes, eventShapes } from "../src/shapes.ts";
import { anyCommand, anyEvent } from "./arbitraries.ts";

const namesOf = (template: string): string[] => Array.from(template.matchAll(/\{(\w+)/g), ([, name = ""]) => name);
const templates: Readonly<Record<string, string>> = { ...commandTemplates, ...eventTemplates };

function expectOrder(line: string, parse: typeof parseCommand | typeof parseEvent): void {
  const parsed = parse(line);
  if (!parsed.ok) throw new Error(`${line}: ${parsed.error.code}`);
  const order = ["op", "cid", ...namesOf(templates[parsed.value.op] ?? ""), "extra"];
  const message: Readonly<Record<string, unknown>> = parsed.value;
  expect(Object.keys(message)).toEqual(order.filter((name) => message[name] !== undefined));
  expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
}

test("[C60][C4] the properties stand in the order of the template, and none is there without a value", () => {
  fc.assert(fc.property(anyCommand, (command) => expectOrder(formatCommand(command), parseCommand)));
  fc.assert(fc.property(anyEvent, (event) => expectOrder(formatEvent(event), parseEvent)));
});

const tables = [
  ["command", commandShapes, commandTemplates, parseCommand],
  ["event", eventShapes, eventTemplates, parseEvent],
] as const;

test.for(tables)("[C60] every %s that is made in one go is what its template describes", ([, shapes, table, parse]) => {
  const known: Readonly<Record<string, string>> = table;
  expect(Object.keys(shapes)).toHaveLength(5);
  for (const [op, byCount] of Object.entries(shapes)) {
    const names = namesOf(known[op] ?? "");
    for (const [count, shape] of Object.entries(byCount)) {
      const values = names.slice(0, Number(count)).map((_, index) => `value ${index}`);
      const fields = Object.fromEntries(values.map((value, index) => [names[index] ?? "", value]));
      expect(values).toHaveLength(Number(count));
      expect(Object.entries(shape(values, undefined))).toEqual(Object.entries({ op, ...fields }));
      expect(Object.entries(shape(values, "7"))).toEqual(Object.entries({ op, cid: "7", ...fields }));
      // The reader takes this way and the other one to the same message.
      const line = `${known[op]?.slice(0, 2)}#7:${values.map((_, index) => (names[index] === "confidence" || names[index] === "progress" ? "0.5" : names[index] === "complexity" ? "low" : "x")).join("|")}`;
      const [short, long] = [parse(line), parse(`${line}${"|".repeat(8 - values.length)}`)];
      expect(long).toEqual(short);
      expect(Object.keys((long.ok && long.value) || {})).toEqual(Object.keys((short.ok && short.value) || {}));
    }
  }
});

test("[C11][C28] a plain number means what the number of its lexeme means", () => {
  const digits = fc.stringMatching(/^-?[0-9]{0,17}(\.[0-9]{0,17})?(e-?[0-9]{1,2})?$/);
  const decimal = fc.tuple(fc.nat(99_999_999), fc.nat(9_999_999)).map(([whole, part]) => `${whole}.${part}`);
  fc.assert(
    fc.property(fc.oneof(digits, decimal), (lexeme) => {
      const isNumber = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?(e-?[0-9]+)?$/.test(lexeme);
      for (const [line, pick] of [
        [`mf:k|${lexeme}`, (value: object) => (value as { at?: unknown }).at],
        [`me:k|[${lexeme}]`, (value: object) => (value as { value?: readonly unknown[] }).value?.[0]],
      ] as const) {
        const parsed = parseEvent(line);
        if (parsed.ok && lexeme !== "") expect([isNumber, pick(parsed.value)]).toEqual([true, Number(lexeme)]);
        else if (isNumber) expect(parsed).toMatchObject({ error: { code: "unsafe_number" } });
      }
    }),
    { numRuns: 5000 },
  );
});
