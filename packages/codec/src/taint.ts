import { bar, isDigit, isLetter } from "./characters.ts";
import { findUnits } from "./find-units.ts";
import { afterSpace, foldText, unitMask } from "./fold-text.ts";

/** How much a taint remembers. */
export interface TaintOptions {
  /** Most untrusted text of one turn, in UTF-16 units, from 1 to 16,777,216. @default 262,144 */
  readonly maxLength?: number;
}

/** What a check found. `where` is the source of the text that holds the command. */
export type TaintVerdict =
  | { readonly tainted: false }
  | { readonly tainted: true; readonly why: "found"; readonly where: string }
  | { readonly tainted: true; readonly why: "over_limit" };

/** The untrusted text of one turn: what tools gave, memories, what the person pasted. */
export interface Taint {
  /** Adds text that others wrote. `source` names it in a verdict. */
  add(untrustedText: string, source?: string): void;
  /** Tells whether a command, as the model wrote it, stands in the text. [C43] */
  check(rawCommandText: string): TaintVerdict;
}

const wrapper = /^[A-Za-z][\w-]{0,23}(?: [A-Za-z0-9]{1,8})?: *(?=[A-Za-z]{2}[#:])/;

/** Creates the memory of one turn's untrusted text. [C43][C44][C45]
 *
 * The rule: the message of a command (its code, colon and all its fields, without label, seal, cid and empty fields at
 * the end), folded by [C44], stands in the folded text. Beyond `maxLength` it forgets all and every command is tainted.
 * Adding and checking are linear. Throws RangeError for an option out of its range. */
export function createTaint(options: TaintOptions = {}): Taint {
  const { maxLength = 262_144 } = options;
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > 16_777_216) {
    throw new RangeError(`maxLength must be a whole number from 1 to 16777216, got ${maxLength}.`);
  }
  let pieces: { readonly source: string; readonly forms: readonly Uint32Array[] }[] = [];
  let length = 0;
  let foldedLength = 0;
  let isOver = false;

  return {
    add(untrustedText, source = `text ${pieces.length + 1}`) {
      if (isOver || untrustedText === "") return;
      length += untrustedText.length;
      if (length <= maxLength) {
        const folded = foldText(untrustedText, 2 * maxLength - foldedLength);
        if (folded !== undefined) {
          foldedLength += folded.units;
          pieces.push({ source, forms: folded.forms });
          return;
        }
      }
      isOver = true;
      pieces = [];
    },
    check(rawCommandText) {
      if (isOver) return { tainted: true, why: "over_limit" };
      const needles = needlesOf(rawCommandText).filter((needle) => needle.length > 0);
      const found = pieces.find(({ forms }) => forms.some((text) => needles.some((needle) => stands(needle, text))));
      return found === undefined ? { tainted: false } : { tainted: true, why: "found", where: found.source };
    },
  };
}

/** Folds the message of a command: without its bracket and label, and without empty fields at the end. */
function needlesOf(raw: string): readonly Uint32Array[] {
  const text = raw.trim();
  const isWhole = text.startsWith("[") && text.endsWith("]");
  const folded = foldText(isWhole ? text.slice(1, -1).replace(wrapper, "") : text, Infinity);
  return (folded?.forms ?? []).map((form) => {
    let end = form.length;
    while (end > 0 && ((form[end - 1] ?? 0) & unitMask) === bar) end -= 1;
    return form.subarray(0, end);
  });
}

/** Tells whether a command stands in a text. [C43]
 *
 * One without a bar looks like plain words, such as `tc:milk` in `etc: milk`: it must begin a word there, or have the
 * same white space. */
function stands(needle: Uint32Array, text: Uint32Array): boolean {
  if (needle.some((folded) => (folded & unitMask) === bar)) return findUnits(text, needle, unitMask, () => true);
  const isWordStart = (at: number): boolean => {
    const before = (text[at - 1] ?? 0) & unitMask;
    return ((text[at] ?? 0) & afterSpace) !== 0 || !(isLetter(before) || isDigit(before));
  };
  if (findUnits(text, needle, unitMask, isWordStart)) return true;
  const first = (needle[0] ?? 0) & unitMask;
  const isSpacedAlike = (at: number): boolean => ((text[at - 1] ?? 0) & unitMask) === first;
  return needle.length > 1 && findUnits(text, needle.subarray(1), unitMask | afterSpace, isSpacedAlike);
}
