// The grammar (RFC 5234; spaces may stand between any two tokens; the words and, or, not, in, exists are reserved):
//   condition  = conjunction *( "or" conjunction )
//   conjunction = negation *( "and" negation )
//   negation   = "not" negation / "(" condition ")" / test
//   test       = operand [ "exists" / comparator operand ]
//   comparator = "==" / "!=" / "<" / "<=" / ">" / ">=" / "in"
//   operand    = path / string / number / "true" / "false" / "null" / list
//   list       = "[" [ literal *( "," literal ) ] "]"
import type { Comparator, Condition, Operand } from "./condition.ts";
import type { Json } from "./json.ts";
import { parsePath } from "./reference.ts";
import { readTokens } from "./read-tokens.ts";
import type { Token } from "./read-tokens.ts";

/** How deep parentheses and `not` may nest in a condition. */
export const maxConditionDepth = 32;

/** A condition, or the first thing that is wrong with it: `at` is its place in the text, in UTF-16 units from 0. */
export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly at: number; readonly reason: string; readonly hint: string };

const comparators: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "in"]);
const words: ReadonlySet<string> = new Set(["and", "or", "not", "in", "exists"]);

/** Reads a condition of `when`: references and comparisons, nothing that computes. [W30] */
export function parseCondition(text: string): ParsedCondition {
  const read = readTokens(text);
  if (!read.ok) return read;
  try {
    return { ok: true, condition: readCondition(read.tokens) };
  } catch (thrown) {
    if (thrown instanceof BadCondition) return { ok: false, at: thrown.at, reason: thrown.message, hint: thrown.hint };
    throw thrown;
  }
}

// The error travels as an exception inside this file only.
class BadCondition extends Error {
  readonly at: number;
  readonly hint: string;

  constructor(at: number, message: string, hint: string) {
    super(message);
    this.at = at;
    this.hint = hint;
  }
}

const operandHint = "Write inputs.<name>, steps.<id>.output, a text in '', a number, true, false, null or [a list].";

function readCondition(tokens: readonly Token[]): Condition {
  let next = 0;
  // The last token is always the end.
  const peek = (): Token => tokens[next] ?? { kind: "end", text: "", at: 0 };
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const takeIf = (text: string): boolean => {
    const { kind, text: is } = peek();
    if (is !== text || (kind !== "word" && kind !== "sign")) return false;
    next += 1;
    return true;
  };
  const refuse = (token: Token, wanted: string, hint: string): BadCondition =>
    new BadCondition(token.at, `${token.kind === "end" ? "It ends" : `"${token.text}" stands`} where ${wanted}`, hint);

  const disjunction = (depth: number): Condition => {
    let left = conjunction(depth);
    while (takeIf("or")) left = { kind: "or", left, right: conjunction(depth) };
    return left;
  };
  const conjunction = (depth: number): Condition => {
    let left = negation(depth);
    while (takeIf("and")) left = { kind: "and", left, right: negation(depth) };
    return left;
  };
  const negation = (depth: number): Condition => {
    if (depth > maxConditionDepth) {
      throw new BadCondition(peek().at, `It nests deeper than ${maxConditionDepth}`, "Make it flatter.");
    }
    if (takeIf("not")) return { kind: "not", inner: negation(depth + 1) };
    if (!takeIf("(")) return test();
    const inner = disjunction(depth + 1);
    if (!takeIf(")")) throw refuse(peek(), "a ) should", "Close the parenthesis.");
    return inner;
  };
  const test = (): Condition => {
    const left = operand();
    if (takeIf("exists")) return { kind: "exists", operand: left };
    const sign = peek();
    if (!comparators.has(sign.text) || (sign.kind !== "word" && sign.kind !== "sign")) {
      return { kind: "true", operand: left };
    }
    next += 1;
    const right = operand();
    const comparator = sign.text as Comparator;
    checkTypes(comparator, left, right);
    return { kind: "compare", comparator, left, right };
  };
  const operand = (): Operand => {
    const { at } = peek();
    const value = literal();
    if (value !== undefined) return { kind: "literal", value, at };
    const token = take();
    if (token.kind !== "word" || words.has(token.text)) throw refuse(token, "a value should", operandHint);
    const reference = parsePath(token.text);
    if (reference === undefined) throw new BadCondition(at, `"${token.text}" is not a path`, operandHint);
    return { kind: "reference", reference, at };
  };
  const literal = (): Json | undefined => {
    const token = peek();
    if (token.kind === "value") {
      next += 1;
      return token.value;
    }
    if (!takeIf("[")) return undefined;
    const items: Json[] = [];
    while (!takeIf("]")) {
      if (items.length > 0 && !takeIf(",")) throw refuse(peek(), "a , or ] should", "Close the list.");
      const item = peek();
      next += 1;
      if (item.kind !== "value")
        throw refuse(item, "a written value should", "A list holds no references and no lists.");
      items.push(item.value);
    }
    return items;
  };

  const condition = disjunction(0);
  const rest = peek();
  if (rest.kind !== "end") throw refuse(rest, "and, or, or the end should", "Compare two values; join with and, or.");
  return condition;
}

// What can never hold is a mistake of the writer.
function checkTypes(comparator: Comparator, left: Operand, right: Operand): void {
  if (comparator === "in") {
    if (right.kind === "literal" && !Array.isArray(right.value) && typeof right.value !== "string") {
      throw new BadCondition(right.at, "Nothing is in this value", "Write a list, a text, or a path to one.");
    }
  } else if (comparator !== "==" && comparator !== "!=") {
    for (const { at, ...operand } of [left, right]) {
      if (operand.kind !== "literal" || typeof operand.value === "number" || typeof operand.value === "string")
        continue;
      throw new BadCondition(at, `${comparator} orders numbers and texts only`, "Compare with == or !=.");
    }
  }
}
