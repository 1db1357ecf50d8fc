import { numberEnd } from "./read-number.ts";

/** Tells whether raw text in an `any` field would read as a number, a boolean or null. [C14] */
export function isScalar(text: string): boolean {
  // Letters come behind the digits.
  return text.charCodeAt(0) > 0x39
    ? text === "true" || text === "false" || text === "null"
    : numberEnd(text, 0) === text.length;
}
