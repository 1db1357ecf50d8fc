/** One thing that is wrong with a file. */
export interface Problem {
  /** Where: a JSON pointer into the file, "" for the file as a whole. */
  readonly path: string;
  /** What is wrong, with what was found. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}
