import { createHash } from "node:crypto";

const maxLineLength = 65_536;

/** Returns what is kept of a line to know its repeats by: the line, or the digest of one that no row may hold. [O1]
 *
 * Such a line (empty, too long, with NUL or half a character) is refused like any other that cannot be read, once. */
export function lineToKeep(line: string): string {
  const fits = line.length >= 1 && line.length <= maxLineLength && line.isWellFormed() && !line.includes("\0");
  return fits ? line : `sha256:${createHash("sha256").update(line, "utf16le").digest("hex")}`;
}
