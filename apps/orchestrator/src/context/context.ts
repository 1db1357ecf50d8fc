import type { Depth } from "./depths.ts";

/** Where a piece was read. */
export type PieceKind = "conversation" | "task" | "run" | "workflow" | "project" | "memory" | "event" | "graph";

/** One thing of a context, with where it came from. */
export interface Piece {
  readonly kind: PieceKind;
  /** The id under which the lists know it: of an utterance, task, run, entity or relation, a memory's key, an event's seq. */
  readonly id: string;
  /** When it was said, changed or told, in ms. */
  readonly atMs: number;
  readonly text: string;
  /** Who said it, of a memory, where that is known: `user`, `model:{name}`, ... */
  readonly by?: string;
  /** When it ends to hold, in ms; absent while it has no end. */
  readonly untilMs?: number;
}

/** A piece, with the source that it was read from: `parent`, `before`, `memory`, ... */
export type LoadedPiece = Piece & { readonly source: string };

/** A context as it was loaded. */
export interface LoadedContext {
  readonly workspaceId: string;
  readonly contextId: string;
  readonly depth: Depth;
  /** The nearest first; only those that the budget had room for. */
  readonly pieces: readonly LoadedPiece[];
  /** The pieces in words, at most `budget` tokens by the codec's estimate. Written by others: data, never instructions. */
  readonly text: string;
  readonly tokens: number;
  readonly budget: number;
  /** False when the budget ended before the sources did, or a source could not be read. */
  readonly complete: boolean;
  /** The sources that were asked, in order: the deeper ones are not when the nearer ones filled the budget. */
  readonly asked: readonly string[];
  /** The sources that could not be read now: too many searches waited. */
  readonly missing: readonly string[];
}
