/** What `verify` can find. Codes are API, messages are not. */
export type FindingCode =
  | "FILE_DAMAGED"
  | "SCHEMA_CHANGED"
  | "REFERENCE_BROKEN"
  | "PAYLOAD_CHANGED"
  | "CHAIN_BROKEN"
  | "SEQ_WRONG"
  | "HEAD_WRONG"
  | "NOT_CHAINED"
  | "SEAL_BROKEN"
  | "BELIEFS_OVERLAP"
  | "TIME_WRONG"
  | "NUMBER_WRONG"
  | "VALUE_WRONG"
  | "WORDS_WRONG"
  | "VECTOR_WRONG"
  | "COUNT_WRONG";

/** One thing that is not as it should be. */
export interface Finding {
  readonly code: FindingCode;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  readonly workspaceId?: string;
  /** The event it is about. */
  readonly seq?: number;
  readonly table?: string;
}

/** Takes findings in; those of one kind are counted on after `maxPerCode`. */
export interface Findings {
  add(finding: Finding): void;
  all(): readonly Finding[];
}

const maxPerCode = 100;

/** Creates an empty list of findings. */
export function createFindings(): Findings {
  const found: Finding[] = [];
  const counts = new Map<FindingCode, number>();
  return {
    add(finding) {
      const count = (counts.get(finding.code) ?? 0) + 1;
      counts.set(finding.code, count);
      if (count <= maxPerCode) found.push(finding);
    },
    all: () =>
      found.concat(
        [...counts]
          .filter(([, count]) => count > maxPerCode)
          .map(([code, count]) => ({
            code,
            message: `${count - maxPerCode} more of this kind were found.`,
            hint: "They are not listed; what is listed says what to do.",
          })),
      ),
  };
}

/** What to do when the file itself can no longer be trusted. */
export const restoreHint =
  "Stop the program, keep this file aside, and restore the last backup that verify passes; then begin a new epoch.";
