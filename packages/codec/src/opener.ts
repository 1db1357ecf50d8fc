// [C30] How a command opens inside prose: "[" label [ SP seal ] ":" SP code [ "#" cid ] ":".
import type { Signature } from "./signature.ts";

/** Longest opener, from the bracket to the colon before the first field. */
export const openerLength = 47;

/** What opened; counts from the bracket. `headAt`: where the code stands. `bodyAt`: behind its colon. */
export interface Opened {
  readonly signature: Signature;
  readonly label: string;
  readonly seal: string | undefined;
  readonly cid: string | undefined;
  readonly headAt: number;
  readonly bodyAt: number;
}

/** Finds what opens at the beginning of a text; `pending` when the signs behind it will tell. */
export type Opener = (text: string) => Opened | "pending" | undefined;

/** Finds the signature of a code that may open. */
export type Codes = (code: string) => Signature | undefined;

/** Creates the opener of the grammar for these codes; only with `hasSeal` a label may carry one. */
export function createOpener(codes: Codes, hasSeal: boolean): Opener {
  const form = openerForm(hasSeal, " [a-z]{2}");
  return (text) => {
    const head = text.slice(0, openerLength);
    return mayBecome(form, head) ? "pending" : readOpened(form.exec(head), codes);
  };
}

/** Makes the form of an opener; label, seal and the space between have at most 24 signs. */
export function openerForm(hasSeal: boolean, code: string): RegExp {
  const seal = hasSeal ? "(?: ([A-Za-z0-9]{1,8}))?" : "()?";
  return new RegExp(`^\\[(?=[^:]{1,24}:)([A-Za-z][\\w-]*)${seal}:(${code})(?:#([A-Za-z0-9]{1,16}))?:`);
}

/** Reads what a form found; nothing when its code is none of those that may open. */
export function readOpened(found: RegExpExecArray | null, codes: Codes): Opened | undefined {
  if (found === null) return undefined;
  const [{ length: bodyAt }, label = "", seal, head = "", cid] = found;
  const signature = codes(head.trimStart());
  const headAt = bodyAt - (cid === undefined ? 3 : cid.length + 4);
  return signature && { signature, label, seal, cid, headAt, bodyAt };
}

/** Tells whether a text is the beginning of a form, and not all of it: whether there is an end that completes it. */
export function mayBecome(form: RegExp, text: string): boolean {
  return (
    text.length < openerLength &&
    !form.test(text) &&
    ["a: aa:", ": aa:", " aa:", "aa:", "a:", ":"].some((end) => form.test(text + end))
  );
}
