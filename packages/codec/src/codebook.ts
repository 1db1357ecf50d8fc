import type { Failure } from "./cursor.ts";
import type { Fault } from "./diagnostic.ts";
import { readTemplate } from "./signature.ts";
import type { Shapes } from "./shapes.ts";
import type { Signature } from "./signature.ts";

/** Which way a line goes: a command down to the back, an event up to the front. */
export type Direction = "command" | "event";

/** The codes of one direction, found by their letters when reading and by op when writing. */
export interface Codes {
  readonly direction: Direction;
  readonly byOp: ReadonlyMap<string, Signature>;
  /** By `slotOf` both letters: quicker than a map. */
  readonly bySlot: readonly (Signature | undefined)[];
}

/** Codes, and how what is wrong with a line is put into words, from the line and what its reader knew. */
export interface Codebook<Told extends Fault> extends Codes {
  readonly tell: (codes: Codes, fault: Fault, line: string, failure: Failure) => Told;
}

/** Creates the codebook of a table of templates, keyed by op. With `shapes` it reads faster. */
export function createCodebook<Told extends Fault>(
  direction: Direction,
  templates: Readonly<Record<string, string>>,
  tell: Codebook<Told>["tell"],
  shapes: Shapes = {},
): Codebook<Told> {
  const byOp = new Map<string, Signature>();
  const bySlot = Array.from({ length: 1024 }, (): Signature | undefined => undefined);
  for (const [op, template] of Object.entries(templates)) {
    const signature = readTemplate(op, template, shapes[op]);
    byOp.set(op, signature);
    bySlot[slotOf(signature.code, 0)] = signature;
  }
  return { direction, byOp, bySlot, tell };
}

/** The place of a code whose two letters, small or not, stand at the index. */
export function slotOf(text: string, index: number): number {
  return ((text.charCodeAt(index) & 31) << 5) | (text.charCodeAt(index + 1) & 31);
}

/** Finds a code by its letters, whatever their case. */
export function findCode({ bySlot }: Codes, code: string): Signature | undefined {
  return /^[a-z]{2}$/i.test(code) ? bySlot[slotOf(code, 0)] : undefined;
}
