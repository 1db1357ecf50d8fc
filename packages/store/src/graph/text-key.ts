import { createHash } from "node:crypto";
import { nameKey } from "./name-key.ts";

/** Returns what equal texts share, 32 hexadecimal signs: case, spaces and forms of signs do not count. [S50] */
export function textKey(text: string): string {
  return createHash("sha256").update(nameKey(text)).digest("hex").slice(0, 32);
}

/** Returns the form in which two types are one type: `nameKey` with words joined by underscores. [S50] */
export function typeKey(type: string): string {
  return nameKey(type).replace(/[\s_-]+/gu, "_");
}
