/** Why the folder cannot serve. Codes are API, messages are not. */
export type HomeErrorCode =
  | "already_running"
  | "bad_name"
  | "claim_failed"
  | "database_not_writable"
  | "home_not_writable"
  | "token_malformed"
  | "token_not_ours"
  | "token_not_writable"
  | "token_open_to_others"
  | "token_too_short";

/** What went wrong: a code and one sentence that says what to do. */
export interface HomeError {
  readonly code: HomeErrorCode;
  readonly message: string;
}

const advice: Readonly<Record<string, string>> = {
  EACCES: "give this user the right to write there",
  EPERM: "give this user the right to write there",
  EROFS: "its disk is read-only, make it writable",
  ENOSPC: "free some space on its disk",
  EDQUOT: "free some of this user's disk quota",
  ENOTDIR: "a file stands where a folder should be, move it away",
  EEXIST: "a file stands where a folder should be, move it away",
  EISDIR: "a folder stands where a file should be, move it away",
  ELOOP: "its symbolic links lead in a circle or are not allowed here",
  ENAMETOOLONG: "its path is too long",
};

/** Makes one sentence of what the disk answered: the path, the advice, the disk's own code. */
export function toFileError(code: HomeErrorCode, path: string, setting: string, thrown: unknown): HomeError {
  const diskCode = toDiskCode(thrown);
  const why = advice[diskCode] ?? "check that the folder exists and that its disk is well";
  return { code, message: `Cannot write ${path} (${diskCode}): ${why}, or set ${setting} to another place.` };
}

/** Returns the code of a failed file call (`EACCES`, `ENOENT`, ...), `UNKNOWN` for anything else. */
export function toDiskCode(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "UNKNOWN";
}
