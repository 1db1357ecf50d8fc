// [C30] How a command opens inside prose: "[" label [ SP seal ] ":" SP code [ "#" cid ] ":". At most 47 characters.
import { colon, hash, isDigit, isLetter, minus, space } from "./characters.ts";
import type { Signature } from "./signature.ts";

/** Longest label, with the seal and the space between. */
export const labelLength = 24;
/** Longest seal. */
export const sealLength = 8;
/** Longest opener, from the bracket to the colon before the first field. */
export const openerLength = 47;

/** What an opener says after a character. `bare`: `[tc:` opened, and its first field began right behind that colon. */
export type Verdict = "pending" | "open" | "bare" | "closed";

/** Recognises the beginning of a command, one character at a time. */
export interface Opener {
  /** Begins anew, just behind a bracket. */
  start(): void;
  /** Takes the next UTF-16 unit. `closed`: no command begins here, and the unit was not taken. So with `bare`. */
  take(unit: number): Verdict;
  /** Ends the text: `bare` where `[tc:` stands, with what may have become a code behind it; else `closed`. */
  end(): Verdict;
  /** What opened; counts from the bracket. `headAt`: where the code stands. `bodyAt`: behind its colon. */
  opened(): {
    readonly signature: Signature;
    readonly labelEnd: number;
    readonly headAt: number;
    readonly bodyAt: number;
    readonly isSealed: boolean;
  };
}

const phases = { label: 0, seal: 1, gap: 2, code: 3, head: 4, cid: 5, bareCid: 6 } as const;
type Phase = (typeof phases)[keyof typeof phases];

/** The key of a two-letter code, whatever its case, in the table that `keyedByCode` makes. */
function keyOf(first: number, second: number): number {
  return (first | 0x20) * 128 + (second | 0x20);
}

/** Makes the table of the codes that may open a command. */
export function keyedByCode(signatures: Iterable<Signature>): ReadonlyMap<number, Signature> {
  return new Map(
    Array.from(signatures, (signature) => [
      keyOf(signature.code.charCodeAt(0), signature.code.charCodeAt(1)),
      signature,
    ]),
  );
}

/** Creates an opener for these codes. With a `seal`, a label may carry one; `lenient` takes what [C38] tells. */
export function createOpener(
  codes: ReadonlyMap<number, Signature>,
  seal: string | undefined,
  lenient: boolean,
): Opener {
  let phase: Phase = phases.label;
  let size = 1;
  let labelEnd = 0;
  let sealAt = 0;
  let isSealed = false;
  let first = 0;
  let key = 0;
  let headAt = 0;
  let count = 0;
  let isStrict = true;
  let signature: Signature | undefined;
  let bareAt = 0;
  let bodyAt = 0;

  function fail(): Verdict {
    if (bareAt === 0) return "closed";
    bodyAt = bareAt;
    headAt = 1;
    labelEnd = 1;
    signature = codes.get(keyOfLabel);
    return "bare";
  }
  let keyOfLabel = 0;

  function open(): Verdict {
    signature = codes.get(key);
    if (signature === undefined) return fail();
    // `[tc:ms:x]` could be two things.
    if (bareAt > 0 && !isStrict) return "closed";
    if (!lenient && !isStrict) return "closed";
    bodyAt = size;
    return "open";
  }

  function take(unit: number): Verdict {
    if (size === openerLength) return fail();
    switch (phase) {
      case phases.label:
        if (isLetter(unit) || (size > 1 && (isDigit(unit) || unit === minus || unit === 0x5f))) {
          if (size > labelLength) return fail();
          if (size === 1) first = unit;
          else if (size === 2) keyOfLabel = isLetter(unit) ? keyOf(first, unit) : 0;
          break;
        }
        if (size === 1) return fail();
        if (unit === colon) {
          labelEnd = size;
          phase = phases.gap;
          if (lenient && size === 3 && codes.has(keyOfLabel)) bareAt = size + 1;
          break;
        }
        if (unit === space && seal !== undefined) {
          labelEnd = size;
          sealAt = size + 1;
          isSealed = true;
          phase = phases.seal;
          break;
        }
        if (unit !== hash || !lenient || size !== 3 || !codes.has(keyOfLabel)) return fail();
        phase = phases.bareCid;
        break;
      case phases.seal:
        if (isLetter(unit) || isDigit(unit)) {
          if (size > labelLength || size - sealAt >= sealLength) return fail();
          if (seal?.charCodeAt(size - sealAt) !== unit) isSealed = false;
          break;
        }
        if (unit !== colon || size === sealAt) return fail();
        if (size - sealAt !== seal?.length) isSealed = false;
        phase = phases.gap;
        break;
      case phases.gap:
        if (unit === space && (count === 0 || lenient)) {
          count += 1;
          break;
        }
        if (!isLetter(unit) || (count === 0 && !lenient)) return fail();
        isStrict = count === 1 && unit >= 0x61;
        first = unit;
        headAt = size;
        phase = phases.code;
        break;
      case phases.code:
        if (!isLetter(unit)) return fail();
        if (unit < 0x61) isStrict = false;
        key = keyOf(first, unit);
        phase = phases.head;
        count = 0;
        break;
      case phases.head:
        if (unit === hash) {
          phase = phases.cid;
          break;
        }
        if (unit !== colon) return fail();
        size += 1;
        return open();
      case phases.cid:
      case phases.bareCid:
        if (isLetter(unit) || isDigit(unit)) {
          count += 1;
          if (count > 16) return fail();
          break;
        }
        if (unit !== colon || count === 0) return fail();
        size += 1;
        if (phase === phases.cid) return open();
        signature = codes.get(keyOfLabel);
        labelEnd = 1;
        headAt = 1;
        bodyAt = size;
        return "open";
    }
    size += 1;
    return "pending";
  }

  return {
    start() {
      phase = phases.label;
      size = 1;
      count = 0;
      bareAt = 0;
      isSealed = false;
      keyOfLabel = 0;
    },
    take,
    end: fail,
    opened() {
      if (signature === undefined) throw new TypeError("An opener that did not open was asked what it opened.");
      return { signature, labelEnd, headAt, bodyAt, isSealed };
    },
  };
}
