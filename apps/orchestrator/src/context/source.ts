import type { Piece } from "./context.ts";

/** One place where a context is read. */
export interface Source {
  /** What it is called in `asked` and `missing`. */
  readonly name: string;
  /** What stands before its pieces. */
  readonly heading: string;
  /** Reads the pieces, the nearest first. Called only while budget is left. */
  read(): readonly Piece[] | Promise<readonly Piece[]>;
}
