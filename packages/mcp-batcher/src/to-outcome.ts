import type { Operation, Outcome } from "./operation.ts";
import type { CallEnd } from "./read-result.ts";

/** Makes the outcome of one who waited for a call from the end of it. [M1][M10]
 *
 * The first gets the result itself, whoever joined a copy: what one does to its result must not reach another. */
export function toOutcome(
  kind: Operation["kind"],
  end: CallEnd,
  isFirst: boolean,
  isRepeatable: () => boolean,
): Outcome {
  if (end.ok) return { status: "ok", result: isFirst ? end.result : JSON.parse(end.json) };
  if (kind === "write" && end.effect === "unknown") {
    return { status: "unknown", error: end.error, repeatable: isRepeatable() };
  }
  const { error, result } = end;
  return result === undefined
    ? { status: "failed", error }
    : { status: "failed", error, result: isFirst ? result : structuredClone(result) };
}
