import type { Candidate, Scene } from "../candidate.ts";

/** Finds by rules what a guessed intent needs; `undefined` when it is not all there: then the back reads it. */
export type OpenGuess = (scene: Scene) => Candidate | undefined;
