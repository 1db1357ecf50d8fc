import { classEnd, colon, countPoints, hash, inCid, isLetter } from "./characters.ts";
import { slotOf } from "./codebook.ts";
import type { Codebook, Codes } from "./codebook.ts";
import { fail } from "./cursor.ts";
import type { Cursor, Failure } from "./cursor.ts";
import type { Fault, Parsed } from "./diagnostic.ts";
import { frameOverflowAt } from "./frame-bytes.ts";
import { limits } from "./limits.ts";
import { readField } from "./read-field.ts";
import type { Field, Signature } from "./signature.ts";
import type { Value } from "./value.ts";

/** Reads one line by a codebook, in one pass. The caller names the type that the codebook's templates describe. */
export function parseLine<T extends object, Told extends Fault>(
  codebook: Codebook<Told>,
  line: string,
): Parsed<T, Told> {
  const cursor: Cursor = { line, index: 0, failure: undefined };
  const message = readMessage(cursor, codebook);
  // Without a message there is a failure.
  return message === undefined
    ? { ok: false, error: tellFailure(codebook, line, cursor.failure as Failure) }
    : { ok: true, value: message as T };
}

/** Tells a failure, with its place in code points. [C24] */
export function tellFailure<Told extends Fault>(codebook: Codebook<Told>, line: string, failure: Failure): Told {
  const { code, index, field } = failure;
  return codebook.tell(codebook, { code, at: countPoints(line, index), ...(field && { field }) }, line, failure);
}

function readMessage(cursor: Cursor, codebook: Codes): object | undefined {
  const { line } = cursor;
  const overflow = frameOverflowAt(line);
  if (overflow >= 0) return fail(cursor, "too_long", overflow);
  for (let index = 0; index < 2; index += 1) {
    const unit = line.charCodeAt(index);
    if (!isLetter(unit) || unit < 0x61) return fail(cursor, "bad_code", index);
  }
  const hasCid = line.charCodeAt(2) === hash;
  const end = hasCid ? classEnd(line, 3, inCid) : 2;
  if (end - 3 > limits.cidLength) return fail(cursor, "bad_cid", 3 + limits.cidLength);
  if (end === 3) return fail(cursor, "bad_cid", end);
  if (line.charCodeAt(end) !== colon) return fail(cursor, hasCid ? "bad_cid" : "missing_colon", end);
  const signature = codebook.bySlot[slotOf(line, 0)];
  if (signature === undefined) return fail(cursor, "unknown_code", 0);
  cursor.index = end + 1;
  return readFields(cursor, signature, hasCid ? line.slice(3, end) : undefined);
}

/** Reads the fields and makes the message: `op`, `cid`, the fields of the template, `extra`, in this order. [C60] */
function readFields(cursor: Cursor, signature: Signature, cid: string | undefined): object | undefined {
  const { line } = cursor;
  const { fields } = signature;
  // Its length at once: an array that grows by pushing takes room for sixteen.
  // oxlint-disable-next-line unicorn/no-new-array
  const values = new Array<Value | undefined>(fields.length);
  let present = 0;
  let count = 0;
  // Behind the end of the line all fields are absent.
  for (let index = 0, isOver = false; !isOver || index < fields.length; index += 1) {
    if (index === limits.fields) return fail(cursor, "too_many_fields", cursor.index - 1);
    const field = fields[index];
    const start = cursor.index;
    const value = readField(cursor, field?.kind ?? "extra");
    if (cursor.failure === undefined && field?.required === true) {
      if (value === undefined) fail(cursor, "missing_field", start);
      else if (value === "" && field.kind === "text") fail(cursor, "empty_field", start);
    }
    if (cursor.failure !== undefined) {
      cursor.failure = { ...cursor.failure, field: { index, name: field?.name ?? "extra" } };
      return undefined;
    }
    values[index] = value;
    if (value !== undefined) {
      present += 1;
      count = index + 1;
    }
    isOver = cursor.index >= line.length;
    if (!isOver) cursor.index += 1;
  }
  const shape = present === count ? signature.shapes[count] : undefined;
  return shape === undefined ? toMessage(signature, values, count, cid) : shape(values, cid);
}

/** Puts a message together: what is absent is no property, and the fields beyond the template are `extra`. */
function toMessage(
  { op, fields }: Signature,
  values: readonly (Value | undefined)[],
  count: number,
  cid: string | undefined,
): object {
  const message: Record<string, unknown> = cid === undefined ? { op } : { op, cid };
  for (let index = 0; index < fields.length; index += 1) {
    const value = values[index];
    if (value !== undefined) message[(fields[index] as Field).name] = value;
  }
  if (count > fields.length) message["extra"] = values.slice(fields.length, count);
  return message;
}
