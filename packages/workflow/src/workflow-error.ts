/** What can be wrong with the caller: `definition_mismatch` when a run does not belong to the definition. */
export type WorkflowErrorCode = "definition_mismatch";

/** The one error class of this package. It is thrown for mistakes of the calling program, never for bad input. */
export class WorkflowError extends Error {
  readonly code: WorkflowErrorCode;

  constructor(code: WorkflowErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "WorkflowError";
    this.code = code;
  }
}
