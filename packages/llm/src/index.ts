// The public API of @kingly/llm: one interface to any model, a scripted one, and what goes around a model.
export { createBudget } from "./around/create-budget.ts";
export type { Budget, BudgetLimit, BudgetOptions, BudgetState, Spending } from "./around/create-budget.ts";
export { createFailover } from "./around/create-failover.ts";
export type { FailoverOptions } from "./around/create-failover.ts";
export { createRouter } from "./around/create-router.ts";
export type { InstanceState, Route, RouterModel, RouterOptions } from "./around/create-router.ts";
export { createTokenEstimator, estimateInputTokens, estimateTokens } from "./around/estimate-tokens.ts";
export type { TokenEstimator } from "./around/estimate-tokens.ts";
export { costOf, knownPrices, withPrices } from "./around/prices.ts";
export type { ModelPrice, PriceTable } from "./around/prices.ts";
export { hasBreaker, withBreaker } from "./around/with-breaker.ts";
export type { BreakerModel, BreakerOptions, BreakerState } from "./around/with-breaker.ts";
export { withBudget } from "./around/with-budget.ts";
export type { SpendOptions } from "./around/with-budget.ts";
export { withRetry } from "./around/with-retry.ts";
export type { RetryOptions } from "./around/with-retry.ts";
export { checkStream } from "./check-stream.ts";
export { collect, toAssistantMessage } from "./collect.ts";
export type { Answer } from "./collect.ts";
export type { Json, JsonObject } from "./json.ts";
export { LlmError } from "./llm-error.ts";
export type { LlmErrorCode, LlmErrorOptions } from "./llm-error.ts";
export type {
  Effort,
  Model,
  ModelEvent,
  ModelMessage,
  ModelRequest,
  StopReason,
  ToolCall,
  ToolDefinition,
  Usage,
  VendorPart,
} from "./model.ts";
export { detectModels } from "./open/detect-models.ts";
export type { Detection, DetectOptions, FoundModel, LocalServer } from "./open/detect-models.ts";
export { openModel } from "./open/open-model.ts";
export type { Environment, ModelSettings } from "./open/open-model.ts";
export { recordModel } from "./recording/record-model.ts";
export type { TextStore } from "./recording/recording.ts";
export { replayModel } from "./recording/replay-model.ts";
export type { ReplayOptions } from "./recording/replay-model.ts";
export { createScriptedModel } from "./scripted-model.ts";
export type { ScriptAction, ScriptEntry, ScriptedModel } from "./scripted-model.ts";
export { withDeadline } from "./with-deadline.ts";
export type { DeadlineOptions } from "./with-deadline.ts";
