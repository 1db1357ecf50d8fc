import { CodecError } from "./codec-error.ts";
import { formatNumber } from "./format-number.ts";
import { describe, formatPayload } from "./format-payload.ts";
import { formatText } from "./format-text.ts";
import { isLevelWord } from "./level.ts";
import type { FieldKind } from "./message.ts";
import { isScalar } from "./scalar.ts";

/** Writes one present field. Throws {@link CodecError} when the value is not of the kind. [C10][C22] */
export function formatField(value: unknown, kind: FieldKind | "extra", name: string): string {
  switch (kind) {
    case "text":
      if (typeof value === "string") return formatText(value);
      break;
    case "any":
    case "extra":
      return typeof value === "string" && !isScalar(value) ? formatText(value) : formatPayload(value, 1);
    case "level":
      if (isLevelWord(value)) return value;
      if (typeof value === "number" && Number.isFinite(value)) return formatNumber(value);
      break;
    case "unit":
      if (typeof value !== "number") break;
      if (value >= 0 && value <= 1) return formatNumber(value);
      throw new CodecError("OUT_OF_RANGE", `The field ${name} is ${value}. Give a number from 0 to 1.`);
    case "number":
      if (typeof value === "number" && Number.isFinite(value)) return formatNumber(value);
      break;
  }
  throw new CodecError("WRONG_TYPE", `The field ${name} is ${describe(value)}. Give ${wanted[kind]}.`);
}

const wanted: Readonly<Record<FieldKind, string>> = {
  text: "a string",
  any: "JSON",
  level: "low, medium, high or a finite number",
  unit: "a number from 0 to 1",
  number: "a finite number",
};
