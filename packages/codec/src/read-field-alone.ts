import type { Cursor } from "./cursor.ts";
import type { FieldKind } from "./message.ts";
import { readField } from "./read-field.ts";
import type { Value } from "./value.ts";

/** Reads one field cut out of its line; `undefined` when it is absent or cannot be read. */
export function readFieldAlone(raw: string, kind: FieldKind | "extra"): Value | undefined {
  const cursor: Cursor = { line: raw, index: 0, failure: undefined };
  const value = readField(cursor, kind);
  return cursor.failure === undefined && cursor.index === raw.length ? value : undefined;
}
