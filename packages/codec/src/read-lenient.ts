import { countPoints } from "./characters.ts";
import { findCode } from "./codebook.ts";
import { commands, parseCommand } from "./command.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { describeSign } from "./describe-sign.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { frameOverflowAt } from "./frame-bytes.ts";
import { createLenientOpener } from "./lenient-opener.ts";
import { mendLine } from "./mend-line.ts";
import type { Shape } from "./mend-line.ts";
import { mendPayload } from "./mend-payload.ts";
import type { Doubt, Mending } from "./mending.ts";
import { readObjectForm } from "./object-form.ts";
import { readPayload } from "./read-payload.ts";
import { tellFailure } from "./parse-line.ts";
import { applyEdits } from "./repair.ts";
import type { Repair } from "./repair.ts";
import type { Reading } from "./scan-event.ts";
import { unwrap } from "./unwrap.ts";

/** The outcome of a lenient reading: the command, the line as it was read, and what was mended; or what is wrong. */
export type Mended = Reading;

const opener = createLenientOpener((code) => findCode(commands, code), false);

/** Reads one line of a model as a command, mending what has one meaning only. [C37][C38]
 *
 * What `parseCommand` accepts is read the same, with no repairs. The repairs, made in the line, give one that it
 * accepts; no value is ever guessed. For a model's own output, never on a wire. `direction` is always a command's.
 * `at`, in repairs and diagnostics, counts code points of the line as it was given. Never throws. */
export function readLenient(line: string, _direction: "command"): Mended {
  const strict = readStrict(line);
  if (strict.ok || frameOverflowAt(line) >= 0) return strict;
  const { start, end, isBracketed, isCut } = unwrap(line, opener);
  if (isCut) return refuse(line, { code: "unterminated", index: line.length, hint: "Close the command with ]." });
  const inner = line.slice(start, end);
  const isObject = !isBracketed && inner.startsWith("{");
  const reading = isObject ? readObject(inner) : mendMessage(inner, isBracketed);
  const by = countPoints(line.slice(0, start));
  if (!reading.ok) return { ok: false, error: { ...reading.error, at: reading.error.at + by } };
  const repairs: Repair[] = reading.repairs.map((repair) => ({ ...repair, at: repair.at + by }));
  if (start > 0) repairs.unshift(unwrapping(0, line.slice(0, start)));
  if (end < line.length) repairs.push(unwrapping(by + countPoints(inner), line.slice(end)));
  return { ...reading, repairs };
}

/** Reads a message with no repairs, in the form of the others. */
function readStrict(message: string): Mended {
  const parsed = parseCommand(message);
  return parsed.ok ? { ok: true, value: parsed.value, line: message, repairs: [] } : parsed;
}

/** Reads a message that no wrapper is around; `isBracketed` when a bracket was, and closed. */
export function mendMessage(message: string, isBracketed: boolean): Mended {
  const strict = readStrict(message);
  if (strict.ok) return strict;
  const mending: Mending = { line: message, index: 0, edits: [], failure: undefined, isBracketed };
  const shape = mendLine(mending, commands);
  const failure = mending.failure ?? (shape && findSecondMeaning(message, shape));
  if (failure !== undefined) return refuse(message, failure);
  const { text, repairs, originalAt } = applyEdits(message, mending.edits);
  const parsed = parseCommand(text);
  if (parsed.ok) return { ok: true, value: parsed.value, line: text, repairs };
  return { ok: false, error: { ...parsed.error, at: originalAt(parsed.error.at) } };
}

function unwrapping(at: number, from: string): Repair {
  return { code: from.trim() === "" ? "spaces" : "wrapper", at, from, to: "" };
}

/** Tells whether the bars with spaces around them could be text instead. [C38] */
function findSecondMeaning(message: string, shape: Shape): Doubt | undefined {
  const { fields, known, bars, touched, spaced } = shape;
  const first = touched[0];
  if (first === undefined) return undefined;
  const hint = "If this bar is text, write it as \\|; if it divides fields, write no spaces around it.";
  if (fields > known) return { code: "too_many_fields", index: first, found: "|", expected: ["\\|"], hint };
  // All bars alike are a habit; one of its own is in doubt when the line can be read without it.
  if (spaced.length === 0 || spaced.length === bars) return undefined;
  const isSpaced = new Set(spaced);
  const without = Array.from({ length: message.length }, (_, index) =>
    isSpaced.has(index) ? "/" : message.charAt(index),
  ).join("");
  return mendMessage(without, false).ok
    ? { code: "edge_space", index: (spaced[0] ?? 1) - 1, found: "U+0020", expected: ["|", "\\|"], hint }
    : undefined;
}

function readObject(inner: string): Mended {
  const mending: Mending = { line: inner, index: 0, edits: [], failure: undefined, isBracketed: false };
  mendPayload(mending, 1);
  if (mending.failure !== undefined) return refuse(inner, mending.failure);
  const { text, originalAt } = applyEdits(inner, mending.edits);
  const cursor: Cursor = { line: text, index: 0, failure: undefined };
  const object = readPayload(cursor, 1);
  if (object !== undefined && cursor.index < text.length) fail(cursor, "text_after_value", cursor.index);
  if (cursor.failure !== undefined) {
    const error = tellFailure(commands, text, cursor.failure);
    return { ok: false, error: { ...error, at: originalAt(error.at) } };
  }
  const form = readObjectForm(commands, object as Readonly<Record<string, unknown>>);
  if (!form.ok) return refuse(inner, { ...form, index: 0 });
  const parsed = parseCommand(form.line);
  if (!parsed.ok) return refuse(inner, { code: parsed.error.code, index: 0, hint: parsed.error.hint });
  const repairs: Repair[] = [{ code: "object_form", at: 0, from: inner, to: form.line }];
  return { ok: true, value: parsed.value, line: form.line, repairs };
}

function refuse(line: string, doubt: Doubt): { readonly ok: false; readonly error: Diagnostic } {
  const { code, index, expected, found = describeSign(line, index), hint } = doubt;
  return { ok: false, error: { code, at: countPoints(line, index), ...(expected && { expected }), found, hint } };
}
