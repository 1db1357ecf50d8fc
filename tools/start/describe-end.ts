/** How a process ended, and the last it said on stderr. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lastLines: readonly string[];
}

/** Says in a few words why a process ended: the signal, or the code with the error that it wrote. */
export function describeEnd({ code, signal, lastLines }: ProcessEnd): string {
  if (signal !== null) return `killed by ${signal}`;
  const words = lastLines.filter((line) => line.trim() !== "" && !isStackLine(line));
  const error = words.find((line) => /^(Uncaught )?\w*(Error|Exception)\b/.test(line)) ?? words.at(-1);
  return error === undefined ? `exit code ${code}` : `exit code ${code}: ${error.trim().slice(0, 300)}`;
}

/** Tells whether a line is a part of a stack trace: it is for the log, not for a person. */
export function isStackLine(line: string): boolean {
  return /^\s+at |^Node\.js v\d|^\s+\^+\s*$|^\s*node:internal|^(file:\/\/)?\/\S+:\d+(:\d+)?$/.test(line);
}
