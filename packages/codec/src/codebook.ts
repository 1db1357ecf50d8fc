import { readTemplate } from "./signature.ts";
import type { Signature } from "./signature.ts";

/** Which way a line goes: a command down to the back, an event up to the front. */
export type Direction = "command" | "event";

/** The codes of one direction, found by code when reading and by op when writing. */
export interface Codebook {
  readonly direction: Direction;
  readonly byCode: ReadonlyMap<string, Signature>;
  readonly byOp: ReadonlyMap<string, Signature>;
}

/** Creates the codebook of a table of templates, keyed by op. */
export function createCodebook(direction: Direction, templates: Readonly<Record<string, string>>): Codebook {
  const signatures = Object.entries(templates).map(([op, template]) => readTemplate(op, template));
  return {
    direction,
    byCode: new Map(signatures.map((signature) => [signature.code, signature])),
    byOp: new Map(signatures.map((signature) => [signature.op, signature])),
  };
}
