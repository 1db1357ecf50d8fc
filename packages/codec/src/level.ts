import { CodecError } from "./codec-error.ts";

/** How much of something: one of three words, or a number. The codec keeps what was written. [C15] */
export type Level = number | LevelWord;

/** The three words of a level, from little to much. */
export type LevelWord = "low" | "medium" | "high";

const numbers: Readonly<Record<LevelWord, number>> = { low: 0.25, medium: 0.5, high: 0.75 };

/** Gives the number that a level is stored as: low 0.25, medium 0.5, high 0.75; a number is itself. [C15] */
export function levelToNumber(level: Level): number {
  return typeof level === "number" ? level : numbers[level];
}

/** Gives the word for a number: low below 0.375, medium below 0.625, high from there on; a word is itself. [C47]
 *
 * The bounds are halfway between the numbers of the words. Throws CodecError `WRONG_TYPE` for what is not finite. */
export function numberToLevel(level: Level): LevelWord {
  if (typeof level !== "number") return level;
  if (!Number.isFinite(level)) {
    throw new CodecError("WRONG_TYPE", `The level is ${level}, which no line can carry. Give a finite number.`);
  }
  return level < 0.375 ? "low" : level < 0.625 ? "medium" : "high";
}

/** Tells whether a text is one of the three words. */
export function isLevelWord(text: unknown): text is LevelWord {
  return text === "low" || text === "medium" || text === "high";
}
