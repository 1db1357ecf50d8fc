import { colon, hash, isDigit, isLetter } from "./characters.ts";
import type { Codebook } from "./codebook.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type { Parsed } from "./diagnostic.ts";
import { frameOverflowAt } from "./frame-bytes.ts";
import { limits } from "./limits.ts";
import { nearCode } from "./near-code.ts";
import { readField } from "./read-field.ts";
import { readPlainField } from "./read-plain-field.ts";
import type { Field, Signature } from "./signature.ts";
import { toRefusal } from "./to-refusal.ts";
import type { Refusal } from "./to-refusal.ts";
import type { Value } from "./value.ts";

/** Reads one line by a codebook, in one pass. The caller names the type that the codebook's templates describe. */
export function parseLine<T extends object>(codebook: Codebook, line: string): Parsed<T> {
  const cursor: Cursor = { line, index: 0, failure: undefined };
  const overflow = frameOverflowAt(line);
  if (overflow >= 0) {
    const hint = `Keep a line within ${limits.frameBytes} bytes; store what is larger and send its key.`;
    fail(cursor, { code: "too_long", index: overflow, found: "more bytes", hint });
    return toRefusal(cursor);
  }
  const signature = readHead(cursor, codebook);
  if (signature === undefined) return toRefusal(cursor);
  // Without a cid the fields begin behind `tc:`, with one behind `tc#7:`.
  const cid = cursor.index > 3 ? line.slice(3, cursor.index - 1) : undefined;
  return readFields(cursor, signature, cid) as Parsed<T>;
}

function readHead(cursor: Cursor, codebook: Codebook): Signature | undefined {
  const { line } = cursor;
  const first = lowerAt(line, 0);
  const second = lowerAt(line, 1);
  if (first < 0 || second < 0) {
    const hint = "Begin with a code of two small letters and a colon, as in tc:Title.";
    return fail(cursor, { code: "bad_code", index: first < 0 ? 0 : 1, expected: ["a letter a-z"], hint });
  }
  let index = 2;
  if (unitAt(line, index) === hash) {
    const start = (index += 1);
    while (isLetter(unitAt(line, index)) || isDigit(unitAt(line, index))) index += 1;
    if (index === start || index - start > limits.cidLength) {
      const at = index === start ? start : start + limits.cidLength;
      const hint = `A correlation id is 1 to ${limits.cidLength} letters or digits.`;
      return fail(cursor, { code: "bad_cid", index: at, hint });
    }
  }
  if (unitAt(line, index) !== colon) {
    const isBehindCid = index > 2;
    const hint = "Put a colon behind the code, as in tc:Title, or behind its id, as in tc#7:Title.";
    return fail(cursor, {
      code: isBehindCid ? "bad_cid" : "missing_colon",
      index,
      expected: isBehindCid ? ["a letter or digit", ":"] : ["#", ":"],
      hint: hintMeant(codebook, opName.exec(line)?.[0]) ?? hint,
    });
  }
  const signature = codebook.bySlot[first * 26 + second];
  if (signature === undefined) {
    const code = line.slice(0, 2);
    const expected = [...codebook.byCode.keys()];
    const hint = `No ${codebook.direction} has the code ${code}. ${hintMeant(codebook, code) ?? ""}`.trimEnd();
    return fail(cursor, { code: "unknown_code", index: 0, expected, found: code, hint });
  }
  cursor.index = index + 1;
  return signature;
}

// The name of a code in programs, written where its letters belong. No name is longer.
const opName = /^[a-z][a-z_]{2,30}(?=[:#])/;

function hintMeant(codebook: Codebook, wrong: string | undefined): string | undefined {
  const near = wrong === undefined ? undefined : nearCode(codebook, wrong);
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

/** The place of a small letter in the alphabet, or -1. */
function lowerAt(line: string, index: number): number {
  const unit = unitAt(line, index);
  return isLetter(unit) && unit >= 0x61 ? unit - 0x61 : -1;
}

// A look behind the end would be no whole number, which costs every later look.
function unitAt(line: string, index: number): number {
  return index < line.length ? line.charCodeAt(index) : -1;
}

/** Reads the fields and makes the message: `op`, `cid`, the fields of the template, `extra`, in this order. [C60] */
function readFields(cursor: Cursor, signature: Signature, cid: string | undefined): Parsed<object> {
  const { line } = cursor;
  const { fields } = signature;
  // Its length at once: an array that grows by pushing takes room for sixteen.
  // oxlint-disable-next-line unicorn/no-new-array
  const values = new Array<Value | undefined>(fields.length);
  let isWhole = true;
  let count = 0;
  for (let index = 0; ; index += 1) {
    if (index === limits.fields) {
      const hint = "Write a bar inside text as \\|.";
      fail(cursor, { code: "too_many_fields", index: cursor.index - 1, expected: ["end of line"], hint });
      return toRefusal(cursor);
    }
    const field = fields[index];
    const start = cursor.index;
    const value =
      field === undefined
        ? readField(cursor, "extra")
        : (readPlainField(cursor, field.kind) ?? readField(cursor, field.kind));
    if (cursor.failure !== undefined) return toRefusal(cursor, { index, name: field?.name ?? "extra" });
    if (value === undefined) {
      isWhole = false;
      if (field?.required === true) return refuseMissing(cursor, signature, index, start, false);
    } else if (value === "" && field?.required === true && field.kind === "text") {
      return refuseMissing(cursor, signature, index, start, true);
    }
    values[index] = value;
    count = index + 1;
    if (cursor.index >= line.length) break;
    cursor.index += 1;
  }
  for (let rest = count; rest < fields.length; rest += 1) {
    if (fields[rest]?.required === true) return refuseMissing(cursor, signature, rest, line.length, false);
  }
  const shape = isWhole ? signature.shapes[count] : undefined;
  return { ok: true, value: shape === undefined ? toMessage(signature, values, cid) : shape(values, cid) };
}

/** Puts a message together: what is absent is no property, and the fields beyond the template are `extra`. */
function toMessage(signature: Signature, values: readonly (Value | undefined)[], cid: string | undefined): object {
  const { op, fields } = signature;
  const message: Record<string, unknown> = cid === undefined ? { op } : { op, cid };
  for (let index = 0; index < fields.length; index += 1) {
    const value = values[index];
    if (value !== undefined) message[(fields[index] as Field).name] = value;
  }
  const last = values.findLastIndex((value) => value !== undefined);
  if (last >= fields.length) message["extra"] = values.slice(fields.length, last + 1);
  return message;
}

function refuseMissing(cursor: Cursor, signature: Signature, index: number, at: number, isEmpty: boolean): Refusal {
  const name = signature.fields[index]?.name ?? "";
  const code = isEmpty ? "empty_field" : "missing_field";
  fail(cursor, { code, index: at, expected: [name], hint: `${signature.op} needs ${name}.` });
  return toRefusal(cursor, { index, name });
}
