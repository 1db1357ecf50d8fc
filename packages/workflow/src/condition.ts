import type { Json } from "./json.ts";
import type { Reference } from "./reference.ts";

/** One side of a comparison: a reference, or what is written. */
export type Operand =
  | { readonly kind: "reference"; readonly reference: Reference; readonly at: number }
  | { readonly kind: "literal"; readonly value: Json; readonly at: number };

/** How two operands are compared. */
export type Comparator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in";

/** A condition as a tree. `at` is the place of a part in the text, in UTF-16 units from 0. */
export type Condition =
  | { readonly kind: "or" | "and"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly inner: Condition }
  | { readonly kind: "exists" | "true"; readonly operand: Operand }
  | { readonly kind: "compare"; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand };

/** Visits every operand of a condition, from left to right. */
export function eachOperand(condition: Condition, visit: (operand: Operand) => void): void {
  switch (condition.kind) {
    case "or":
    case "and":
      eachOperand(condition.left, visit);
      eachOperand(condition.right, visit);
      return;
    case "not":
      eachOperand(condition.inner, visit);
      return;
    case "compare":
      visit(condition.left);
      visit(condition.right);
      return;
    default:
      visit(condition.operand);
  }
}
