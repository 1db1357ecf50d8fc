import type { Diagnostic } from "./diagnostic.ts";
import type { Leniency } from "./leniency.ts";
import { createLenientOpener } from "./lenient-opener.ts";
import { mendField } from "./mend-field.ts";
import type { Mending } from "./mending.ts";
import { readFieldAlone } from "./read-field-alone.ts";
import { mendMessage } from "./read-lenient.ts";
import { applyEdits } from "./repair.ts";
import { isSameSmartQuote, isSmartQuote } from "./smart-quote.ts";

/** Makes a scanner mend what has one meaning only: `createScanner({ lenient })`. For a model's own output only. [C38] */
export const lenient: Leniency<Diagnostic> = {
  createOpener: createLenientOpener,
  isSmartQuote,
  isSameSmartQuote: (one, other) => isSmartQuote(other) && isSameSmartQuote(one, other),
  readField(raw, kind) {
    const value = readFieldAlone(raw, kind);
    if (value !== undefined) return value;
    const mending: Mending = { line: raw, index: 0, edits: [], failure: undefined, isBracketed: false };
    return mendField(mending, kind) ? readFieldAlone(applyEdits(raw, mending.edits).text, kind) : undefined;
  },
  readMessage: mendMessage,
};
