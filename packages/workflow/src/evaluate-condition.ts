import { canonicalJson } from "./canonical-json.ts";
import type { Comparator, Condition, Operand } from "./condition.ts";
import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";
import { takeReference } from "./resolve.ts";
import type { Scope } from "./resolve.ts";

/** Tells whether a condition holds. Every comparison of any two values has an answer, and none fails. [W31] */
export function evaluateCondition(condition: Condition, scope: Scope): boolean {
  switch (condition.kind) {
    case "or":
      return evaluateCondition(condition.left, scope) || evaluateCondition(condition.right, scope);
    case "and":
      return evaluateCondition(condition.left, scope) && evaluateCondition(condition.right, scope);
    case "not":
      return !evaluateCondition(condition.inner, scope);
    case "exists":
      return valueOf(condition.operand, scope) !== null;
    case "true":
      return valueOf(condition.operand, scope) === true;
    default:
      return compare(condition.comparator, valueOf(condition.left, scope), valueOf(condition.right, scope));
  }
}

// A way that leads nowhere is null here: a condition asks, it does not demand.
function valueOf(operand: Operand, scope: Scope): Json {
  if (operand.kind === "literal") return operand.value;
  const taken = takeReference(operand.reference, scope);
  return taken.ok ? taken.value : null;
}

function compare(comparator: Comparator, left: Json, right: Json): boolean {
  if (comparator === "==") return isEqual(left, right);
  if (comparator === "!=") return !isEqual(left, right);
  if (comparator === "in") return isIn(left, right);
  const ordered =
    (typeof left === "number" && typeof right === "number") || (typeof left === "string" && typeof right === "string");
  if (!ordered) return false;
  if (comparator === "<") return left < right;
  if (comparator === "<=") return left <= right;
  return comparator === ">" ? left > right : left >= right;
}

function isIn(left: Json, right: Json): boolean {
  if (Array.isArray(right)) return right.some((item: Json) => isEqual(left, item));
  if (typeof left !== "string") return false;
  if (typeof right === "string") return right.includes(left);
  return isJsonObject(right) && Object.hasOwn(right, left);
}

function isEqual(left: Json, right: Json): boolean {
  if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) return left === right;
  return canonicalJson(left) === canonicalJson(right);
}
