/** A time that was read in a text. */
export interface ReadDate {
  /** The words that told it, as they stand in the text. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Reads the first time in a text, as seen by somebody at `nowMs` whose clock is `utcOffsetMinutes` from UTC.
 *
 * It is asked only when a word of time stands there. The same input must give the same answer. [RX19] */
export type ReadDates = (text: string, nowMs: number, utcOffsetMinutes: number) => ReadDate | undefined;
