import type { Piece } from "./context.ts";

/** Puts a piece into words: its text, the time, and at the greatest depth its id. */
export function wordsOfPiece({ id, text, atMs }: Piece, withId: boolean): string {
  return withId ? `${text} (${id}, ${timeOf(atMs)})` : `${text} (${timeOf(atMs)})`;
}

/** Tells a time in UTC, to the minute. */
export function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
