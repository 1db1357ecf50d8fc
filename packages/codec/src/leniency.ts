import type { Fault } from "./diagnostic.ts";
import type { FieldKind } from "./message.ts";
import type { Codes, Opener } from "./opener.ts";
import type { Reading } from "./scan-event.ts";
import type { Value } from "./value.ts";

/** What a scanner does otherwise for the output of a model; `lenient` is the only one. [C38] */
export interface Leniency<Told extends Fault> {
  readonly createOpener: (codes: Codes, hasSeal: boolean) => Opener;
  /** Tells whether a unit is a typographic quote, and whether two are of one sort. */
  readonly isSmartQuote: (unit: number) => boolean;
  readonly isSameSmartQuote: (one: number, other: number) => boolean;
  /** Reads one field cut out of its line; `undefined` when it is absent or cannot be read. */
  readonly readField: (raw: string, kind: FieldKind | "extra") => Value | undefined;
  /** Reads a message; with `isMismatch` it ended at a `]` where `}` was due. */
  readonly readMessage: (message: string, isMismatch: boolean) => Reading<Told>;
}
