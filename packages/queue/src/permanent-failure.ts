/** A failure that trying again cannot mend: the job dies at once, whatever attempts are left. [Q16] */
export class PermanentFailure extends Error {
  override readonly name: string = "PermanentFailure";
  readonly retryable = false;
}

/** Tells whether a thrown value forbids another attempt: anything that carries `retryable: false`. [Q16] */
export function isPermanent(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && "retryable" in thrown && thrown.retryable === false;
}
