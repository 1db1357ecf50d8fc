// The public API of @kingly/workflow: check a definition, start a run, advance it. Pure, no I/O.
export { advance } from "./advance.ts";
export type { Advance, StepChange, StepStart } from "./advance-result.ts";
export { maxOutputDepth } from "./attempt-ends.ts";
export { checkChildren } from "./check-children.ts";
export { checkInputs } from "./check-inputs.ts";
export { childOutcome, parentOf } from "./child-outcome.ts";
export type { Comparator, Condition, Operand } from "./condition.ts";
export { definitionHash } from "./definition-hash.ts";
export { definitionSchema } from "./definition-schema.ts";
export type {
  ActionBase,
  ApproveStep,
  Compensation,
  Definition,
  Foreach,
  InputDefinition,
  InputType,
  McpAction,
  McpStep,
  ModelAction,
  ModelStep,
  ReadBack,
  RetryPolicy,
  StepBase,
  StepDefinition,
  StepKind,
  TaskAction,
  TaskStep,
  Schedule,
  Triggers,
  WaitStep,
  WorkflowAction,
  WorkflowStep,
} from "./definition.ts";
export { fromLegacy } from "./from-legacy.ts";
export type { LegacyReading } from "./from-legacy.ts";
export type { Json } from "./json.ts";
export { inFlight, isAwaited } from "./list-stops.ts";
export { locate } from "./locate.ts";
export type { Position } from "./read-text.ts";
export { openStarts } from "./open-starts.ts";
export type { Outcome, StartRef } from "./outcome.ts";
export { maxConditionDepth, parseCondition } from "./parse-condition.ts";
export type { ParsedCondition } from "./parse-condition.ts";
export { parseDefinition } from "./parse-definition.ts";
export type { ParseOptions } from "./parse-definition.ts";
export { maxRunDepth, maxSignalName } from "./prepare-start.ts";
export { maxProblems } from "./problem.ts";
export type { Checked, Finding, Problem, ProblemCode } from "./problem.ts";
export type { Reference } from "./reference.ts";
export { rerun } from "./rerun.ts";
export type { RerunOptions } from "./rerun.ts";
export { maxInsertedCharacters } from "./resolve.ts";
export { retryDelay } from "./retry-delay.ts";
export { isOver } from "./run.ts";
export type {
  AttemptRun,
  NotUndone,
  Run,
  RunError,
  RunParent,
  RunStatus,
  SkipReason,
  StepError,
  StepOverride,
  StepRun,
  StepStatus,
  UndoRun,
} from "./run.ts";
export { startRun } from "./start-run.ts";
export type { StartOptions } from "./start-run.ts";
export { maxSignals } from "./take-outcome.ts";
export { maxDefinitionBytes, maxDefinitionDepth, maxDefinitionValues } from "./text-limits.ts";
export { upgradeDefinition, upgradeRun } from "./upgrade.ts";
export type { FormerDefinition, FormerRun } from "./upgrade.ts";
export { WorkflowError } from "./workflow-error.ts";
export type { WorkflowErrorCode } from "./workflow-error.ts";
