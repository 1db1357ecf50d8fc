import { createOpener, mayBecome, openerForm, openerLength, readOpened } from "./opener.ts";
import type { Codes, Opener } from "./opener.ts";

// `[tc:` and `[tc#7:`, where what stands in place of the label is the code itself.
const bareForm = /^\[()()?([A-Za-z]{2})(?:#([A-Za-z0-9]{1,16}))?:/;

/** Creates an opener that also takes capitals, any number of spaces before the code, and no label at all. [C38] */
export function createLenientOpener(codes: Codes, hasSeal: boolean): Opener {
  const strict = createOpener(codes, hasSeal);
  const form = openerForm(hasSeal, " *[A-Za-z]{2}");
  return (text) => {
    const head = text.slice(0, openerLength);
    const bare = readOpened(bareForm.exec(head), codes);
    if (bare?.cid !== undefined) return bare;
    const labelled = form.exec(head);
    if (labelled !== null) {
      const opened = readOpened(labelled, codes);
      // `[tc:ms:x]` could be two things.
      return opened !== undefined && bare !== undefined && strict(text) === undefined ? undefined : (opened ?? bare);
    }
    return mayBecome(form, head) || mayBecome(bareForm, head) ? "pending" : bare;
  };
}
