// A second reading of the grammar in SPEC.md, rule by rule, sharing nothing with the package.
// It answers two questions: is this line a `message`, and is this text an `embed`?

type Rule = (points: readonly number[], at: number) => number; // the end, or -1

const between =
  (...ranges: readonly (readonly [number, number])[]): Rule =>
  (points, at) => {
    const point = points[at];
    return point !== undefined && ranges.some(([low, high]) => point >= low && point <= high) ? at + 1 : -1;
  };

const literal = (text: string): Rule => {
  const wanted = Array.from(text, (sign) => sign.codePointAt(0));
  return (points, at) => (wanted.every((point, index) => points[at + index] === point) ? at + wanted.length : -1);
};

const either =
  (...rules: readonly Rule[]): Rule =>
  (points, at) => {
    for (const rule of rules) {
      const end = rule(points, at);
      if (end >= 0) return end;
    }
    return -1;
  };

const then =
  (...rules: readonly Rule[]): Rule =>
  (points, at) => {
    let end = at;
    for (const rule of rules) {
      end = rule(points, end);
      if (end < 0) return -1;
    }
    return end;
  };

const times =
  (low: number, high: number, rule: Rule): Rule =>
  (points, at) => {
    let end = at;
    let count = 0;
    for (; count < high; count += 1) {
      const next = rule(points, end);
      if (next < 0) break;
      end = next;
    }
    return count >= low ? end : -1;
  };

const any = (rule: Rule): Rule => times(0, Infinity, rule);
const maybe = (rule: Rule): Rule => times(0, 1, rule);
const later =
  (rule: () => Rule): Rule =>
  (points, at) =>
    rule()(points, at);

const alpha = between([0x41, 0x5a], [0x61, 0x7a]);
const digit = between([0x30, 0x39]);
const hexdig = either(digit, between([0x41, 0x46], [0x61, 0x66]));
const sp = literal(" ");
const ws = any(between([0x20, 0x20], [0x09, 0x09]));
const wide = between([0x80, 0xd7_ff], [0xe0_00, 0x10_ff_ff]);

const esc = then(
  literal("\\"),
  either(...Array.from("|[]{'\"\\/bfnrst", literal), then(literal("u"), times(4, 4, hexdig))),
);

const sChar = either(esc, between([0x20, 0x21], [0x23, 0x26], [0x28, 0x5b], [0x5d, 0x7e]), wide);
const string = either(
  then(literal("'"), any(either(sChar, literal('"'))), literal("'")),
  then(literal('"'), any(either(sChar, literal("'"))), literal('"')),
);

const exponent = (letter: string): Rule =>
  then(literal(letter), maybe(either(literal("+"), literal("-"))), times(1, Infinity, digit));
const number = then(
  maybe(literal("-")),
  either(literal("0"), then(between([0x31, 0x39]), any(digit))),
  maybe(then(literal("."), times(1, Infinity, digit))),
  maybe(either(exponent("e"), exponent("E"))),
);

const value: Rule = either(
  later(() => object),
  later(() => array),
  string,
  number,
  literal("true"),
  literal("false"),
  literal("null"),
);
const nameStart = either(alpha, literal("_"), literal("$"));
const name = then(nameStart, any(either(nameStart, digit)));
const member = then(either(string, name), ws, literal(":"), ws, value);
const listOf = (item: Rule): Rule => maybe(then(item, any(then(ws, literal(","), ws, item))));
const object: Rule = then(literal("{"), ws, listOf(member), ws, literal("}"));
const array: Rule = then(literal("["), ws, listOf(value), ws, literal("]"));

const tFirst = either(esc, between([0x21, 0x21], [0x23, 0x26], [0x28, 0x5a], [0x5e, 0x7a], [0x7d, 0x7e]), wide);
const tChar = either(esc, between([0x21, 0x5a], [0x5e, 0x7b], [0x7d, 0x7e]), wide);
const text = then(tFirst, any(then(any(sp), tChar)));

const field = maybe(either(object, array, string, text));
const lower = between([0x61, 0x7a]);
const message = then(
  lower,
  lower,
  maybe(then(literal("#"), times(1, 16, either(alpha, digit)))),
  literal(":"),
  field,
  times(0, 7, then(literal("|"), field)),
);

const labelSign = either(alpha, digit, literal("-"), literal("_"));
const label = then(alpha, times(0, 23, labelSign));
const seal = times(1, 8, either(alpha, digit));
const embedOf = (mark: Rule): Rule => then(literal("["), label, mark, literal(":"), sp, message, literal("]"));
const bareEmbed = embedOf((_, at) => at);
const sealedEmbed = embedOf(then(sp, seal));

function isWhole(rule: Rule, text: string): boolean {
  const points = Array.from(text, (sign) => sign.codePointAt(0) ?? 0);
  return rule(points, 0) === points.length;
}

/** Tells whether the grammar produces this line. */
export function isMessage(line: string): boolean {
  return isWhole(message, line);
}

/** Tells whether the grammar produces this text as a command in prose, with a seal or without one. */
export function isEmbed(text: string, isSealed: boolean): boolean {
  return isWhole(isSealed ? sealedEmbed : bareEmbed, text);
}
