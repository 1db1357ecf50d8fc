import type { Cursor } from "./cursor.ts";
import { mendField } from "./mend-field.ts";
import type { Mending } from "./mending.ts";
import type { FieldKind } from "./message.ts";
import { readField } from "./read-field.ts";
import { applyEdits } from "./repair.ts";
import type { Value } from "./value.ts";

/** Reads one field cut out of its line, mended when `lenient`; `undefined` when it is absent or cannot be read. */
export function readFieldAlone(raw: string, kind: FieldKind | "extra", lenient: boolean): Value | undefined {
  const value = readWhole(raw, kind);
  if (value !== undefined || !lenient) return value;
  const mending: Mending = { line: raw, index: 0, edits: [], failure: undefined, isBracketed: false };
  return mendField(mending, kind) ? readWhole(applyEdits(raw, mending.edits).text, kind) : undefined;
}

function readWhole(raw: string, kind: FieldKind | "extra"): Value | undefined {
  const cursor: Cursor = { line: raw, index: 0, failure: undefined };
  const value = readField(cursor, kind);
  return cursor.failure === undefined && cursor.index === raw.length ? value : undefined;
}
