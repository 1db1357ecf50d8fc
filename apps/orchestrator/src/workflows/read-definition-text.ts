import { readFileSync } from "node:fs";
import type { Problem } from "@kingly/workflow";

/** Something that is wrong with a file, with its place. */
export type FileProblem = Pick<Problem, "message" | "hint"> & { readonly line: number; readonly column: number };

/** The text of a file, or why it is none. */
export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: FileProblem };

const asUtf8 = "Save it as UTF-8.";

/** Reads a file as UTF-8; a byte order mark of UTF-8 is left out, any other text than UTF-8 is refused with its place. [O9] */
export function readDefinitionText(path: string): FileText {
  const bytes = readFileSync(path);
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (wide) return refuse("It is UTF-16.", asUtf8);
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    const before = firstBadByte(bytes);
    const line = bytes.subarray(0, before).filter((byte) => byte === 0x0a).length + 1;
    const lineBegin = before === 0 ? 0 : bytes.lastIndexOf(0x0a, before - 1) + 1;
    const column = bytes.toString("utf8", lineBegin, before).length + 1;
    return refuse(`The byte ${hex(bytes[before] ?? 0)} is not UTF-8.`, asUtf8, line, column);
  }
}

// The longest beginning that can be decoded, by halves.
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (canDecode(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  // It ends with what may be the beginning of a character that never came: that is where it goes wrong.
  for (let back = 0; back < 4; back += 1) if (canDecode(bytes.subarray(0, good - back), false)) return good - back;
  return good;
}

// In a stream a character that is cut at the end is no fault: its rest is waited for.
function canDecode(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

function refuse(message: string, hint: string, line = 1, column = 1): FileText {
  return { ok: false, problem: { message, hint, line, column } };
}
