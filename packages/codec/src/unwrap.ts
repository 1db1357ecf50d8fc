import type { Opener } from "./opener.ts";

/** Where the message stands in a line that wraps it. */
export interface Unwrapped {
  readonly start: number;
  readonly end: number;
  readonly isBracketed: boolean;
  /** A bracket opened and did not close. */
  readonly isCut: boolean;
}

// A bracket whose code is of no command: opened all the same, so that the diagnostic is about the code.
const otherOpener = /^\[(?:[A-Za-z][\w-]{0,23}: *)?(?=[A-Za-z]{2}(?:#[A-Za-z0-9]{1,16})?:)/;

/** Finds the message inside white space, a fence, backticks and a bracket, in this order, each at most once. [C38] */
export function unwrap(line: string, opener: Opener): Unwrapped {
  let [start, end] = trim(line, 0, line.length);
  const ticks = ticksAt(line, start, end);
  if (ticks > 0) {
    const fenced = ticks === 3 ? skipLanguage(line, start + 3, end - 3) : start + ticks;
    [start, end] = trim(line, fenced, end - ticks);
  }
  if (line.charAt(start) !== "[") return { start, end, isBracketed: false, isCut: false };
  const headAt = openerEnd(line.slice(start, start + 64), opener);
  if (headAt === 0) return { start, end, isBracketed: false, isCut: false };
  if (end - start <= headAt || line.charAt(end - 1) !== "]") return { start, end, isBracketed: false, isCut: true };
  return { start: start + headAt, end: end - 1, isBracketed: true, isCut: false };
}

function openerEnd(text: string, opener: Opener): number {
  const opened = opener(text);
  return typeof opened === "object" ? opened.headAt : (otherOpener.exec(text)?.[0].length ?? 0);
}

/** Counts the backticks around a text: 1, 2 or 3, and 0 when they also stand inside. */
function ticksAt(line: string, start: number, end: number): number {
  let count = 0;
  while (count < 3 && line.charAt(start + count) === "`" && line.charAt(end - 1 - count) === "`") count += 1;
  if (count === 0 || end - start <= 2 * count) return 0;
  return line.slice(start + count, end - count).includes("`".repeat(count)) ? 0 : count;
}

function skipLanguage(line: string, start: number, end: number): number {
  const language = /^[\w-]*[ \t]*\r?\n/.exec(line.slice(start, Math.min(end, start + 64)));
  return start + (language?.[0].length ?? 0);
}

function trim(line: string, from: number, to: number): [number, number] {
  let start = from;
  let end = to;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return [start, end];
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}
