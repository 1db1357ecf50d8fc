import { refuse } from "./codec-error.ts";
import { formatNumber } from "./format-number.ts";
import { formatPayload } from "./format-payload.ts";
import { formatText } from "./format-text.ts";
import { isLevelWord } from "./level.ts";
import { isScalar } from "./scalar.ts";
import type { Field } from "./signature.ts";

/** A field, or one beyond the template, whose kind is unknown. */
export type WrittenField = Omit<Field, "kind"> & { readonly kind: Field["kind"] | "extra" };

/** Writes one present field. Throws CodecError when the value is not of the kind. [C10][C22] */
export function formatField(value: unknown, { name, kind, required }: WrittenField): string {
  if (kind === "any" || kind === "extra") {
    return typeof value === "string" && !isScalar(value) ? formatText(value) : formatPayload(value, 1);
  }
  if (typeof value === "string") {
    if (kind === "text" ? value !== "" || !required : kind === "level" && isLevelWord(value)) return formatText(value);
    if (kind === "text") throw refuse("MISSING_FIELD", name, value, "a text that is not empty");
  } else if (typeof value === "number" && kind !== "text") {
    if (kind === "unit" ? value >= 0 && value <= 1 : Number.isFinite(value)) return formatNumber(value);
    if (kind === "unit") throw refuse("OUT_OF_RANGE", name, value, wanted.unit);
  }
  throw refuse("WRONG_TYPE", name, value, wanted[kind]);
}

const wanted = {
  text: "a string",
  level: "low, medium, high or a finite number",
  unit: "a number from 0 to 1",
  number: "a finite number",
};
