// The public API of @kingly/workflow: check a definition, start a run, advance it. Pure, no I/O.
export { advance, maxOutputDepth } from "./advance.ts";
export { checkInputs } from "./check-inputs.ts";
export { definitionSchema } from "./definition-schema.ts";
export type {
  Definition,
  InputDefinition,
  InputType,
  McpStep,
  ModelStep,
  RetryPolicy,
  StepBase,
  StepDefinition,
  StepKind,
  TaskStep,
  WaitStep,
} from "./definition.ts";
export type { Json } from "./json.ts";
export { parseDefinition } from "./parse-definition.ts";
export type { ParseOptions } from "./parse-definition.ts";
export { maxProblems } from "./problem.ts";
export type { Checked, Finding, Problem, ProblemCode } from "./problem.ts";
export { maxDefinitionBytes, maxDefinitionDepth, maxDefinitionValues } from "./text-limits.ts";
export { maxInsertedCharacters } from "./resolve.ts";
export { retryDelay } from "./retry-delay.ts";
export type { Advance, Outcome, Run, RunError, RunStatus, StepError, StepRun, StepStart, StepStatus } from "./run.ts";
export { startRun } from "./start-run.ts";
export { WorkflowError } from "./workflow-error.ts";
export type { WorkflowErrorCode } from "./workflow-error.ts";
