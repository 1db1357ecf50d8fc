import { CodecError } from "./codec-error.ts";
import { readTemplate } from "./signature.ts";
import type { Shapes } from "./shapes.ts";
import type { Signature } from "./signature.ts";

/** Which way a line goes: a command down to the back, an event up to the front. */
export type Direction = "command" | "event";

/** The codes of one direction, found by code when reading and by op when writing. */
export interface Codebook {
  readonly direction: Direction;
  readonly byCode: ReadonlyMap<string, Signature>;
  readonly byOp: ReadonlyMap<string, Signature>;
  /** The same by the places of both letters in the alphabet, `first * 26 + second`: quicker than a map. */
  readonly bySlot: readonly (Signature | undefined)[];
}

/** Creates the codebook of a table of templates, keyed by op. Throws CodecError `BAD_TEMPLATE`. */
export function createCodebook(
  direction: Direction,
  templates: Readonly<Record<string, string>>,
  shapes: Shapes = {},
): Codebook {
  const signatures = Object.entries(templates).map(([op, template]) => readTemplate(op, template, shapes[op]));
  const bySlot = Array.from({ length: 26 * 26 }, (): Signature | undefined => undefined);
  for (const signature of signatures) {
    const slot = (signature.code.charCodeAt(0) - 0x61) * 26 + signature.code.charCodeAt(1) - 0x61;
    const other = bySlot[slot];
    if (other !== undefined) {
      throw new CodecError(
        "BAD_TEMPLATE",
        `The code ${other.code} is of ${other.op} and of ${signature.op}. Choose other letters for one of them.`,
      );
    }
    bySlot[slot] = signature;
  }
  return {
    direction,
    byCode: new Map(signatures.map((signature) => [signature.code, signature])),
    byOp: new Map(signatures.map((signature) => [signature.op, signature])),
    bySlot,
  };
}
