import { colon, hash, isDigit, isLetter } from "./characters.ts";
import type { Codebook } from "./codebook.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type { Parsed } from "./diagnostic.ts";
import { frameOverflowAt } from "./frame-bytes.ts";
import { limits } from "./limits.ts";
import { readField } from "./read-field.ts";
import type { Signature } from "./signature.ts";
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
  const message: Record<string, unknown> = { op: "" };
  const signature = readHead(cursor, codebook, message);
  if (signature === undefined) return toRefusal(cursor);
  return readFields(cursor, signature, message) ?? { ok: true, value: message as T };
}

function readHead(cursor: Cursor, codebook: Codebook, message: Record<string, unknown>): Signature | undefined {
  const { line } = cursor;
  for (let index = 0; index < 2; index += 1) {
    const unit = line.charCodeAt(index);
    if (!isLetter(unit) || unit < 0x61) {
      const hint = "Begin with a code of two small letters and a colon, as in tc:Title.";
      return fail(cursor, { code: "bad_code", index, expected: ["a letter a-z"], hint });
    }
  }
  const code = line.slice(0, 2);
  let index = 2;
  if (line.charCodeAt(index) === hash) {
    const start = (index += 1);
    while (isLetter(line.charCodeAt(index)) || isDigit(line.charCodeAt(index))) index += 1;
    if (index === start || index - start > limits.cidLength) {
      const at = index === start ? start : start + limits.cidLength;
      const hint = `A correlation id is 1 to ${limits.cidLength} letters or digits.`;
      return fail(cursor, { code: "bad_cid", index: at, hint });
    }
    message["cid"] = line.slice(start, index);
  }
  if (line.charCodeAt(index) !== colon) {
    const isBehindCid = index > 2;
    return fail(cursor, {
      code: isBehindCid ? "bad_cid" : "missing_colon",
      index,
      expected: isBehindCid ? ["a letter or digit", ":"] : ["#", ":"],
      hint: "Put a colon behind the code, as in tc:Title, or behind its id, as in tc#7:Title.",
    });
  }
  const signature = codebook.byCode.get(code);
  if (signature === undefined) {
    const expected = [...codebook.byCode.keys()];
    const hint = `No ${codebook.direction} has the code ${code}.`;
    return fail(cursor, { code: "unknown_code", index: 0, expected, found: code, hint });
  }
  message["op"] = signature.op;
  cursor.index = index + 1;
  return signature;
}

/** Reads the fields into `message`; returns the refusal, or `undefined` when all is well. */
function readFields(cursor: Cursor, signature: Signature, message: Record<string, unknown>): Refusal | undefined {
  const { line } = cursor;
  const { fields } = signature;
  const extra: (Value | undefined)[] = [];
  let kept = 0;
  for (let index = 0; ; index += 1) {
    if (index === limits.fields) {
      const hint = "Write a bar inside text as \\|.";
      fail(cursor, { code: "too_many_fields", index: cursor.index - 1, expected: ["end of line"], hint });
      return toRefusal(cursor);
    }
    const field = fields[index];
    const start = cursor.index;
    const value = readField(cursor, field?.kind ?? "extra");
    if (cursor.failure !== undefined) return toRefusal(cursor, { index, name: field?.name ?? "extra" });
    if (field === undefined) {
      extra.push(value);
      if (value !== undefined) kept = extra.length;
    } else if (value === undefined || (value === "" && field.required && field.kind === "text")) {
      if (field.required) return refuseMissing(cursor, signature, index, start, value === "");
    } else {
      message[field.name] = value;
    }
    if (cursor.index >= line.length) {
      if (kept > 0) message["extra"] = extra.slice(0, kept);
      for (let rest = index + 1; rest < fields.length; rest += 1) {
        if (fields[rest]?.required === true) return refuseMissing(cursor, signature, rest, line.length, false);
      }
      return undefined;
    }
    cursor.index += 1;
  }
}

function refuseMissing(cursor: Cursor, signature: Signature, index: number, at: number, isEmpty: boolean): Refusal {
  const name = signature.fields[index]?.name ?? "";
  const code = isEmpty ? "empty_field" : "missing_field";
  fail(cursor, { code, index: at, expected: [name], hint: `${signature.op} needs ${name}.` });
  return toRefusal(cursor, { index, name });
}
