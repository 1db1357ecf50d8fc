import { classEnd, inCid } from "./characters.ts";
import type { Codes } from "./codebook.ts";
import { CodecError, refuse } from "./codec-error.ts";
import { formatField } from "./format-field.ts";
import { frameOverflowAt } from "./frame-bytes.ts";
import { limits } from "./limits.ts";

const none: readonly unknown[] = [];

/** Writes one message by a codebook, in its canonical form. [C9][C22] */
export function formatLine({ direction, byOp }: Codes, message: object): string {
  const values = message as Readonly<Record<string, unknown>>;
  const { op, cid, extra = none } = values;
  const signature = byOp.get(op as string);
  if (signature === undefined) {
    const known = Array.from(byOp.keys()).join(", ");
    throw new CodecError("UNKNOWN_OP", `No ${direction} has the op ${String(op)}. Use one of ${known}.`);
  }
  const { fields } = signature;
  if (!Array.isArray(extra)) throw refuse("WRONG_TYPE", "extra", extra, "an array");
  const size = fields.length + extra.length;
  if (size > limits.fields) throw refuse("TOO_MANY_FIELDS", "the number of fields", size, `at most ${limits.fields}`);
  let line = cid === undefined ? signature.head : `${signature.cidHead}${checkCid(cid)}:`;
  let bars = "";
  for (let index = 0; index < size; index += 1) {
    const field = fields[index];
    const value = field === undefined ? (extra[index - fields.length] as unknown) : values[field.name];
    if (value !== undefined) {
      line += bars + formatField(value, field ?? extraField);
      bars = "|";
    } else {
      if (field?.required === true) throw refuse("MISSING_FIELD", field.name, value, "a value");
      bars += "|";
    }
  }
  if (frameOverflowAt(line) >= 0)
    throw refuse(
      "TOO_LONG",
      "the line",
      line.length,
      `at most ${limits.frameBytes} bytes; store what is large and send its key`,
    );
  return line;
}

const extraField = { name: "extra", kind: "extra", required: false } as const;

function checkCid(cid: unknown): string {
  if (
    typeof cid === "string" &&
    cid !== "" &&
    cid.length <= limits.cidLength &&
    classEnd(cid, 0, inCid) === cid.length
  ) {
    return cid;
  }
  throw refuse("BAD_CID", "cid", cid, `1 to ${limits.cidLength} letters or digits`);
}
